"""Makes the WACZ 1.1.1 of one look from its manifest and its exhibits: one WARC, its index, its one page. Pure."""

import zlib
from collections.abc import Callable
from struct import pack
from typing import Any

from archive.bundle.stranger.package import beside, zipped
from archive.bundle.stranger.records import records
from archive.bundle.stranger.wacz import GZIP
from archive.bundle.stranger.warc import raw


def wacz(manifest: dict[str, Any], look: str, title: str, exhibit: Callable[[str], bytes]) -> bytes:
    """The WACZ of MANIFEST; LOOK: what names the look; EXHIBIT gives a file by its SHA-256."""
    warc, lying = bytearray(), []
    for place, record in enumerate(records(manifest, look, exhibit)):
        member = _zipped(raw(record, place, look))
        lying.append((record, len(warc), len(member)))
        warc += member
    return zipped(beside(bytes(warc), lying, manifest, title))


def _zipped(body: bytes) -> bytes:
    """BODY as a gzip member that tells neither time nor system."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return GZIP + packer.compress(body) + packer.flush() + pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)
