"""What a platform is: where and how one site is searched, read, recognised as shut, and asked to remove."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal, NamedTuple
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from pydantic import AfterValidator, Field, model_validator

from config.errors import ConfigError, UsageError
from config.manners import Manners
from config.reading import FileName, Strict, named, read_toml, shelf, shown
from config.sign import AWAY, LONGEST, READ, SHUT, Cause, Condition, Css, Json, Sign, Words, element, pattern, walls

__all__ = [
    "AWAY",
    "READ",
    "SHUT",
    "Cause",
    "Condition",
    "Platform",
    "Sign",
    "Words",
    "element",
    "platform",
    "platforms",
]


def _key_pattern(text: str) -> str:
    if re.compile(pattern(text)).groups != 1:
        raise ValueError("needs one pair of brackets around the part that tells two listings apart")
    if not text.startswith(("/", "^/", "(?")):
        raise ValueError("must begin with / as the path of an address does: it is held against its beginning")
    return text


def _key_patterns(keys: str | tuple[str, ...]) -> str | tuple[str, ...]:
    if not keys:
        raise ValueError("needs at least one pattern")
    for each in (keys,) if isinstance(keys, str) else keys:
        _key_pattern(each)
    return keys


def _filled(address: str, *places: str) -> str:
    """ADDRESS with its {places} filled; ValueError where it has another."""
    try:
        parts = list(Formatter().parse(address))
        if all(name is None or (name in places and not form and not turn) for _, name, form, turn in parts):
            return address.format(**dict.fromkeys(places, "1"))
    except ValueError:
        pass
    raise ValueError(f"{address} has a place in braces that is none of {{{'}, {'.join(places)}}}")


def _address_of_key(text: str) -> str:
    if "{key}" not in text or not _filled(text, "key"):
        raise ValueError("needs {key}, or all listings would have one address")
    if not text.startswith("/") or text.startswith("//"):
        raise ValueError("is a path on the site, and begins with one /")
    return text


RESERVED = "%:/?#[]@!$&()*+,;="  # have a meaning of their own in an address
Host = Annotated[str, Field(pattern=r"^[a-z0-9.-]+(:\d+)?$")]
KeyPatterns = Annotated[str | tuple[str, ...], AfterValidator(_key_patterns)]


class Card(Strict):
    """How one card of a search page becomes a Lead."""

    each: Css
    url: Css
    title: Css
    price: Css | None = None
    seller: Css | None = None
    image: Css | None = None


class Search(Strict):
    """How the site is searched; a canary is a term that always sells."""

    url: str  # with {term} and, if there are more pages, {page}
    canary: str  # asked first: no cards = we were not let in
    canaries: tuple[str, ...] = ()  # one for each further script: a zero in a script that finds nothing is no zero
    pages: int = Field(1, ge=1, le=100)
    next: Css | None = None  # an element that is there when another page is
    past_end: int | None = None  # the status of a page after the last one
    card: Card
    zero: Words | None = None  # the page's own words for "nothing found"
    banned: Words | None = None  # "we do not trade in this": a result of its own
    scrolls: int = Field(0, ge=0, le=50)  # how often to scroll for more cards (browser only)

    @model_validator(mode="after")
    def _places(self) -> "Search":
        _filled(self.url, "term", "page")
        if "{term}" not in self.url:
            raise ValueError("url needs {term}")
        if self.pages > 1 and "{page}" not in self.url:
            raise ValueError("pages > 1, but url has no {page}")
        return self


class Listing(Strict):
    """Where a listing's page keeps what we quote."""

    title: Css
    price: Css | None = None
    seller: Css | None = None
    images: Css | None = None  # the listing's own pictures: an ::attr() giving their addresses
    key: Css | None = None  # the page's own key or address: if it is another's, the page was put in another's place
    key_json: Json | None = None  # the same, where it stands in JSON


class Contact(Strict):
    """Whom a letter to this platform addresses, and where that was read."""

    entity_zh: str
    entity_en: str
    email: str | None = None
    address: str | None = None
    source: str
    confidence: Literal["A", "B", "C", "D"]
    verified_on: date | None = None


class Key(NamedTuple):
    """What tells one listing from all others."""

    form: int  # which of the platform's patterns gave it: keys of two forms cannot be compared
    text: str


class Platform(Strict):
    """One site, as its file describes it."""

    name: FileName
    title: str
    base: Annotated[
        str, Field(pattern=r"^https?://[^/\s?#]+$")
    ]  # scheme and host; a practice workspace may put another in its place
    hosts: tuple[Host, ...] = ()  # its other hosts, on which an address gives the same key: "m.example.com"
    read_on: date  # the day a person last held this file against the site
    browser: bool = False  # searches and re-checks need a browser; the first look always has one
    key: KeyPatterns  # what makes two addresses one listing: held against the path from its beginning, and against
    # the query behind it only where the pattern itself says so, with \?. Several: forms that cannot be compared
    canonical: Annotated[str, AfterValidator(_address_of_key)]  # the address of a listing, with {key}
    searching: Search | None = Field(None, alias="search")
    unsearched: str = ""  # why no robot searches it, where there is no [search]
    listing: Listing
    signs: tuple[Sign, ...] = ()
    walls: tuple[Sign, ...] = ()  # that any site may put up; read from config/walls.toml, never from this file
    manners: Manners = Manners()
    contact: Contact | None = None

    @model_validator(mode="after")
    def _searched_or_not(self) -> "Platform":
        if (self.searching is None) is (self.unsearched == ""):
            raise ValueError("needs [search], or unsearched = 'why no robot searches it', and not both")
        return self

    @property
    def search(self) -> Search:
        """How the site is searched; UsageError where it is not."""
        if self.searching is None:
            raise UsageError(f"{self.name} is not searched: {self.unsearched}")
        return self.searching

    def search_url(self, term: str, page: int) -> str:
        """The address of result page PAGE (from 1) for TERM."""
        return urljoin(self.base, self.search.url.format(term=quote(term, safe=""), page=page))

    def owns(self, url: str) -> bool:
        """Whether URL is an address of this platform: on its base, or on another of its hosts."""
        return self._parts(url) is not None

    def key_of(self, url: str) -> str | None:
        """The key of the listing that URL names on this platform, or None; the same however it is encoded."""
        key = self.keyed(url)
        return key.text if key else None

    def keyed(self, url: str) -> Key | None:
        """The key that URL names, with its form; an address of more than LONGEST characters names none."""
        parts = self._parts(url) if len(url) <= LONGEST else None
        if parts is None:
            return None
        for form, each in enumerate((self.key,) if isinstance(self.key, str) else self.key):
            asks = f"?{parts.query}" if r"\?" in each and parts.query else ""
            found = re.match(each, parts.path + asks)
            text = _key(found.group(1) or "") if found else None
            if text:
                return Key(form, text)
        return None

    def _parts(self, url: str) -> SplitResult | None:
        try:
            parts = urlsplit(url)
        except ValueError:  # no address at all, as http://[x
            return None
        here = parts.netloc.lower() in {urlsplit(self.base).netloc.lower(), *self.hosts}
        return parts if here and parts.scheme in {"http", "https"} else None

    def url_of(self, key: str) -> str:
        """The canonical address of the listing KEY."""
        return urljoin(self.base, self.canonical.format(key=quote(key, safe=RESERVED)))


def _key(written: str) -> str | None:
    """The key that is WRITTEN in an address; None where it is none, or could lead elsewhere than it says.

    What separates the parts of an address stays encoded where it is: a%2Fb is not a/b. No other form is made of
    the characters, since the address that the key is put into must be the one it was read from.
    """
    pieces = re.split(f"(%(?:{'|'.join(f'{ord(mark):02X}' for mark in RESERVED)}))", written, flags=re.IGNORECASE)
    try:
        key = "".join(p.upper() if n % 2 else unquote(p, errors="strict") for n, p in enumerate(pieces))
    except UnicodeDecodeError:  # encoded from another encoding than UTF-8: as it is written
        key = written
    unfit = any(unicodedata.category(letter) in {"Cc", "Cs"} or letter == "\\" for letter in key)
    return None if not key or unfit or {".", ".."} & set(key.split("/")) else key


def platform(name: str, overlay: Path | None = None, base: str | None = None) -> Platform:
    """The platform of file NAME, found in OVERLAY first; BASE, if given, stands in for its address."""
    read = _read(named(name, "platforms", ".toml", overlay), overlay)
    return read.model_copy(update={"base": base}) if base else read


def platforms(overlay: Path | None = None) -> Iterator[Platform]:
    """Every platform that has a file, by name."""
    return (_read(path, overlay) for path in shelf("platforms", ".toml", overlay).values())


def _read(path: Path, overlay: Path | None) -> Platform:
    read = read_toml(path, Platform)
    if read.walls:
        raise ConfigError(
            f"{shown(path)}: [[walls]] of all sites stand in config/walls.toml; a site's own are [[signs]]"
        )
    if read.name != path.stem:
        raise ConfigError(f"{shown(path)}: name = '{read.name}', but the file's name is '{path.stem}': make them one")
    return read.model_copy(update={"walls": walls(overlay)})
