"""WARC/1.1 records as bytes that follow from what they hold: SHA-256 digests, ids without chance."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from typing import NamedTuple

HTTP = "application/http; msgtype="
FIELDS = "application/warc-fields"


class Record(NamedTuple):
    """One record; its block is HEAD and PAYLOAD. KIND and STATUS are for the index."""

    type: str
    at: str  # as WARC/1.1 writes moments
    content_type: str
    head: bytes  # of HTTP, with its empty line; b"": none
    payload: bytes
    uri: str = ""
    more: tuple[tuple[str, str], ...] = ()  # further heads of the record
    kind: str = ""  # media type of the payload
    status: int = 0


def raw(record: Record, place: int, look: str) -> bytes:
    """RECORD, unpacked. Its id follows from LOOK (which names the look) and its PLACE in the WARC."""
    block = record.head + record.payload
    heads = [
        ("WARC-Type", record.type),
        ("WARC-Record-ID", name(look, place)),
        ("WARC-Date", record.at),
        *([("WARC-Target-URI", record.uri)] if record.uri else []),
        *record.more,
        ("WARC-Payload-Digest", digest(record.payload)),
        ("WARC-Block-Digest", digest(block)),
        ("Content-Type", record.content_type),
        ("Content-Length", str(len(block))),
    ]
    return b"WARC/1.1\r\n" + fields(heads) + b"\r\n" + block + b"\r\n\r\n"


def fields(facts: Sequence[tuple[str, str]]) -> bytes:
    """FACTS as head lines, or as application/warc-fields."""
    return "".join(f"{label}: {' '.join(value.split())}\r\n" for label, value in facts).encode()


def name(look: str, place: int) -> str:
    """The id of the record at PLACE in LOOK."""
    made = uuid.UUID(bytes=hashlib.sha256(f"{look} {place}".encode()).digest()[:16], version=5)
    return f"<urn:uuid:{made}>"


def digest(body: bytes) -> str:
    """The digest of BODY as WARC and WACZ name it."""
    return "sha256:" + hashlib.sha256(body).hexdigest()
