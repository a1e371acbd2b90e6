"""What a platform is: where and how one site is searched, read, recognised as shut, and asked to remove."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit

from pydantic import Field, model_validator

from config.address import RESERVED, Canonical, Host, Key, KeyPatterns, key_in, several
from config.api import Api
from config.errors import ConfigError, UsageError
from config.live import Live
from config.manners import Manners
from config.pattern import LONGEST, begins
from config.reading import FileName, Strict, did_you_mean, named, read_toml, shelf, shown
from config.recourse import Contact, Doubtful, Pledge, Policy, Route, Sure
from config.search import Browse, Listing, Search
from config.sign import AWAY, READ, SHUT, Cause, Condition, Sign, Words, element, walls

__all__ = [
    "AWAY",
    "READ",
    "SHUT",
    "Cause",
    "Condition",
    "Contact",
    "Listing",
    "Part",
    "Platform",
    "Search",
    "Sign",
    "Standing",
    "Words",
    "element",
    "platform",
    "platforms",
]


class Part(StrEnum):
    """What of a file can be held against a kept page of the site."""

    SEARCH = "search"  # its cards
    LISTING = "listing"  # its title
    SIGNS = "signs"


class Standing(StrEnum):
    """How well a part of a file is known."""

    VERIFIED = "verified"  # a kept page of the site, or a recording, reads as the file says
    DOCUMENTED = "documented"  # the maker of an official API says so; no recording has been read
    READ = "read of"  # in public sources only
    UNFILLED = "to fill in"  # as `wildfree platform new` wrote it
    MISSING = "missing"


NEVER = date(2000, 1, 1)  # read_on of a file whose sources nobody has read yet


class Platform(Strict):
    """One site, as its file describes it."""

    name: FileName
    title: str
    base: Annotated[
        str, Field(pattern=r"^https?://[^/\s?#]+$")
    ]  # scheme and host; a practice workspace may put another in its place
    hosts: tuple[Host, ...] = ()  # its other hosts, on which an address gives the same key: "m.example.com"
    # The day its sources were last read: the site itself, pages of it that somebody saved, or what others published.
    # Its first lines say which; `verified` says what a page has borne out.
    read_on: date
    browser: bool = False  # searches and re-checks need a browser; the first look always has one
    verified: tuple[Part, ...] = ()  # what a kept page of the site, or a recording, has been read by
    documented: tuple[Part, ...] = ()  # what its own API's documentation says, and no recording has borne out
    # What makes two addresses one listing: held against the path from its beginning, and against the query behind it
    # only where the pattern itself says so, with \?; one that begins with // against the host and the path. Several:
    # forms that cannot be compared. None: nobody knows it.
    key: KeyPatterns = ()
    canonical: Canonical = ""  # the address of a listing, with {key}; several: that which reads back as the key
    tracking: tuple[str, ...] = ()  # parameters of its addresses that say nothing of a listing
    tokens: tuple[str, ...] = ()  # parameters without which a page may not open: they run out; no part of a key
    source: str = ""  # where hosts, key, canonical, tracking and tokens were read, in general words
    confidence: Sure | None = None  # A to C, see config/recourse.py
    api: Api | None = None  # its own API, by which a robot searches it and reads its listings
    searching: Search | None = Field(None, alias="search")
    browsing: Browse | None = Field(None, alias="browse")
    unsearched: str = ""  # why no robot searches it, where there is no [search]
    unvisited: str = ""  # why no robot opens its listings either: a person looks, and we record
    listing: Listing = Listing()
    live: Live | None = None  # where a listing may be a live room
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
        if self.searching and not (self.key and self.listing.told):
            raise ValueError("a site that is searched needs key, canonical and [listing] title")
        for name, parts in (("verified", self.verified), ("documented", self.documented)):
            for part in parts:
                if not self._told(part):
                    raise ValueError(f"{name} = ['{part}'], and the file says nothing of it")
        if self.documented and self.api is None:
            raise ValueError("documented is for an official [api]: of pages, only a kept one bears anything out")
        return self

    def moved(self, base: str) -> "Platform":
        """This platform with BASE in place of its own address, and of its API's: no key goes where it is not."""
        api = self.api and self.api.model_copy(update={"base": base})
        return self.model_copy(update={"base": base, "api": api})

    def standing(self, part: Part) -> Standing:
        """How well PART of this file is known."""
        if part in self.verified:
            return Standing.VERIFIED
        if part in self.documented:
            return Standing.DOCUMENTED
        if not self._told(part):
            return Standing.MISSING
        return Standing.UNFILLED if self.read_on == NEVER else Standing.READ

    def _told(self, part: Part) -> bool:
        cards = self.searching or (self.browsing and self.browsing.card)
        return bool({Part.SEARCH: cards, Part.LISTING: self.listing.told, Part.SIGNS: self.signs}[part])

    @property
    def search(self) -> Search:
        """How the site is searched; UsageError where it is not."""
        if self.searching is None:
            raise UsageError(
                f"{self.name} is not searched: {self.unsearched}. Search it yourself: wildfree browse {self.name}"
            )
        return self.searching

    @property
    def by_robot(self) -> bool:
        """Whether a robot searches the site."""
        return self.searching is not None and self.standing(Part.SEARCH) not in {Standing.READ, Standing.UNFILLED}

    @property
    def swept(self) -> Search:
        """How a robot searches the site; UsageError where none does, or where its search is only read of."""
        if self.search and not self.by_robot:
            raise UsageError(
                f"{self.name} is unverified: no kept search page has been read by its file. Search it yourself: "
                f"wildfree browse {self.name}; or see that the file reads the site as it is today: "
                f"wildfree platform check {self.name} --write"
            )
        return self.search

    def admit(self) -> None:
        """Pass a robot that would open its listings; UsageError where only a person may."""
        if self.unvisited:
            raise UsageError(
                f"{self.name} is not visited by a robot: {self.unvisited}. Open its listings yourself: "
                f"wildfree browse {self.name}"
            )

    @property
    def beside(self) -> "Platform":
        """This platform as a person searches it, to read cards in view; UsageError where no [browse] card is told."""
        told = self.browsing
        if told is None or told.card is None:
            raise UsageError(f"{self.name} has no [browse] card: nobody has kept a page that shows one")
        search = Search(url=told.url or "{term}", canary="", card=told.card, zero=told.zero, banned=told.banned)
        return self.model_copy(update={"searching": search, "api": None})

    def search_url(self, term: str, page: int) -> str:
        """The address of result page PAGE (from 1) for TERM, or of the channel that TERM names (@name)."""
        places = {"term": quote(term, safe=""), "channel": quote(term.removeprefix("@"), safe="")}
        path = self.search.url.format(**places, page=page, offset=(page - 1) * self.search.step)
        return urljoin(self._asked, path)

    def browse_url(self, term: str) -> str | None:
        """The address at which a person finds TERM; None where none is known."""
        if self.browsing and self.browsing.url:
            return urljoin(self.base, self.browsing.url.format(term=quote(term, safe="")))
        by_term = self.searching and not (self.searching.walked or self.api)
        return self.search_url(term, 1) if by_term else None

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
        for form, each in enumerate(several(self.key)):
            host = f"//{parts.netloc.lower()}" if each.startswith("//") else ""
            asks = f"?{parts.query}" if r"\?" in each and parts.query else ""
            if text := key_in(begins(each, host + parts.path + asks) or ""):
                return Key(form, text)
        return None

    def _parts(self, url: str) -> SplitResult | None:
        try:
            parts = urlsplit(url)
        except ValueError:  # no address at all, as http://[x
            return None
        bases = {urlsplit(base).netloc.lower() for base in (self.base, self._asked)}
        here = parts.netloc.lower() in {*bases, *self.hosts}
        return parts if here and parts.scheme in {"http", "https"} else None

    def url_of(self, key: str) -> str:
        """The canonical address of the listing KEY."""
        paths = (path.format(key=quote(key, safe=RESERVED)) for path in several(self.canonical))
        told = [urljoin(self.base, path) for path in paths]
        return next((url for url in told if self.key_of(url) == key), told[0])

    def look_url(self, url: str) -> str:
        """Where a robot reads the listing at URL: the address itself, if the file names no other."""
        key = self.key_of(url) if self.listing.look else None
        path = (self.listing.look or "").format(key=quote(key or "", safe=RESERVED))
        return urljoin(self._asked, path) if key else url

    @property
    def _asked(self) -> str:
        """Scheme and host of what a robot asks."""
        return self.api.base if self.api else self.base


def platform(name: str, overlay: Path | None = None, base: str | None = None) -> Platform:
    """The platform of file NAME, found in OVERLAY first; BASE, if given, stands in for its address."""
    known = shelf("platforms", ".toml", overlay)
    meant = None if name in known or did_you_mean(name, known) else _titled(name, overlay)
    if meant:
        raise ConfigError(f"config/platforms: no '{name}.toml'. Did you mean '{meant.name}' ({meant.title})?")
    read = _read(named(name, "platforms", ".toml", overlay), overlay)
    return read.moved(base) if base else read


def _titled(word: str, overlay: Path | None) -> Platform | None:
    """The first platform whose title holds WORD, as 淘宝; None where none does."""
    return next((each for each in platforms(overlay) if len(word) > 1 and word.lower() in each.title.lower()), None)


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
