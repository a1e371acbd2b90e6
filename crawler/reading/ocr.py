"""The text that stands in a picture, as an engine that is handed in reads it."""

import io
from collections.abc import Iterable, Iterator
from math import inf
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps

from archive.likeness import DAMAGED, FORMATS, MOST_PIXELS

if TYPE_CHECKING:  # it takes long to import: crawler/ocr_worker.py does
    from rapidocr import RapidOCR

SIDE = 960  # px that the engine looks at; at 640 it lost a fine grey line of a phone's screenshot
TALL = 2.2  # heights of a part to its width: a phone's screen is one; what is taller is read in parts
SHARED = 0.08  # of a part's height that the next one shows too, so that no line is cut by both
MOST_PARTS = 24
LEAST = 12  # px of a side that can hold a letter
NO_PICTURE = "does not open as a picture"
TOO_LARGE = "too large to be read"


def read(picture: bytes, reads: "RapidOCR") -> tuple[str, str]:
    """The text in an encoded PICTURE, a line each from top to bottom; and why all or a part of it was not read."""
    opened = _opened(picture)
    if isinstance(opened, str):
        return "", opened
    if min(opened.size) < LEAST:
        return "", ""
    places = parts(*opened.size)
    lines = [line for place in places[:MOST_PARTS] for line in _lines(opened, place, reads)]
    unread = f"only the first {MOST_PARTS} of {len(places)} parts were read" if len(places) > MOST_PARTS else ""
    return "\n".join(lines), unread


def parts(width: int, height: int) -> list[tuple[int, int]]:
    """Where the parts of a picture begin and end, in px from its top."""
    most = max(round(TALL * width), SIDE)
    step = round(most * (1 - SHARED))
    starts = [0, *range(step, height - most + step, step)]
    return [(top, min(top + most, height)) for top in starts]


def _opened(picture: bytes) -> Image.Image | str:
    """The picture upright, on white; or why there is none."""
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as held:
            held.draft("RGB", (SIDE, SIDE))  # a large photograph is opened at a part of its size
            if held.width * held.height > MOST_PIXELS:
                return TOO_LARGE
            upright = ImageOps.exif_transpose(held).convert("RGBA")
    except Image.DecompressionBombError:
        return TOO_LARGE
    except DAMAGED:
        return NO_PICTURE
    page = Image.new("RGB", upright.size, "white")
    page.paste(upright, mask=upright)
    return page


def _lines(whole: Image.Image, place: tuple[int, int], reads: "RapidOCR") -> Iterator[str]:
    """The lines of one part that are its own: of what two parts show, each has a half."""
    import numpy as np  # noqa: PLC0415  (the engine has it loaded)

    top, bottom = place
    seen = reads(np.asarray(whole.crop((0, top, whole.width, bottom)))[:, :, ::-1])
    half = round((bottom - top) * SHARED / 2)
    first = top + half if top else 0
    last = bottom - half if bottom < whole.height else inf
    for text, box in zip(_had(seen, "txts"), _had(seen, "boxes"), strict=True):
        middle = top + sum(float(corner[1]) for corner in box) / len(box)
        if first <= middle < last:
            yield " ".join(text.split())


def _had(seen: Any, name: str) -> Iterable[Any]:
    had = getattr(seen, name, None)  # nothing was found: None, or an answer of another kind
    return () if had is None else had
