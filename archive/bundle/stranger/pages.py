"""What the WACZ of a look must hold, by its manifest: records in order, their page, and their index."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

NOTHING = hashlib.sha256().hexdigest()
CONVERTED = ("dom", "mhtml", "text")  # roles that are made from the page, not delivered
DELIVERED = ("payload", "body", "picture")
OWN = "X-Archive-Orig-"  # before the name of a head that is not true any more of the body as it is kept


class Wanted(NamedTuple):
    """One record as it must stand in the WARC."""

    kind: str  # of record
    uri: str
    at: str
    head: str  # of HTTP, each line ended by CRLF; "": none
    payload: str  # SHA-256
    media_type: str  # of records without a head
    source: dict[str, Any]  # the exchange or the exhibit that it is


def wanted(manifest: dict[str, Any]) -> Iterator[Wanted]:
    """The records of MANIFEST in order, after the warcinfo."""
    told = set()
    for each in manifest["exchanges"]:
        place = target(each["url"]), each["at"]
        if each["request"]:
            yield Wanted("request", *place, ended(each["request"]), NOTHING, "", each)
        if each["response"]:
            told.add(each["payload"])
            yield Wanted("response", *place, true_head(each), each["payload"] or NOTHING, "", each)
    for each in manifest["exhibits"]:
        if each["sha256"] not in told or each["role"] not in DELIVERED:
            kind = "conversion" if each["role"] in CONVERTED else "resource"
            media_type = " ".join(each["media_type"].split()) or "application/octet-stream"
            yield Wanted(kind, _place(each, manifest), manifest["at"], "", each["sha256"], media_type, each)


def page(manifest: dict[str, Any], title: str) -> dict[str, str]:
    """The line of pages.jsonl for the look of MANIFEST: its address, and when that was asked for."""
    url = manifest["final_url"].partition("#")[0]
    asked = [
        each["at"] for each in manifest["exchanges"] if each["url"].partition("#")[0] == url and each["response"]
    ]
    known = {each["url"] for each in manifest["exchanges"] if each["response"]}
    shown = manifest["final_url"] if manifest["final_url"] in known else url
    return {"id": "page", "url": target(shown), "ts": asked[-1] if asked else manifest["at"], "title": title}


def true_head(exchange: dict[str, Any]) -> str:
    """The answer's head; what it says of the body as it came over the wire, and is not true as kept, is renamed."""
    lines = ended(exchange["response"])[:-4].split("\r\n")
    return "\r\n".join(_true(line, exchange) for line in lines) + "\r\n\r\n"


def _true(line: str, exchange: dict[str, Any]) -> str:
    name, colon, value = line.partition(":")
    untrue = {
        "content-encoding": bool(exchange["decoded"]),
        "transfer-encoding": True,  # browsers and libraries hand bodies over without it
        "content-length": value.strip() != str(exchange["size"]),
    }
    return OWN + line if colon and untrue.get(name.strip().lower()) else line


def ended(head: str) -> str:
    """HEAD with the empty line that ends it."""
    return head.rstrip("\r\n") + "\r\n\r\n"


def coded(head: str) -> bytes:
    """HEAD as bytes: as it came, where it is latin-1; other signs (of ours) are spelt out."""
    return head.encode("latin-1", "backslashreplace")


def target(url: str) -> str:
    """URL as a WARC may name it: no space, no control, ASCII."""
    return re.sub(r"[^\x21-\x7e]", lambda sign: quote(sign[0], safe="", errors="replace"), url)


def stamp(at: str) -> str:
    """The moment AT as an index writes it: 20261121040506."""
    return re.sub(r"\D", "", at)[:14]


def key(uri: str) -> str:
    """URI as an index sorts it: example,market)/item/7?a=1."""
    found = re.fullmatch(
        r"https?://(?:[^/?#]*@)?(\[[^]/?#]*\]|[^:/?#]*)(?::(\d*))?([^?#]*)\??([^#]*)(?:#.*)?", uri.lower()
    )
    if not found:
        return uri
    host, port, path, asked = found.groups()
    names = host if re.fullmatch(r"[\d.]+|\[.*", host) else ",".join(reversed(host.split(".")))
    other = ":" + port if port and port != ("443" if uri.lower().startswith("https") else "80") else ""
    return "{}{}){}{}".format(names, other, path or "/", "?" + "&".join(sorted(asked.split("&"))) if asked else "")


def _place(exhibit: dict[str, Any], manifest: dict[str, Any]) -> str:
    if exhibit["role"] in DELIVERED:
        return target(exhibit["url"] or manifest["final_url"])
    if exhibit["role"] == "certificate":
        return "urn:certificate:{}".format(exhibit["sha256"])
    return "urn:{}:{}".format(exhibit["role"], target(exhibit["url"] or manifest["final_url"]))
