"""Makes what a bench of likeness needs: photos, copies of them, other pictures."""

import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

NO_PHOTO = ("logo", "phantom", "horse", "color", "_right", "depth_map", "chessboard", "text.png", "page.png")
NOISE = 128  # px
Copy = Callable[[Image.Image, random.Random], Image.Image]


def photos(folder: Path) -> dict[str, Image.Image]:
    """The photos that packages in FOLDER ship, 800 px at most; no drawings, and no second view of one scene."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.suffix in {".jpg", ".jpeg", ".png"}):
        with Image.open(path) as opened:
            fits = min(opened.size) >= 300 and not any(word in path.name for word in NO_PHOTO)
            if fits and all(part not in path.parts for part in ("tests", "doc")):
                found[path.name] = opened.convert("RGB")
                found[path.name].thumbnail((800, 800))
    return found


def jpeg(image: Image.Image, quality: int = 80) -> bytes:
    """The encoded IMAGE."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _cropped(image: Image.Image, luck: random.Random, most: float = 0.1) -> Image.Image:
    left, top, right, bottom = (luck.uniform(0, most) for _ in range(4))
    wide, high = image.size
    return image.crop((int(wide * left), int(high * top), int(wide * (1 - right)), int(high * (1 - bottom))))


def _bordered(image: Image.Image, luck: random.Random) -> Image.Image:
    wide = int(min(image.size) * luck.uniform(0.03, 0.15))
    out = Image.new("RGB", (image.width + 2 * wide, image.height + 2 * wide), luck.choice(("white", "black", "red")))
    out.paste(image, (wide, wide))
    return out


def _boxed(image: Image.Image, luck: random.Random) -> Image.Image:
    side = max(image.size) * 5 // 4
    out = Image.new("RGB", (side, side), luck.choice(("white", "black")))
    out.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return out


def _written(image: Image.Image, luck: random.Random) -> Image.Image:
    out = image.copy()
    place = luck.uniform(0, 0.4) * out.width, luck.uniform(0, 0.9) * out.height
    how: dict[str, Any] = {"font_size": int(out.height * luck.uniform(0.04, 0.08)), "stroke_width": 1}
    ImageDraw.Draw(out).text(
        place, "WeChat: i_8888 HQ", luck.choice(("white", "red", "yellow")), stroke_fill="black", **how
    )
    return out


def _resized(image: Image.Image, luck: random.Random) -> Image.Image:
    by = luck.uniform(0.25, 1.5)
    return image.resize((max(64, int(image.width * by)), max(64, int(image.height * by))))


def _turned(image: Image.Image, _: random.Random) -> Image.Image:
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


CHANGED: dict[str, tuple[Copy, int, float]] = {  # how, quality of the JPEG, recall wanted (0: none)
    "jpeg": (lambda image, _: image, 30, 0.99),
    "resize": (_resized, 80, 0.99),
    "border": (_bordered, 75, 0.99),
    "letterbox": (_boxed, 75, 0.99),
    "text": (_written, 80, 0.99),
    "mirror": (_turned, 80, 0.99),
    "crop to 10 %": (_cropped, 80, 0.95),
    "mirror, crop to 10 %": (lambda image, luck: _cropped(_turned(image, luck), luck), 80, 0.95),
    "crop to 20 %": (lambda image, luck: _cropped(image, luck, 0.2), 80, 0.0),
    "border, text": (lambda image, luck: _written(_bordered(image, luck), luck), 75, 0.0),
}  # fmt: skip


def parts(image: Image.Image) -> Iterator[Image.Image]:
    """The quarters of a large IMAGE."""
    wide, high = image.width // 2, image.height // 2
    if min(wide, high) >= 200:
        for left, top in ((0, 0), (wide, 0), (0, high), (wide, high)):
            yield image.crop((left, top, left + wide, top + high))


def noise(count: int) -> Iterator[Image.Image]:
    """Grey pictures of noise whose frequencies fall off as those of photos do."""
    luck = np.random.default_rng(5)
    across = np.fft.fftfreq(NOISE)
    far = np.hypot(across[:, None], across)
    far[0, 0] = 1
    for _ in range(count):
        waves = np.exp(2j * np.pi * luck.random(far.shape)) / far ** luck.uniform(1.0, 1.8)
        grey = np.fft.ifft2(waves).real
        spread = (grey - grey.mean()) / grey.std() * luck.uniform(20, 60) + 128
        yield Image.fromarray(np.clip(spread, 0, 255).astype(np.uint8))
