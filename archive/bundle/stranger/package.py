"""What stands beside the WARC in the WACZ 1.1.1 of a look: index, pages, and the list of its files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

from archive.bundle.stranger.pages import key, page, stamp
from archive.bundle.stranger.records import SOFTWARE
from archive.bundle.stranger.warc import Record, digest

DATA, INDEX, PAGES = "archive/data.warc.gz", "indexes/index.cdx", "pages/pages.jsonl"
PACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"
NEVER = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can name
UNIX, READABLE = 3, 0o100644 << 16


def beside(
    warc: bytes, members: Sequence[tuple[Record, int, int]], manifest: dict[str, Any], title: str
) -> dict[str, bytes]:
    """Every file of the WACZ around WARC, by name. MEMBERS: its records, with offset and length of each."""
    lines = sorted(_line(*each) for each in members if each[0].type not in ("warcinfo", "request"))
    head = {"format": "json-pages-1.0", "id": "pages", "title": "Pages"}
    shown = page(manifest, title)
    files = {DATA: warc, INDEX: "".join(lines).encode(), PAGES: _written(head) + b"\n" + _written(shown) + b"\n"}
    package = _written(_package(files, manifest["at"], shown))
    told = _written({"path": PACKAGE, "hash": digest(package)})
    return dict(files, **{PACKAGE: package, DIGEST: told})


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of FILES, unpacked as they are, as a WACZ asks for; its bytes follow from what it holds."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for path, body in files.items():
            package.writestr(member(path), body)
    return out.getvalue()


def member(path: str) -> zipfile.ZipInfo:
    """PATH in a zip, of no time and no system."""
    made = zipfile.ZipInfo(path, NEVER)
    made.create_system, made.external_attr = UNIX, READABLE
    return made


def _line(record: Record, offset: int, length: int) -> str:
    told = {
        "url": record.uri, "mime": record.kind.partition(";")[0].strip() or "unk", "status": str(record.status),
        "digest": digest(record.payload), "length": str(length), "offset": str(offset),
        "filename": DATA.rpartition("/")[2],
    }  # fmt: skip
    return f"{key(record.uri)} {stamp(record.at)} {json.dumps(told)}\n"


def _package(files: dict[str, bytes], at: str, shown: dict[str, str]) -> dict[str, Any]:
    return {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "software": SOFTWARE,
        "title": shown["title"] or shown["url"],
        "created": at,
        "mainPageUrl": shown["url"],
        "mainPageDate": shown["ts"],
        "resources": [
            {"name": path.rpartition("/")[2], "path": path, "hash": digest(body), "bytes": len(body)}
            for path, body in files.items()
        ],
    }


def _written(facts: dict[str, Any]) -> bytes:
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
