"""Photos of nothing, and copies of them as sellers make them, for the tests of likeness."""

from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageDraw


@cache
def photo(seed: int, width: int = 640, height: int = 480, *, dark: bool = False) -> Image.Image:
    """A picture whose detail falls off as a photo's does, with some things in it; another for another SEED."""
    luck = np.random.default_rng(seed)
    far = np.hypot(np.fft.fftfreq(256)[:, None], np.fft.fftfreq(256))
    far[0, 0] = 1
    grey = np.fft.ifft2(np.exp(2j * np.pi * luck.random((256, 256))) / far**1.3).real
    spread = (grey - grey.mean()) / grey.std() * 45 + 128
    image = Image.fromarray(np.clip(spread, 0, 255).astype(np.uint8)).convert("RGB").resize((width, height))
    draw = ImageDraw.Draw(image)
    for _ in range(5):
        x, y, size = luck.uniform(0, 0.8) * width, luck.uniform(0, 0.8) * height, luck.uniform(40, 160)
        colour = tuple(int(each) for each in luck.integers(0, 255, 3))
        draw.ellipse((x, y, x + size, y + size), fill=colour)
    return image.point(lambda level: level * 14 // 255) if dark else image


def encoded(image: Image.Image, kind: str = "JPEG", **how: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **({"quality": 80} if kind == "JPEG" else {}) | how)
    return out.getvalue()


def bordered(image: Image.Image, wide: int = 60, colour: str = "white") -> Image.Image:
    out = Image.new("RGB", (image.width + 2 * wide, image.height + 2 * wide), colour)
    out.paste(image, (wide, wide))
    return out


def written(image: Image.Image, text: str = "WeChat: i_8888 HQ") -> Image.Image:
    out = image.copy()
    place = out.width * 0.2, out.height * 0.6
    ImageDraw.Draw(out).text(
        place, text, "red", font_size=int(out.height * 0.06), stroke_width=1, stroke_fill="black"
    )
    return out


def cut(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    wide, high = image.size
    return image.crop((int(wide * left), int(high * top), int(wide * (1 - right)), int(high * (1 - bottom))))


def turned(image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
