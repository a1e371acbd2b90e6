"""The text that stands in a picture, as an engine that is handed in reads it."""

import io
from collections.abc import Iterable, Iterator
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image, ImageOps

from archive.likeness import DAMAGED, FORMATS, MOST_PIXELS, moves, plain

if TYPE_CHECKING:  # it takes long to import: crawler/ocr_worker.py does
    from rapidocr import RapidOCR

SIDE = 960  # px that the engine looks at; at 640 it lost a fine grey line of a phone's screenshot
TALL = 2.2  # heights of a part to its width: a phone's screen is one; what is taller is read in parts
SHARED = 0.08  # of a part's height that the next one shows too, so that no line is cut by both
MOST_PARTS = 24
MOST_FRAMES = 8  # of a picture that moves
LEAST = 12  # px of a side that can hold a letter
NO_PICTURE = "does not open as a picture"
TOO_LARGE = "too large to be read"


class Part(NamedTuple):
    """What was read in a part of a picture."""

    text: str  # a line each, from top to bottom
    unread: str = ""  # why all or a part of the picture was not read; told with the last
    more: bool = True  # whether another part comes


def read(picture: bytes, reads: "RapidOCR") -> Iterator[Part]:
    """The text in an encoded PICTURE, part by part; of one that moves, what each frame shows and none before it."""
    unread, told = "", set[str]()
    for page in _pages(picture):
        if isinstance(page, str):
            unread = page
            break
        places = parts(*page.size) if min(page.size) >= LEAST else []
        if len(places) > MOST_PARTS:
            unread = f"only the first {MOST_PARTS} of {len(places)} parts were read"
        before = frozenset(told)
        for place in places[:MOST_PARTS]:
            lines = [line for line in _lines(page, place, reads) if line not in before]
            told.update(lines)
            yield Part("\n".join(lines))
    yield Part("", unread, more=False)


def parts(width: int, height: int) -> list[tuple[int, int]]:
    """Where the parts of a picture begin and end, in px from its top."""
    most = max(round(TALL * width), SIDE)
    step = round(most * (1 - SHARED))
    starts = [0, *range(step, height - most + step, step)]
    return [(top, min(top + most, height)) for top in starts]


def spread(count: int, most: int) -> list[int]:
    """Which of COUNT frames are read: all, or MOST from the first to the last; never none."""
    steps = min(most, count) - 1
    return [round(step * (count - 1) / steps) for step in range(steps + 1)] if steps > 0 else [0]


def _pages(picture: bytes) -> Iterator[Image.Image | str]:
    """What the picture shows, frame by frame; then why not all of it, where some is left."""
    shown, whole = 0, 1
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as held:
            held.draft("RGB", (SIDE, SIDE))  # a large photograph is opened at a part of its size
            if held.width * held.height > MOST_PIXELS:
                yield TOO_LARGE
                return
            yield _page(held, 0)  # before they are counted, which may take long
            shown = 1
            whole = int(getattr(held, "n_frames", 1)) if moves(held) else 1
            for frame in spread(whole, min(MOST_FRAMES, MOST_PARTS // len(parts(*held.size))))[1:]:
                yield _page(held, frame)
                shown += 1
    except Image.DecompressionBombError:
        yield TOO_LARGE
    except DAMAGED:
        yield f"only {shown} of its frames could be read" if shown else NO_PICTURE
    else:
        if shown < whole:
            yield f"only {shown} of {whole} frames were read"


def _page(held: Image.Image, frame: int) -> Image.Image:
    """A FRAME of the picture, upright, on white."""
    if frame:
        held.seek(frame)
    upright = ImageOps.exif_transpose(plain(held)).convert("RGBA")
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
