"""Writes 演练 PRACTICE into a picture stroke by stroke, so that it reads the same without any font for Chinese."""

from PIL import ImageDraw, ImageFont

Stroke = tuple[tuple[int, int], ...]  # points in a square of 100

YAN: tuple[Stroke, ...] = (
    ((8, 10), (20, 22)),
    ((3, 36), (15, 48)),
    ((3, 94), (20, 62)),
    ((62, 2), (66, 14)),
    ((34, 32), (34, 20), (95, 20), (91, 32)),
    ((44, 34), (84, 34)),
    ((42, 46), (86, 46), (86, 78), (42, 78), (42, 46)),
    ((64, 34), (64, 78)),
    ((42, 62), (86, 62)),
    ((54, 83), (38, 97)),
    ((74, 83), (92, 97)),
)
LIAN: tuple[Stroke, ...] = (
    ((22, 3), (6, 27), (24, 28)),
    ((27, 24), (6, 56), (31, 51)),
    ((4, 86), (33, 74)),
    ((40, 20), (93, 20)),
    ((60, 3), (46, 45), (93, 45)),
    ((70, 28), (70, 94), (59, 87)),
    ((53, 60), (40, 82)),
    ((84, 58), (96, 80)),
)
WHITE = "white"


def mark(draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    """Write 演练 PRACTICE into a dark band at the foot of a picture of WIDTH by HEIGHT pixels."""
    tall = height // 8
    top = height - tall
    draw.rectangle((0, top, width, height), fill=(60, 20, 20))
    size = tall * 7 // 10
    _write(draw, YAN, tall // 2, top + tall // 7, size)
    _write(draw, LIAN, tall // 2 + size + size // 6, top + tall // 7, size)
    font = ImageFont.load_default(size)
    draw.text((tall // 2 + size * 3, top + tall // 2), "PRACTICE", WHITE, font, anchor="lm")


def _write(draw: ImageDraw.ImageDraw, strokes: tuple[Stroke, ...], left: int, top: int, size: int) -> None:
    for stroke in strokes:
        points = [(left + x * size / 100, top + y * size / 100) for x, y in stroke]
        draw.line(points, fill=WHITE, width=max(2, size // 12))
