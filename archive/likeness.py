"""Perceptual hashes: two pictures that look alike have hashes that differ in few bits."""

import io
import struct
import sys
import warnings
import zlib

from PIL import Image, ImageOps, UnidentifiedImageError

METHODS = ("phash64/1", "phash256/1", "dhash64/1")  # algorithm and version; archive/prints.py says what they are
SIDE = 128  # px at least, of what is hashed; a full-size picture costs a hundred times as much and says the same
LEAST = 48  # px; what is smaller is an icon
MOST_PIXELS = 40_000_000
BOMB = sys.maxsize  # pixels: more than Pillow will hear of
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
            grey = _grey(opened)
            upright = ImageOps.exif_transpose(grey) if opened.getexif() else grey
            much = min(upright.size) // SIDE
            return upright.reduce(much) if much > 1 else upright
    except DAMAGED:
        return None


def _grey(opened: Image.Image) -> Image.Image:
    """In grey, on white where it can be seen through."""
    if not opened.has_transparency_data:
        return opened.convert("L")
    seen = opened.convert("LA")
    white = Image.new("L", seen.size, 255)
    white.paste(seen, mask=seen.getchannel("A"))
    return white
