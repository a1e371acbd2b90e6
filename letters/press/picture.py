"""The reduced copy of a screenshot: the top of the page, small enough to print twenty in a letter."""

from collections.abc import Callable
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageFile, ImageStat

from archive.likeness import MOST_PIXELS, pixels
from config.errors import EvidenceError, LetterError

WIDTH = 900  # pixels; never enlarged
ASPECT = 1.6  # width by height
FORMATS = ("PNG", "JPEG", "WEBP")


def reduced(name: str, exhibit: Callable[[str], bytes]) -> bytes:
    """The reduced copy, as JPEG, of the exhibit of SHA-256 NAME; LetterError says why there is none."""
    try:
        body = exhibit(name)
    except (EvidenceError, OSError) as problem:
        raise LetterError(f"the screenshot {name} cannot be had: {problem}") from problem
    if sha256(body).hexdigest() != name:
        raise LetterError(f"the screenshot {name} is not what its name says: the stored file was altered")
    return _jpeg(_top(body, name), name)


def _top(body: bytes, name: str) -> Image.Image:
    """The top of the picture, its pixels only: what else a file carries (comments, places) stays behind."""
    if pixels(body) > MOST_PIXELS:
        raise LetterError(f"the screenshot {name} has more than {MOST_PIXELS} pixels: it is none of ours")
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # weasyprint turns it on for the whole process when imported
    try:
        with Image.open(BytesIO(body), formats=FORMATS) as picture:
            across, down = picture.size
            part = picture.convert("RGBA").crop((0, 0, across, min(down, round(across / ASPECT))))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as problem:
        raise LetterError(f"the screenshot {name} does not open as a picture: {problem}") from problem
    page = Image.new("RGB", part.size, "white")
    page.paste(part, mask=part)
    return page


def _jpeg(page: Image.Image, name: str) -> bytes:
    if not any(ImageStat.Stat(page).stddev):
        raise LetterError(f"the screenshot {name} shows nothing: its top is of one colour. Visit again")
    page.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
    out = BytesIO()
    page.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()
