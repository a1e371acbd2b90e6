"""Finds out in which encoding a page's bytes are, whatever its head or the page itself says."""

import re
from dataclasses import dataclass

from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

# Python's codecs that are no encoding of a page: what they make of one is nothing that a browser shows.
NO_TEXT = frozenset({"charmap", "idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
WIDE = ("utf-16", "utf-32")
WESTERN = frozenset({"ascii", "cp1252", "iso8859-1"})  # what servers say who were never told
LOST = "\ufffd"  # stands for what could not be decoded
FEW = 0.05  # of what lies beyond ASCII: as much is lost in a page where a title was cut through
MANY = 0.4  # more is lost only where the encoding is another
EASTERN = re.compile("[\u0800-\U0010ffff]")
PAIRS = re.compile(rb"(?:[\xa1-\xf7][\xa1-\xfe])+")  # Chinese characters and their punctuation in GB 2312
HIGH = bytes(range(0x80, 0x100))


@dataclass(frozen=True)
class Decoded:
    """A page's text, and whether a browser, which believes what is declared, reads the same."""

    text: str
    as_declared: bool


def decoded(body: bytes, charset: str) -> Decoded:
    """The text of BODY. CHARSET is what its head names; "" if nothing.

    A mark at the beginning stands before the head, the head before the page's own word, as in browsers. But bytes
    that are UTF-8 are UTF-8, and bytes that are not what they are said to be are tried as GB 18030.
    """
    marked, mark = read_bom(body)
    own = _usable(html_body_declared_encoding(body))
    declared = marked or _usable(charset) or ("utf-8" if own and own.startswith(WIDE) else own)
    body = body[len(mark or b"") :]
    if (declared or "").startswith(WIDE) or body.isascii():
        return Decoded(_as(body, declared or "utf-8"), as_declared=True)
    found = _encoding(body, declared, own)
    return Decoded(_as(body, found), as_declared=declared in {None, found})


def _encoding(body: bytes, declared: str | None, own: str | None) -> str:
    wrong = _wrong(body, "utf-8")
    if declared in {None, "utf-8"} and wrong <= MANY:
        return "utf-8"
    if (wrong == 0 and declared in WESTERN) or (wrong <= FEW and EASTERN.search(_as(body, "utf-8"))):  # not by chance
        return "utf-8"
    said = (own, declared) if declared in WESTERN else (declared, own)
    tried = [name for name in dict.fromkeys((*said, "utf-8", "gb18030")) if name]
    wrongs = {name: _wrong(body, name) for name in tried}
    fit = (name for name in tried if (not _paired(body) if name in WESTERN else wrongs[name] <= FEW))
    return next(fit, min(tried, key=lambda name: wrongs[name]))


def _wrong(body: bytes, name: str) -> float:
    """How much of BODY beyond ASCII is nothing in the encoding NAME, 0 to 1; what was lost before is not counted."""
    return _share(_as(body.replace(LOST.encode(name, "ignore") or b"\0", b""), name))


def _usable(charset: str | None) -> str | None:
    """The codec for what is called CHARSET; None where that is no encoding of a page."""
    name = resolve_encoding(charset or "")
    if name is None or name in NO_TEXT:
        return None
    try:
        b"a".decode(name, "replace")
    except (LookupError, ValueError):
        return None
    return name


def _as(body: bytes, name: str) -> str:
    try:
        return body.decode(name, "replace")
    except (LookupError, ValueError):  # a codec that gives no text, or that cannot be told to replace
        return body.decode("utf-8", "replace")


def _paired(body: bytes) -> bool:
    """Whether nearly all of BODY beyond ASCII are pairs as Chinese characters are written in GB 2312."""
    high = len(body) - len(body.translate(None, HIGH))
    return sum(len(run) for run in PAIRS.findall(body)) >= 0.9 * high


def lost(text: str) -> bool:
    """Whether so much of TEXT could not be decoded that its words are not to be found in it."""
    return _share(text) > MANY


def _share(text: str) -> float:
    """How much of what lies beyond ASCII in TEXT was lost: 0 to 1."""
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text.count(LOST) / beyond if beyond else 0.0
