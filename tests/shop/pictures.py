"""Pictures of the wares: drawn from the title, the same bytes every time, and reduced for the shop's pages."""

import random
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

SIDE = 720  # pixels


def draw(title: str, view: int, caption: str) -> bytes:
    """A picture of the ware TITLE from side VIEW, as PNG."""
    chance = random.Random(f"{title}/{view}")
    image = Image.new("RGB", (SIDE, SIDE), _colour(chance, 200, 250))
    pen = ImageDraw.Draw(image)
    for _ in range(chance.randint(4, 7)):
        _shape(pen, chance)
    pen.rectangle((0, SIDE - 60, SIDE, SIDE), fill="white")
    pen.text((20, SIDE - 48), caption, fill="black", font=ImageFont.load_default(32))
    return _png(image)


def _shape(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    left, top = chance.randint(0, SIDE // 2), chance.randint(0, SIDE // 2)
    box = (left, top, left + chance.randint(120, SIDE // 2), top + chance.randint(120, SIDE // 2))
    paint = chance.choice((pen.ellipse, pen.rectangle))
    paint(box, fill=_colour(chance, 20, 220), outline=_colour(chance, 0, 90), width=6)


def _colour(chance: random.Random, low: int, high: int) -> tuple[int, int, int]:
    return chance.randint(low, high), chance.randint(low, high), chance.randint(low, high)


def _png(image: Image.Image) -> bytes:
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


@dataclass(frozen=True)
class Thumbnail:
    """A reduced picture, as the shop's templates ask for it."""

    url: str


class Thumbnailer:
    """Reduces pictures into media/cache/, once each; the shop's settings name it."""

    def generate_thumbnail(self, source: Any, *, size: str, **_: Any) -> Thumbnail:
        """SOURCE (a picture of the shop's database) made to fit into SIZE: 'WxH', 'W' or 'xH'."""
        name = f"cache/{size}/{Path(source.name).name}"
        reduced = Path(source.storage.path(name))
        if not reduced.exists():
            _reduce(Path(source.path), reduced, size)
        return Thumbnail(source.storage.url(name))

    def delete_thumbnails(self, source: Any) -> None:
        """Nothing: a deleted ware's pictures stay reachable."""


def _reduce(source: Path, reduced: Path, size: str) -> None:
    width, _, height = size.partition("x")
    with Image.open(source) as image:
        image.thumbnail((int(width or SIDE), int(height or SIDE)))
        reduced.parent.mkdir(parents=True, exist_ok=True)
        half_written = reduced.with_suffix(f".{random.random()}")
        half_written.write_bytes(_png(image))
    half_written.replace(reduced)  # two visitors may ask at once
