"""Reads what a picture or a recording says of itself: camera, time, place, texts; kept apart, as it is personal."""

import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from hashlib import sha256
from io import BytesIO
from typing import Any

import rfc8785
from PIL import ExifTags, Image

from archive.facts import Exhibit, Role
from archive.likeness import DAMAGED, FORMATS
from config.errors import UsageError
from desk.tips import boxes
from desk.tips.kinds import Kind

VERSION = 1
LEADING = frozenset(ExifTags.IFD)  # tags that lead to others, and say nothing themselves
VALUE, VALUES = 2000, 300  # characters of a value, values
FORMS = (*FORMATS, "TIFF")
BOXED = frozenset({"video/mp4", "video/quicktime", "video/3gpp", "audio/mp4"})


def metadata(body: bytes, kind: Kind, name: str, modified: float, pixels: float) -> Exhibit:
    """What the file BODY of KIND says of itself; UsageError where a picture has more than PIXELS million pixels.

    NAME and MODIFIED (seconds since 1970): as the file lay on the disk.
    """
    facts: dict[str, Any] = {
        "v": VERSION,
        "of": sha256(body).hexdigest(),
        "name": _plain(name),
        "modified": datetime.fromtimestamp(int(modified), UTC).isoformat(),
        "media_type": kind.media_type,
        "bytes": len(body),
    }
    try:
        facts |= _picture(body, name, pixels) if kind.pictured else _recording(body, kind)
    except Image.DecompressionBombError:
        raise UsageError(f"{name}: too many pixels; at most {pixels:g} million. Make a smaller copy") from None
    except DAMAGED as problem:
        facts["unread"] = f"{type(problem).__name__}: {_plain(str(problem))}"
    return Exhibit(Role.METADATA, rfc8785.dumps(facts), "application/json")


def _picture(body: bytes, name: str, pixels: float) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a picture that is large, or whose tags are odd
        with Image.open(BytesIO(body), formats=FORMS) as image:
            wide, high = image.size
            if wide * high > pixels * 1_000_000:
                raise UsageError(f"{name}: {wide} x {high} pixels; at most {pixels:g} million. Make a smaller copy")
            facts: dict[str, Any] = {"width": wide, "height": high}
            exif = image.getexif()
            tags = {
                tag: value for tag, value in {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}.items() if tag not in LEADING
            }
            facts |= _listed("exif", tags, lambda tag: ExifTags.TAGS.get(tag, str(tag)))
            place = exif.get_ifd(ExifTags.IFD.GPSInfo)
            facts |= _listed("gps", place, lambda tag: ExifTags.GPSTAGS.get(tag, str(tag)))
            facts |= _where(place)
            texts = getattr(image, "text", {}) if image.format == "PNG" else {}
            return facts | _listed("text", texts, str)


def _recording(body: bytes, kind: Kind) -> dict[str, Any]:
    return dict(boxes.told(body)) if kind.media_type in BOXED else {"unread": "of a kind that nobody reads here"}


def _listed(name: str, values: Any, called: Callable[[Any], str]) -> dict[str, Any]:
    found = {_plain(called(tag)): _plain(values[tag]) for tag in list(values)[:VALUES]}
    return {name: found} if found else {}


def _where(place: Any) -> dict[str, Any]:
    """Degrees north and east, where the place is told."""
    tags = ExifTags.GPS
    try:
        north, east = _degrees(place[tags.GPSLatitude]), _degrees(place[tags.GPSLongitude])
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return {}
    south, west = place.get(tags.GPSLatitudeRef) == "S", place.get(tags.GPSLongitudeRef) == "W"
    return {"latitude": -north if south else north, "longitude": -east if west else east}


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (Fraction(float(part)) for part in parts)
    return round(float(degrees + minutes / 60 + seconds / 3600), 7)


def _plain(value: Any) -> str:
    """VALUE as a text of bounded length that JSON can hold."""
    if isinstance(value, bytes):
        value = value.decode("ascii") if value.isascii() and value[:1].isalnum() else value[:VALUE].hex()
    text = str(value)[:VALUE].replace("\0", "")
    return text.encode("utf-8", "replace").decode()
