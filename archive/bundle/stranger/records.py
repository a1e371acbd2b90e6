"""The records of a look, one after the other, as they must stand in its WARC."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from archive.bundle.stranger.pages import NOTHING, Wanted, coded, wanted
from archive.bundle.stranger.warc import FIELDS, HTTP, Record, fields, name

SOFTWARE = "wildfree"
FORMAT = "WARC File Format 1.1"
ADDRESS = re.compile(r"[0-9a-fA-F:.]{2,45}|\[[0-9a-fA-F:.]{2,45}\]")
STANDARD = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


def records(manifest: dict[str, Any], look: str, exhibit: Callable[[str], bytes]) -> Iterator[Record]:
    """The records of the look that LOOK names, warcinfo first; EXHIBIT gives a file by its SHA-256."""
    yield Record("warcinfo", manifest["at"], FIELDS, b"", _info(manifest))
    wishes = list(wanted(manifest))
    document = next((place for place, wish in enumerate(wishes, 1) if _is_document(wish, manifest)), 0)
    for place, wish in enumerate(wishes, 1):
        payload = b"" if wish.payload == NOTHING else exhibit(wish.payload)
        if wish.head:
            more = tuple(_of_exchange(wish, look, place))
            kind, status = wish.source["media_type"], wish.source["status"] or 0
        else:
            more = (("WARC-Refers-To", name(look, document)),) if document and wish.kind == "conversion" else ()
            kind, status = wish.media_type, 200
        content_type = HTTP + wish.kind if wish.head else wish.media_type
        yield Record(wish.kind, wish.at, content_type, coded(wish.head), payload, wish.uri, more, kind, status)


def _is_document(wish: Wanted, manifest: dict[str, Any]) -> bool:
    pages = {each["sha256"] for each in manifest["exhibits"] if each["role"] == "payload"}
    return wish.kind in {"response", "resource"} and wish.payload in pages


def _of_exchange(wish: Wanted, look: str, place: int) -> Iterator[tuple[str, str]]:
    """What is known of an exchange beside its heads and its body; place - 1 is an answer's request."""
    each = wish.source
    if wish.kind == "request":
        return
    if each["request"]:
        yield "WARC-Concurrent-To", name(look, place - 1)
    if ADDRESS.fullmatch(each["address"]):
        yield "WARC-IP-Address", each["address"].strip("[]")
    facts = {"Protocol": each["protocol"], "Decoded": each["decoded"], "Missing": each["missing"]}
    facts.update((f"TLS-{label.title().replace(' ', '-')}", value) for label, value in each["tls"].items())
    for label, value in facts.items():
        if value:
            yield f"X-Wildfree-{label}", value


def _info(manifest: dict[str, Any]) -> bytes:
    """The warcinfo: what looked, and in which circumstances."""
    known = [("software", SOFTWARE), ("format", FORMAT), ("conformsTo", STANDARD)]
    note = (
        "Bodies are kept as browsers and libraries hand them over: without the content codings that "
        "X-Wildfree-Decoded names, and without transfer codings. A head that is not true of such a body is renamed "
        "X-Archive-Orig-; all heads as received stand in the manifest. The values of secrets were put by before "
        "anything was kept."
    )
    return fields([*known, ("description", note), *sorted(manifest["environment"].items())])
