"""Perceptual hashes: two pictures that look alike have hashes that differ in few bits."""

import io
import struct
import sys
import warnings
import zlib
from collections.abc import Iterator

from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError

METHODS = ("phash64/1", "phash256/1", "dhash64/1")  # algorithm and version; archive/prints.py says what they are
SIDE = 128  # px at least, of what is hashed; a full-size picture costs a hundred times as much and says the same
LEAST = 48  # px; what is smaller is an icon
MOST_PIXELS = 40_000_000
BOMB = sys.maxsize  # pixels: more than Pillow will hear of
FRAMES = 8  # of a picture that moves, that are looked at
BLANK = 1.5  # grey levels of standard deviation: a frame with less shows nothing
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF", "BMP")  # what sites show; not Pillow's forty others
warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # it doubts half of the sizes; we look at all
# What Pillow raises on damaged files of these: its own, then those of the readers that meet the damage.
DAMAGED = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,  # cut short
    ValueError,
    SyntaxError,  # a broken PNG
    RuntimeError,  # AVIF; NotImplementedError too
    EOFError,
    ArithmeticError,  # sizes of nothing, or beyond what a number holds
    LookupError,  # tables cut short
    TypeError,
    AttributeError,
    struct.error,
    zlib.error,
    MemoryError,
)


def pixels(picture: bytes) -> int:
    """How many pixels an encoded picture says that it has, or BOMB; nothing is decoded. 0: it opens as none."""
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as opened:
            return opened.width * opened.height
    except Image.DecompressionBombError:
        return BOMB
    except DAMAGED:
        return 0


def hashes(picture: bytes) -> dict[str, str]:
    """The hashes of all views of an encoded picture: method -> hexadecimal, one view after the other.

    Empty if it does not open as a picture, has too many pixels, is an icon, or is all of one colour.
    """
    from archive import prints  # noqa: PLC0415  (numpy: heavy, and most commands keep no picture)

    grey = small(picture)
    taken = prints.taken(grey) if grey else None
    return dict(zip(METHODS, taken.written(), strict=True)) if taken else {}


def small(picture: bytes) -> Image.Image | None:
    """An encoded picture in grey, upright, from SIDE px each way on; None where `hashes` has none."""
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS or min(opened.size) < LEAST:
                return None
            opened.draft("L", (SIDE, SIDE))
            return _telling(opened)
    except DAMAGED:
        return None


def moves(opened: Image.Image) -> bool:
    """Whether it has several frames; a phone's further pictures, of depth and light, are none."""
    return bool(getattr(opened, "is_animated", False)) and opened.format != "MPO"


def plain(opened: Image.Image) -> Image.Image:
    """A picture with 8 bits a channel: one of more is made darker, where Pillow would show all of it white."""
    if opened.mode != "F" and not opened.mode.startswith("I"):
        return opened
    wide = opened.convert("F")
    _, brightest = wide.getextrema()
    scale = 255 / max(float(brightest), 255.0)  # type: ignore[arg-type]  # of one channel: a pair of numbers
    grey = wide.point(lambda level: level * scale).convert("L")
    grey.info.pop("transparency", None)  # a level of those that it had
    return grey


def _telling(opened: Image.Image) -> Image.Image:
    """The first frame that shows something, small and upright; of a picture that never does, its first."""
    first = _small(opened)
    if not moves(opened):
        return first
    return next((each for each in _each(opened) if ImageStat.Stat(each).stddev[0] >= BLANK), first)


def _each(opened: Image.Image) -> Iterator[Image.Image]:
    """The first FRAMES frames, small and upright."""
    for frame in range(FRAMES):
        try:
            opened.seek(frame)
        except EOFError:
            return
        yield _small(opened)


def _small(opened: Image.Image) -> Image.Image:
    grey = _grey(plain(opened))
    upright = ImageOps.exif_transpose(grey) if opened.getexif() else grey
    much = min(upright.size) // SIDE
    return upright.reduce(much) if much > 1 else upright


def _grey(opened: Image.Image) -> Image.Image:
    """In grey, on white where it can be seen through."""
    if not opened.has_transparency_data:
        return opened.convert("L")
    seen = opened.convert("LA")
    white = Image.new("L", seen.size, 255)
    white.paste(seen, mask=seen.getchannel("A"))
    return white
