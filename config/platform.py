"""What a platform is: where and how one site is searched, read, recognised as shut, and asked to remove."""

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit

from pydantic import Field, model_validator

from config.address import RESERVED, Canonical, Host, Key, KeyPatterns, filled, key_in
from config.errors import ConfigError, UsageError
from config.manners import Manners
from config.reading import FileName, Strict, named, read_toml, shelf, shown
from config.recourse import Contact, Doubtful, Pledge, Policy, Route, Sure
from config.sign import AWAY, LONGEST, READ, SHUT, Cause, Condition, Css, Json, Sign, Words, element, walls

__all__ = [
    "AWAY",
    "READ",
    "SHUT",
    "Cause",
    "Condition",
    "Contact",
    "Part",
    "Platform",
    "Sign",
    "Standing",
    "Words",
    "element",
    "platform",
    "platforms",
]


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
        filled(self.url, "term", "page")
        if "{term}" not in self.url:
            raise ValueError("url needs {term}")
        if self.pages > 1 and "{page}" not in self.url:
            raise ValueError("pages > 1, but url has no {page}")
        return self


class Browse(Strict):
    """How a person searches the site, beside whom we record."""

    url: str | None = None  # with {term}; none where it takes more than a term
    card: Card | None = None  # only what a kept page has shown
    zero: Words | None = None
    banned: Words | None = None
    source: str = ""
    confidence: Sure | None = None

    @model_validator(mode="after")
    def _place(self) -> "Browse":
        if self.url is not None and ("{term}" not in self.url or not filled(self.url, "term")):
            raise ValueError("url needs {term}")
        return self


class Listing(Strict):
    """Where a listing's page keeps what we quote."""

    title: Css = ""  # none: nobody has seen where it stands, and no page reads live
    price: Css | None = None
    seller: Css | None = None
    images: Css | None = None  # the listing's own pictures: an ::attr() giving their addresses
    key: Css | None = None  # the page's own key or address: if it is another's, the page was put in another's place
    key_json: Json | None = None  # the same, where it stands in JSON
    source: str = ""
    confidence: Sure | None = None


class Part(StrEnum):
    """What of a file can be held against a kept page of the site."""

    SEARCH = "search"  # its cards
    LISTING = "listing"  # its title
    SIGNS = "signs"


class Standing(StrEnum):
    """How well a part of a file is known."""

    VERIFIED = "verified"  # a kept page of the site, or a recording, reads as the file says
    READ = "read of"  # in public sources only
    MISSING = "missing"


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
    verified: tuple[Part, ...] = ()  # what a kept page of the site, or a recording, has been read by
    # What makes two addresses one listing: held against the path from its beginning, and against the query behind it
    # only where the pattern itself says so, with \?. Several: forms that cannot be compared. None: nobody knows it.
    key: KeyPatterns = ()
    canonical: Canonical = ""  # the address of a listing, with {key}
    tracking: tuple[str, ...] = ()  # parameters of its addresses that say nothing of a listing
    tokens: tuple[str, ...] = ()  # parameters without which a page may not open: they run out; no part of a key
    source: str = ""  # where hosts, key, canonical, tracking and tokens were read, in general words
    confidence: Sure | None = None  # A to C, see config/recourse.py
    searching: Search | None = Field(None, alias="search")
    browsing: Browse | None = Field(None, alias="browse")
    unsearched: str = ""  # why no robot searches it, where there is no [search]
    unvisited: str = ""  # why no robot opens its listings either: a person looks, and we record
    listing: Listing = Listing()
    signs: tuple[Sign, ...] = ()
    walls: tuple[Sign, ...] = ()  # that any site may put up; read from config/walls.toml, never from this file
    manners: Manners = Manners()
    contact: Contact | None = None
    routes: tuple[Route, ...] = ()
    policies: tuple[Policy, ...] = ()
    pledges: tuple[Pledge, ...] = ()
    doubtful: tuple[Doubtful, ...] = ()

    @model_validator(mode="after")
    def _searched_or_not(self) -> "Platform":
        if (self.searching is None) is (self.unsearched == ""):
            raise ValueError("needs [search], or unsearched = 'why no robot searches it', and not both")
        return self

    @model_validator(mode="after")
    def _whole(self) -> "Platform":
        if bool(self.key) is not bool(self.canonical):
            raise ValueError("needs key and canonical, or neither where a listing's address is not known")
        if self.searching and not (self.key and self.listing.title):
            raise ValueError("a site that is searched needs key, canonical and [listing] title")
        for part in self.verified:
            if not self._told(part):
                raise ValueError(f"verified = ['{part}'], and the file says nothing of it")
        return self

    def standing(self, part: Part) -> Standing:
        """How well PART of this file is known."""
        if part in self.verified:
            return Standing.VERIFIED
        return Standing.READ if self._told(part) else Standing.MISSING

    def _told(self, part: Part) -> bool:
        cards = self.searching or (self.browsing and self.browsing.card)
        return bool({Part.SEARCH: cards, Part.LISTING: self.listing.title, Part.SIGNS: self.signs}[part])

    @property
    def search(self) -> Search:
        """How the site is searched; UsageError where it is not."""
        if self.searching is None:
            raise UsageError(f"{self.name} is not searched: {self.unsearched}. Search it yourself")
        return self.searching

    @property
    def swept(self) -> Search:
        """How a robot searches the site; UsageError where none does, or where no kept page has been read so."""
        if self.search and Part.SEARCH not in self.verified:
            raise UsageError(
                f"{self.name} is unverified: no kept search page has been read by its file. Search it yourself; or"
                f" see that one reads (wildfree platform save, then try), and write verified = ['search'] there"
            )
        return self.search

    def admit(self) -> None:
        """Pass a robot that would open its listings; UsageError where only a person may."""
        if self.unvisited:
            raise UsageError(f"{self.name} is not visited by a robot: {self.unvisited}. Open its listings yourself")

    @property
    def beside(self) -> "Platform":
        """This platform as a person searches it, to read cards in view; UsageError where no [browse] card is told."""
        told = self.browsing
        if told is None or told.card is None:
            raise UsageError(f"{self.name} has no [browse] card: nobody has kept a page that shows one")
        search = Search(url=told.url or "{term}", canary="", card=told.card, zero=told.zero, banned=told.banned)
        return self.model_copy(update={"searching": search})

    def search_url(self, term: str, page: int) -> str:
        """The address of result page PAGE (from 1) for TERM."""
        return urljoin(self.base, self.search.url.format(term=quote(term, safe=""), page=page))

    def browse_url(self, term: str) -> str | None:
        """The address at which a person finds TERM; None where none is known."""
        if self.browsing and self.browsing.url:
            return urljoin(self.base, self.browsing.url.format(term=quote(term, safe="")))
        return self.search_url(term, 1) if self.searching else None

    def parted(self, url: str) -> tuple[str, dict[str, str]]:
        """URL without its tracking parameters and tokens; and the tokens apart, with which the page opens."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return url, {}
        asked = parse_qsl(parts.query, keep_blank_values=True)
        kept = [(name, value) for name, value in asked if name not in (*self.tracking, *self.tokens)]
        bare = parts if len(kept) == len(asked) else parts._replace(query=urlencode(kept))
        return bare.geturl(), {name: value for name, value in asked if name in self.tokens}

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
            text = key_in(found.group(1) or "") if found else None
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
