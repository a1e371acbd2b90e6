"""Keeps the volunteer's own account out of what is recorded: its name, picture, messages, cookies and tokens.

Pure. What is blacked out is said where it stood, so that nobody takes it for what was delivered.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256

from archive.facts import Exchange
from config.platform import Platform
from config.sign import LONGEST
from crawler.beside.spellings import exactly, loosely
from crawler.reading.heads import SECRET

MARK = b"(blacked-out)"
SAID = "blacked out: what is the volunteer's own"
PICTURE = "blacked out: the account's own picture"
SHORTEST = 2  # characters of a name
LONG = 8  # of a value whose name says that it is secret
VERY_LONG = 16  # of a value that looks like nothing but a secret
WORDY = re.compile(r"text/|json|script|xml|html|urlencoded|mpegurl|multipart/related", re.IGNORECASE)
SPOKEN = frozenset({"Document", "XHR", "Fetch", "Script", "Stylesheet", "EventSource"})
NAMED = (
    rb"[\w.-]{0,40}(?:token|secret|csrf|xsrf|sess(?:ion)?[-_]?id|passw(?:or)?d|jwt|bearer|credential|api[-_]?key"
    rb"|access[-_]?key)[\w.-]{0,20}"
)
IN_JSON = re.compile(rb"(\\*[\"']" + NAMED + rb"\\*[\"']\s*[:=]\s*\\*[\"'])([^\"'\\<>]{6,})", re.IGNORECASE)
FIELD = re.compile(rb"<(?:input|meta)\b[^>]{0,2000}>", re.IGNORECASE)
SECRET_FIELD = re.compile(rb"\bname\s*=\s*[\"']?" + NAMED, re.IGNORECASE)
VALUE = re.compile(rb"(\b(?:value|content)\s*=\s*(?:\"|'|))([^\"'\s>]+)", re.IGNORECASE)


@dataclass
class Own:
    """What is known to be the volunteer's own; it grows while they browse."""

    words: set[str] = field(default_factory=set)  # what the account is called, what its messages say
    pictures: set[str] = field(default_factory=set)  # addresses
    values: set[str] = field(default_factory=set)  # of cookies and the like
    bodies: set[bytes] = field(default_factory=set)  # SHA-256 of the account's own pictures

    def shown(self, words: Iterable[str], pictures: Iterable[str]) -> None:
        """Note what a page showed where its platform's file says that the account's own stands."""
        said = (" ".join(word.split()) for word in words)
        self.words |= {word for word in said if len(word) >= SHORTEST and _tells(word)}
        self.pictures |= {address for address in pictures if address}

    def proved(self, heads: dict[str, str]) -> None:
        """Note the values in HEADS, as they were sent or came, by which the account proves itself."""
        for name, value in heads.items():
            if name.lower() in {"cookie", "set-cookie"}:
                pairs = [line.partition(";")[0] for line in value.split("\n")] if name.lower() == "set-cookie" else []
                for pair in pairs or value.split(";"):
                    called, _, held = pair.strip().partition("=")
                    self._proved(called, held.strip('"'))
            elif SECRET.fullmatch(name):
                self._proved(name, value.split(" ")[-1])

    def _proved(self, name: str, value: str) -> None:
        mixed = any(map(str.isalpha, value)) and any(map(str.isdigit, value))
        if len(value) >= (LONG if SECRET.fullmatch(name) else VERY_LONG) and (mixed or SECRET.fullmatch(name)):
            self.values.add(value)

    def out_of(self, body: bytes) -> tuple[bytes, int]:
        """BODY with all of it blacked out, and how often something was."""
        count = 0
        for pattern in self._patterns():
            body, found = pattern.subn(MARK, body)
            count += found
        body, found = IN_JSON.subn(rb"\g<1>" + MARK, body)
        fields = 0

        def emptied(tag: re.Match[bytes]) -> bytes:
            nonlocal fields
            if not SECRET_FIELD.search(tag[0]):
                return tag[0]
            black, gone = VALUE.subn(rb"\g<1>" + MARK, tag[0])
            fields += gone
            return black

        body = FIELD.sub(emptied, body)
        return body, count + found + fields

    def out_of_text(self, text: str) -> str:
        """TEXT with all of it blacked out."""
        return self.out_of(text.encode("utf-8", "surrogatepass"))[0].decode("utf-8", "replace")

    def out_of_head(self, head: str) -> str:
        """A HEAD, whose bytes stand as code points, with all of it blacked out."""
        return self.out_of(head.encode("latin-1"))[0].decode("latin-1")

    def is_picture(self, exchange: Exchange) -> bool:
        """Whether EXCHANGE brought the account's own picture."""
        named = exchange.url.partition("#")[0] in {each.partition("#")[0] for each in self.pictures}
        same = exchange.payload is not None and sha256(exchange.payload).digest() in self.bodies
        if named and exchange.payload:
            self.bodies.add(sha256(exchange.payload).digest())
        return named or same

    def _patterns(self) -> list[re.Pattern[bytes]]:
        longest = sorted(self.pictures | {each for one in self.pictures for each in _shorter(one)} | self.values,
                         key=len, reverse=True)  # fmt: skip
        return [exactly(each) for each in longest] + [
            loosely(each) for each in sorted(self.words, key=len, reverse=True)
        ]


def _tells(word: str) -> bool:
    """Whether WORD can tell one account from others: a count of messages cannot, and stands in many a price."""
    return any(map(str.isalpha, word)) or sum(map(str.isdigit, word)) >= LONG


def _shorter(address: str) -> list[str]:
    """ADDRESS as a page of the same site may write it."""
    if not address.startswith(("http://", "https://")):
        return []
    bare = address.partition(":")[2]
    path = "/" + bare[2:].partition("/")[2]
    return [bare, path] if len(path) > LONG else [bare]


def private(site: Platform, url: str) -> bool:
    """Whether nothing is recorded of URL, as SITE's file says."""
    told = site.browsing.private if site.browsing else ()
    return any(re.search(each, url[:LONGEST]) for each in told)


def blacked(exchanges: Iterable[Exchange], own: Own, site: Platform) -> tuple[Exchange, ...]:
    """EXCHANGES without what is the volunteer's own; those of private addresses are left out."""
    found = [each for each in exchanges if not private(site, each.url)]
    pictures = [own.is_picture(each) for each in found]  # all at first: the same picture may have two addresses
    return tuple(
        _without(each, own) if picture or own.is_picture(each) else _black(each, own)
        for each, picture in zip(found, pictures, strict=True)
    )


def _without(exchange: Exchange, own: Own) -> Exchange:
    """EXCHANGE, which brought the account's own picture, without it."""
    return replace(_black(replace(exchange, payload=None), own), media_type="", missing=PICTURE)


def _black(exchange: Exchange, own: Own) -> Exchange:
    body, count = exchange.payload, 0
    if body and (exchange.kind in SPOKEN or not exchange.media_type or WORDY.search(exchange.media_type)):
        body, count = own.out_of(body)
    missing = own.out_of_text(exchange.missing)
    if count:
        missing = "; ".join(filter(None, (missing, f"{SAID}, {count} times")))
    return replace(
        exchange,
        url=own.out_of_text(exchange.url),
        request=own.out_of_head(exchange.request),
        response=own.out_of_head(exchange.response),
        payload=body,
        missing=missing,
    )
