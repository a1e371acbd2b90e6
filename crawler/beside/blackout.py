"""Keeps the volunteer's own account out of what is recorded: its name, picture, messages, cookies and tokens.

Pure. What is blacked out is said where it stood, so that nobody takes it for what was delivered.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from urllib.parse import urlsplit

from archive.facts import Exchange
from config.platform import Platform
from crawler.beside.address import shows
from crawler.beside.frames import private, recorded
from crawler.beside.spellings import Plain, exactly, loosely, placed, sparing
from crawler.reading.heads import SECRET

MARK = b"(blacked-out)"
SAID = "blacked out: what is the volunteer's own"
PICTURE = "blacked out: the account's own picture"
SHORTEST = 2  # characters of a name
NAME = 30  # at most: longer words are messages
MOST = 500  # words that are looked for: the latest, names before messages
MOST_HELD = 200  # addresses of pictures, and values, likewise
LONG = 8  # of a value whose name says that it is secret
VERY_LONG = 16  # of a value that looks like nothing but a secret
WORDY = re.compile(r"text/|json|script|xml|html|urlencoded|mpegurl|multipart/related", re.IGNORECASE)
SPOKEN = frozenset({"Document", "XHR", "Fetch", "Script", "Stylesheet", "EventSource"})
NAMED = (
    rb"[\w.-]{0,40}(?:token|secret|csrf|xsrf|sess(?:ion)?[-_]?id|passw(?:or)?d|jwt|bearer|credential|api[-_]?key"
    rb"|access[-_]?key)[\w.-]{0,20}"
)
IN_JSON = re.compile(rb"([\"']" + NAMED + rb"\\{0,8}[\"']\s*[:=]\s*\\{0,8}[\"'])([^\"'\\<>]{6,})", re.IGNORECASE)
FIELD = re.compile(rb"<(?:input|meta)\b[^>]{0,2000}>", re.IGNORECASE)
SECRET_FIELD = re.compile(rb"\bname\s*=\s*[\"']?" + NAMED, re.IGNORECASE)
REFERER = re.compile(r"^referer:[ \t]*(https?://[^/?#\s]+)([^\s]*)", re.IGNORECASE | re.MULTILINE)
VALUE = re.compile(rb"(\b(?:value|content)\s*=\s*(?:\"|'|))([^\"'\s>]+)", re.IGNORECASE)


@dataclass
class Own:
    """What is known to be the volunteer's own; it grows while they browse."""

    words: dict[str, None] = field(default_factory=dict)  # what the account is called, what its messages say
    pictures: dict[str, None] = field(default_factory=dict)  # addresses; here, too, the latest is the last
    values: dict[str, None] = field(default_factory=dict)  # of cookies and the like; likewise
    bodies: set[bytes] = field(default_factory=set)  # SHA-256 of the account's own pictures
    named: frozenset[str] = frozenset()  # words that the volunteer gave themself
    goods: dict[str, None] = field(default_factory=dict)  # words that name goods, whoever wrote them to the volunteer
    titles: tuple[str, ...] = ()  # of the goods on the page at hand, and what else stays whole

    def shown(self, words: Iterable[str], pictures: Iterable[str]) -> None:
        """Note what a page showed where its platform's file says that the account's own stands."""
        said = (_whole(word) for word in words)
        new = dict.fromkeys(word for word in said if len(word) >= SHORTEST and _tells(word))
        late = sorted(_latest(self.words, new), key=lambda word: (word not in self.named, len(word) > NAME))
        self.words = dict.fromkeys(reversed(late[:MOST]))
        self.pictures = _bounded(self.pictures, dict.fromkeys(map(_whole, pictures)))

    def given(self, words: Iterable[str]) -> None:
        """Note WORDS that the volunteer gave themself: they are blacked out wherever they stand."""
        told = [_whole(word) for word in words]
        self.named |= set(told)
        self.shown(told, ())

    @property
    def names(self) -> list[str]:
        """The words that are worth knowing another time: no messages, and nothing that names goods."""
        return [word for word in self.words if len(word) <= NAME and word not in self.goods]

    def spare(self, titles: Iterable[str], terms: Callable[[str], Collection[str]]) -> list[str]:
        """Leave TITLES whole, of goods and the like, and words alone that name goods; those that are new among them.

        TERMS: the terms that stand in a word. It names goods if it is one, or has one and stands in a title.
        """
        self.titles = tuple(dict.fromkeys(filter(None, map(_whole, titles))))
        new = [
            word
            for word in self.words
            if word not in self.goods and word not in self.named and len(word) <= NAME
            if (held := terms(word)) and (word in held or self._titled(word))
        ]
        self.goods |= dict.fromkeys(new)
        return new

    def _titled(self, word: str) -> list[str]:
        """The titles at hand, and the words for goods, in which WORD stands."""
        return [each for each in (*self.titles, *self.goods) if word.casefold() in each.casefold()]

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

    def came_from(self, addresses: Iterable[str]) -> None:
        """Note ADDRESSES at which the volunteer was before, and which no page that is recorded need know."""
        self.values = _bounded(self.values, dict.fromkeys(addresses))

    def _proved(self, name: str, value: str) -> None:
        mixed = any(map(str.isalpha, value)) and any(map(str.isdigit, value))
        if len(value) >= (LONG if SECRET.fullmatch(name) else VERY_LONG) and (mixed or SECRET.fullmatch(name)):
            self.values = _bounded(self.values, {value: None})

    def out_of(self, body: bytes) -> tuple[bytes, int]:
        """BODY with all of it blacked out, and how often something was."""
        count = 0
        for pattern in self._patterns(Plain(body)):
            body, found = _out_of(body, pattern)
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

    def pictured(self, url: str, body: bytes | None) -> bool:
        """Whether BODY, which came from URL, is the account's own picture."""
        named = url.partition("#")[0] in {each.partition("#")[0] for each in self.pictures}
        same = body is not None and sha256(body).digest() in self.bodies
        if named and body:
            self.bodies.add(sha256(body).digest())
        return named or same

    def _patterns(self, body: Plain) -> Iterator[re.Pattern[bytes]]:
        """What may stand in BODY, the longest first."""
        spelt = {each: placed for one in self.pictures for each in (one, *_shorter(one))}
        spelt |= dict.fromkeys(self.values, exactly)
        for each in sorted(spelt, key=len, reverse=True):
            if body.may_hold(each):
                yield spelt[each](each)
        for word in sorted(self.words, key=len, reverse=True):
            if word not in self.goods and body.may_say(word):
                titles = () if word in self.named else tuple(self._titled(word))
                yield sparing(word, titles) if titles else loosely(word)


def _out_of(body: bytes, pattern: re.Pattern[bytes]) -> tuple[bytes, int]:
    """BODY without what PATTERN finds, but for its group 1, and how often something was blacked out."""
    count = 0

    def black(found: re.Match[bytes]) -> bytes:
        nonlocal count
        if pattern.groups and found[1]:
            return found[0]
        count += 1
        return MARK

    return pattern.sub(black, body), count


def _whole(word: str) -> str:
    """WORD in one line, without half letters: a page that cuts a name may cut a picture sign in two."""
    return " ".join(word.encode("utf-8", "ignore").decode().split())


def _latest(before: dict[str, None], new: dict[str, None]) -> list[str]:
    """All of both, each once, the latest first."""
    return [*reversed(new), *(each for each in reversed(before) if each not in new)]


def _bounded(before: dict[str, None], new: dict[str, None]) -> dict[str, None]:
    return dict.fromkeys(reversed(_latest(before, new)[:MOST_HELD]))


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


def portraits(site: Platform, addresses: Iterable[str]) -> list[str]:
    """Those of ADDRESSES that may be a picture's: a broken one names the site, a listing or a search."""
    return [each for each in addresses if _pictures(site, each)]


def _pictures(site: Platform, address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    what = shows(site, address)
    return parts.scheme in {"http", "https"} and parts.path.strip("/") != "" and not (what.key or what.term)


def blacked(exchanges: Iterable[Exchange], own: Own, site: Platform) -> tuple[Exchange, ...]:
    """EXCHANGES without the volunteer's own and without where they were before; private addresses are left out."""
    found = [each for each in exchanges if not private(site, each.url)]
    for each in found:
        own.came_from(where for _, where in _elsewhere(each.request, site))
    pictures = [own.pictured(each.url, each.payload) for each in found]  # all at first: one may have two addresses
    return tuple(
        _without(each, own, site) if picture or own.pictured(each.url, each.payload) else _black(each, own, site)
        for each, picture in zip(found, pictures, strict=True)
    )


def addressed(url: str, own: Own, site: Platform) -> str:
    """URL with all of OWN blacked out; but what shows a listing or a search of SITE goes on showing it."""
    black, what = own.out_of_text(url), shows(site, url)
    if shows(site, black) == what:
        return black
    return site.url_of(what.key) if what.key else site.browse_url(what.term) or black


def _elsewhere(head: str, site: Platform) -> Iterator[tuple[str, str]]:
    """The origin, and the whole address, that HEAD names as where the volunteer was, if that is not recorded."""
    for origin, more in REFERER.findall(head):
        if more.strip("/") and not recorded(site, origin + more):
            yield origin, origin + more


def _cut(head: str, site: Platform) -> str:
    """HEAD, which says of where the request came from no more than the origin, if that is not recorded."""
    for origin, where in _elsewhere(head, site):
        head = head.replace(where, f"{origin}/")
    return head


def _without(exchange: Exchange, own: Own, site: Platform) -> Exchange:
    """EXCHANGE, which brought the account's own picture, without it."""
    return replace(_black(replace(exchange, payload=None), own, site), media_type="", missing=PICTURE)


def _black(exchange: Exchange, own: Own, site: Platform) -> Exchange:
    body, count = exchange.payload, 0
    if body and (exchange.kind in SPOKEN or not exchange.media_type or WORDY.search(exchange.media_type)):
        body, count = own.out_of(body)
    missing = own.out_of_text(exchange.missing)
    if count:
        missing = "; ".join(filter(None, (missing, f"{SAID}, {count} times")))
    return replace(
        exchange,
        url=addressed(exchange.url, own, site),
        request=own.out_of_head(_cut(exchange.request, site)),
        response=own.out_of_head(exchange.response),
        payload=body,
        missing=missing,
    )
