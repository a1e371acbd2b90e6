"""Makes the WACZ of a look anew, and says where the one in the bundle is another."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from archive.bundle.stranger.package import DATA, DIGEST, INDEX, PACKAGE, PAGES, beside, zipped
from archive.bundle.stranger.records import records
from archive.bundle.stranger.warc import raw

GZIP = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"  # a member's head: no name, no time, no system
PIECE = 1 << 16  # bytes to unpack at a time
BESIDE = (INDEX, PAGES, PACKAGE, DIGEST)


def differences(
    body: bytes, manifest: dict[str, Any], look: str, title: str, exhibit: Callable[[str], bytes]
) -> Iterator[str]:
    """What is wrong with the WACZ of BODY, which is to hold MANIFEST. One of BROKEN where it cannot be read."""
    package = zipfile.ZipFile(io.BytesIO(body))
    members = package.infolist()
    packed = any(each.compress_type or each.file_size > len(body) for each in members)  # what is not, cannot swell
    if packed or sorted(each.filename for each in members) != sorted({DATA, *BESIDE}):
        yield "its files are not the five that belong there"
        return
    warc, lying, offset = package.read(DATA), [], 0
    for place, record in enumerate(records(manifest, look, exhibit)):
        right = raw(record, place, look)
        found, length = _member(warc, offset, len(right))
        if found != right:
            yield f"its WARC: record {place} ({record.uri}) is missing, altered or another one"
            return
        lying.append((record, offset, length))
        offset += length
    if offset != len(warc):
        yield "its WARC: more records than the manifest names"
        return
    files = beside(warc, lying, manifest, title)
    wrong = [each for each in BESIDE if package.read(each) != files[each]]
    if wrong or body != zipped(files):
        yield ", ".join(wrong) or "its zip is put together in another way"


def _member(body: bytes, offset: int, most: int) -> tuple[bytes, int]:
    """The gzip member of BODY at OFFSET, unpacked, and how long it is; if it holds more than MOST, not all of it.

    ValueError where there is none.
    """
    unpacker, found, at = zlib.decompressobj(31), bytearray(), offset
    if body[offset : offset + len(GZIP)] != GZIP:
        raise ValueError("a record is missing in its WARC")
    while not unpacker.eof and len(found) <= most:
        piece = body[at : at + PIECE]
        if not piece:
            raise ValueError("a record does not end in its WARC")
        found += unpacker.decompress(piece, most + 1 - len(found))
        at += len(piece) - len(unpacker.unconsumed_tail)
    return bytes(found), at - len(unpacker.unused_data) - offset
