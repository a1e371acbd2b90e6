"""Perceptual hashes: two pictures that look alike have hashes that differ in few bits."""

import io
from importlib.metadata import version

from PIL import Image, UnidentifiedImageError

METHOD = f"phash64/imagehash-{version('imagehash')}"
SIDE = 256  # px; hashing a full-size picture costs a hundred times as much and says the same
MOST_PIXELS = 40_000_000


def phash(picture: bytes) -> str | None:
    """The 64-bit perceptual hash of an encoded picture, in hexadecimal; None if it does not open as one."""
    import imagehash  # noqa: PLC0415  (heavy, and most commands keep no picture)

    try:
        with Image.open(io.BytesIO(picture)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            opened.draft("L", (SIDE, SIDE))
            small = opened.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    small.thumbnail((SIDE, SIDE))
    return str(imagehash.phash(small))
