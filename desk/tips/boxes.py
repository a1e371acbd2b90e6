"""When a phone's video says that it was made, how long it is, and where: read from its boxes (ISO/IEC 14496-12)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
MOST = 4000  # boxes that are looked at; a video of a phone has a hundred


def told(body: bytes) -> dict[str, str | float]:
    """What BODY says of itself; ValueError where its boxes do not fit."""
    facts: dict[str, str | float] = {}
    for kind, box in _inside(body, ("moov", "udta")):
        if kind == "mvhd":
            facts |= _header(box)
        elif kind == "\xa9xyz":
            facts["location"] = box[4:204].decode("utf-8", "replace")  # ISO 6709
    return facts


def _inside(body: bytes, folders: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Each box with what it holds, those in FOLDERS too."""
    left, parts = MOST, [memoryview(body)]
    while parts:
        part = parts.pop()
        at = 0
        while at + 8 <= len(part):
            size, kind, head = int.from_bytes(part[at : at + 4]), bytes(part[at + 4 : at + 8]).decode("latin-1"), 8
            if size == 1:
                size, head = int.from_bytes(part[at + 8 : at + 16]), 16
            size = size or len(part) - at  # 0: to the end
            left -= 1
            if size < head or at + size > len(part) or left < 0:
                raise ValueError("its boxes do not fit")
            inner = part[at + head : at + size]
            if kind in folders:
                parts.append(inner)
            elif kind in ("mvhd", "\xa9xyz"):
                yield kind, bytes(inner[:1000])
            at += size


def _header(box: bytes) -> dict[str, str | float]:
    """Time and length in an mvhd box of version 0 or 1."""
    wide = 8 if box[:1] == b"\x01" else 4
    fields = (box[4 : 4 + wide], box[4 + 2 * wide : 8 + 2 * wide], box[8 + 2 * wide : 8 + 3 * wide])
    made, scale, length = (int.from_bytes(field) for field in fields)
    facts: dict[str, str | float] = {"seconds": round(length / scale, 3)} if scale else {}
    if 0 < made < 1 << 33:
        facts["created"] = (EPOCH + timedelta(seconds=made)).isoformat()
    return facts
