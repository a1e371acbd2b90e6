"""The manifest of one look: binds address, time, circumstances and the SHA-256 of everything kept of it. Pure.

Canonical JSON (RFC 8785). Heads stand in it as they were sent and received, without their secrets; bodies and what
was derived are named by their SHA-256. A copy of it and of those files is all that a stranger needs to see the look.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import rfc8785

from archive.facts import Capture, Exchange, Exhibit, Role, Snapshot

VERSION = 1
MEDIA_TYPE = "application/json"


def moment(at: datetime) -> str:
    """AT as manifests and entries write it: in UTC, to the microsecond, 2026-11-21T04:05:06.000007Z."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def files(snapshot: Snapshot, pictures: Sequence[str] = ()) -> tuple[Exhibit, ...]:
    """What is to be kept of SNAPSHOT, in the manifest's order: bodies, certificates, and what was derived.

    PICTURES: the addresses of the listing's own.
    """
    bodies = [Exhibit(_role(snapshot, each, pictures), each.payload, each.media_type, each.url)
              for each in snapshot.exchanges if each.payload]  # fmt: skip
    kept = dict.fromkeys(each for exchange in snapshot.exchanges for each in exchange.certificates)
    certificates = [Exhibit(Role.CERTIFICATE, each, "application/pkix-cert") for each in kept]
    return (*bodies, *certificates, *snapshot.exhibits)


def document(snapshot: Snapshot) -> Exchange | None:
    """The exchange that brought the page itself: the last document from where the look ended, or else the last."""
    documents = [each for each in snapshot.exchanges if each.kind == "Document" and each.payload]
    here = [each for each in documents if each.url.partition("#")[0] == snapshot.final_url.partition("#")[0]]
    return next(reversed(here or documents), None)


def manifest(
    listing: dict[str, str],
    snapshot: Snapshot,
    kept: Sequence[tuple[Exhibit, str]],
    *,
    capture: Capture,
    missing: Sequence[str],
) -> bytes:
    """The manifest of SNAPSHOT of LISTING (platform, key, url), whose files were KEPT under these SHA-256s."""
    hashes = iter(sha256 for _, sha256 in kept)
    exchanges = [_exchange(each, hashes) for each in snapshot.exchanges]
    named = dict.fromkeys(each for exchange in snapshot.exchanges for each in exchange.certificates)
    certificates = dict(zip(named, hashes, strict=False))
    for said, exchange in zip(exchanges, snapshot.exchanges, strict=True):
        said["certificates"] = [certificates[each] for each in exchange.certificates]
    return rfc8785.dumps(
        {
            "v": VERSION,
            "listing": listing,
            "url": snapshot.url,
            "final_url": snapshot.final_url,
            "status": snapshot.status,
            "at": moment(snapshot.at),
            "capture": str(capture),
            "missing": list(missing),
            "environment": snapshot.environment,
            "exchanges": exchanges,
            "exhibits": [_exhibit(file, sha256) for file, sha256 in kept],
        }
    )


def _exchange(each: Exchange, hashes: Iterator[str]) -> dict[str, Any]:
    return {
        "url": each.url,
        "method": each.method,
        "kind": each.kind,
        "at": moment(each.at),
        "request": each.request,
        "status": each.status,
        "response": each.response,
        "protocol": each.protocol,
        "address": each.address,
        "payload": next(hashes) if each.payload else None,
        "size": len(each.payload or b""),
        "media_type": each.media_type,
        "decoded": each.decoded,
        "tls": each.tls,
        "missing": each.missing,
    }


def _exhibit(file: Exhibit, sha256: str) -> dict[str, Any]:
    return {
        "role": str(file.role),
        "sha256": sha256,
        "size": len(file.body),
        "media_type": file.media_type,
        "url": file.url,
    }


def _role(snapshot: Snapshot, exchange: Exchange, pictures: Sequence[str]) -> Role:
    if exchange is document(snapshot):
        return Role.PAYLOAD
    return Role.PICTURE if exchange.url in pictures else Role.BODY
