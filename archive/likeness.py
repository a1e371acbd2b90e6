"""Perceptual hashes: two pictures that look alike have hashes that differ in few bits."""

import io
import struct
import sys
import warnings
import zlib
from importlib.metadata import version

from PIL import Image, UnidentifiedImageError

METHOD = f"phash64/imagehash-{version('imagehash')}"
SIDE = 256  # px; hashing a full-size picture costs a hundred times as much and says the same
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


def phash(picture: bytes) -> str | None:
    """The 64-bit perceptual hash of an encoded picture, in hexadecimal; None if it does not open as one."""
    import imagehash  # noqa: PLC0415  (heavy, and most commands keep no picture)

    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            opened.draft("L", (SIDE, SIDE))
            small = opened.convert("L")
        small.thumbnail((SIDE, SIDE))
        return str(imagehash.phash(small))
    except DAMAGED:
        return None
