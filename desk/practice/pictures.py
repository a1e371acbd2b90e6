"""Draws the practice market's pictures: the same bytes for the same listing, another picture for another."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from itertools import pairwise
from math import cos, pi, sin

from PIL import Image, ImageDraw

from desk.practice.mark import mark
from desk.practice.wares import Kind

SIDE = 600  # pixels
EACH = 2  # pictures a listing has
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Brush:
    """A canvas, where on it the goods lie, and the listing's own colours and numbers."""

    draw: ImageDraw.ImageDraw
    dice: bytes  # 32 numbers of 0-255 that belong to this picture alone
    x: int
    y: int
    size: int
    ink: Colour
    line: Colour

    def box(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        """A box given in parts of the goods' size around their middle."""
        x, y, size = self.x, self.y, self.size
        return x + left * size, y + top * size, x + right * size, y + bottom * size

    def at(self, across: float, down: float) -> tuple[float, float]:
        """A point given in parts of the goods' size around their middle."""
        return self.x + across * self.size, self.y + down * self.size


@lru_cache(maxsize=512)
def picture(key: str, number: int, kind: Kind) -> bytes:
    """Picture NUMBER (from 1) of listing KEY as a JPEG of 600 x 600 pixels, marked 演练 PRACTICE."""
    dice = sha256(f"{key}/{number}".encode()).digest()
    image = Image.new("RGB", (SIDE, SIDE), _colour(dice[0:3], 150, 90))
    draw = ImageDraw.Draw(image)
    _table(draw, dice)
    DRAWN[kind](_brush(draw, dice))
    mark(draw, SIDE, SIDE)
    out = BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def _colour(numbers: bytes, low: int, spread: int) -> Colour:
    red, green, blue = (low + number * spread // 255 for number in numbers)
    return red, green, blue


def _table(draw: ImageDraw.ImageDraw, dice: bytes) -> None:
    """A table's edge at an angle of its own, with a cloth lying on it."""
    left, right = 120 + dice[3], 120 + dice[4]
    draw.polygon([(0, left), (SIDE, right), (SIDE, SIDE), (0, SIDE)], fill=_colour(dice[5:8], 60, 120))
    spot = dice[8] * 2, dice[9] * 2
    draw.ellipse((*spot, spot[0] + 60 + dice[10], spot[1] + 60 + dice[11]), fill=_colour(dice[12:15], 90, 150))


def _brush(draw: ImageDraw.ImageDraw, dice: bytes) -> Brush:
    x, y = 200 + dice[15] * 200 // 255, 190 + dice[16] * 150 // 255
    ink, line = _colour(dice[18:21], 130, 120), _colour(dice[21:24], 10, 90)
    return Brush(draw, dice, x, y, 240 + dice[17] // 2, ink, line)


def _ring(brush: Brush) -> None:
    thick = 24 + brush.dice[24] // 5
    brush.draw.ellipse(brush.box(-0.5, -0.5, 0.5, 0.5), outline=brush.line, width=thick + 6)
    brush.draw.ellipse(brush.box(-0.49, -0.49, 0.49, 0.49), outline=brush.ink, width=thick)


def _beads(brush: Brush) -> None:
    many = 8 + brush.dice[24] % 9
    for turn in (2 * pi * step / many for step in range(many)):
        across, down = 0.4 * cos(turn), 0.4 * sin(turn)
        brush.draw.ellipse(
            brush.box(across - 0.09, down - 0.09, across + 0.09, down + 0.09), brush.ink, brush.line, 3
        )


def _figure(brush: Brush) -> None:
    brush.draw.ellipse(brush.box(-0.35, 0.0, 0.35, 0.55), brush.ink, brush.line, 4)
    brush.draw.ellipse(brush.box(-0.2, -0.4, 0.2, 0.05), brush.ink, brush.line, 4)
    for number, side in zip(brush.dice[24:28], (-0.25, -0.1, 0.05, 0.2), strict=True):
        brush.draw.line([brush.at(side, 0.1), brush.at(side, 0.2 + number / 900)], brush.line, 5)


def _sticks(brush: Brush) -> None:
    for step, number in enumerate(brush.dice[24 : 27 + brush.dice[27] % 4]):
        left = -0.45 + 0.16 * step
        ends = [brush.at(left, -0.5), brush.at(left + (number - 128) / 900, 0.5)]
        brush.draw.line(ends, brush.line, 24)
        brush.draw.line(ends, brush.ink, 17)


def _block(brush: Brush) -> None:
    brush.draw.rectangle(brush.box(-0.4, -0.3, 0.3, 0.4), brush.ink, brush.line, 5)
    slope = [brush.at(-0.4, -0.3), brush.at(-0.25, -0.45), brush.at(0.45, -0.45), brush.at(0.3, -0.3)]
    brush.draw.polygon(slope, fill=brush.line)
    for step in range(2 + brush.dice[24] % 5):
        brush.draw.line([brush.at(-0.3, -0.2 + step / 10), brush.at(0.2, -0.2 + step / 10)], brush.line, 6)


def _bottle(brush: Brush) -> None:
    brush.draw.rounded_rectangle(brush.box(-0.25, -0.2, 0.25, 0.55), 30, brush.ink, brush.line, 4)
    brush.draw.rectangle(brush.box(-0.08, -0.5, 0.08, -0.19), brush.ink, brush.line, 4)
    brush.draw.rectangle(brush.box(-0.25, 0.0, 0.25, 0.1 + brush.dice[24] / 1000), brush.line)


def _horn(brush: Brush) -> None:
    tip = brush.at(0.1 + brush.dice[24] / 600, -0.55)
    brush.draw.polygon([brush.at(-0.3, 0.5), tip, brush.at(0.15, 0.5)], brush.ink, brush.line, 4)
    for step in range(3 + brush.dice[25] % 4):
        height = 0.42 - step / 9
        brush.draw.line([brush.at(-0.27 + step / 16, height), brush.at(0.15, height)], brush.line, 4)


def _cloth(brush: Brush) -> None:
    brush.draw.polygon(
        [brush.at(-0.5, -0.35), brush.at(0.45, -0.5), brush.at(0.55, 0.4), brush.at(-0.4, 0.5)], brush.ink
    )
    for across, down in pairwise(brush.dice[18:31]):
        spot = (across - 128) / 330, (down - 128) / 330
        brush.draw.ellipse(brush.box(*spot, spot[0] + 0.1, spot[1] + 0.07), brush.line)


def _scales(brush: Brush) -> None:
    for across, down in pairwise(brush.dice[14:32]):
        left, top = (across - 128) / 320, (down - 128) / 320
        brush.draw.pieslice(
            brush.box(left, top, left + 0.25, top + 0.25), 20 + down // 4, 250, brush.ink, brush.line, 3
        )


def _frame(brush: Brush) -> None:
    for side in (-0.55, 0.05):
        brush.draw.ellipse(brush.box(side, -0.22, side + 0.5, 0.2), outline=brush.ink, width=22)
    brush.draw.line([brush.at(-0.06, -0.05), brush.at(0.06, -0.05)], brush.line, 14)


def _comb(brush: Brush) -> None:
    brush.draw.rounded_rectangle(brush.box(-0.5, -0.3, 0.5, 0.0), 24, brush.ink, brush.line, 4)
    teeth = 9 + brush.dice[24] % 9
    for step in range(teeth):
        across = -0.46 + 0.92 * step / (teeth - 1)
        brush.draw.line([brush.at(across, -0.02), brush.at(across, 0.35)], brush.ink, 8)


def _phone(brush: Brush) -> None:
    brush.draw.rounded_rectangle(brush.box(-0.28, -0.55, 0.28, 0.55), 36, brush.ink, brush.line, 6)
    brush.draw.rounded_rectangle(brush.box(-0.2, -0.48, 0.0, -0.25), 14, brush.line)
    for across, down in pairwise(brush.dice[24:30]):
        spot = (across - 128) / 700, down / 700
        brush.draw.ellipse(brush.box(*spot, spot[0] + 0.09, spot[1] + 0.09), brush.line)


def _net(brush: Brush) -> None:
    many = 6 + brush.dice[24] % 8
    for step in range(many + 1):
        along = -0.5 + step / many
        brush.draw.line([brush.at(along, -0.5), brush.at(along + 0.1, 0.5)], brush.line, 4)
        brush.draw.line([brush.at(-0.5, along), brush.at(0.6, along + 0.05)], brush.line, 4)


DRAWN: dict[Kind, Callable[[Brush], None]] = {
    Kind.RING: _ring,
    Kind.BEADS: _beads,
    Kind.FIGURE: _figure,
    Kind.STICKS: _sticks,
    Kind.BLOCK: _block,
    Kind.BOTTLE: _bottle,
    Kind.HORN: _horn,
    Kind.CLOTH: _cloth,
    Kind.SCALES: _scales,
    Kind.FRAME: _frame,
    Kind.COMB: _comb,
    Kind.PHONE: _phone,
    Kind.NET: _net,
}
