"""What a platform is: where and how one site is searched, read, recognised as shut, and asked to remove."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, unquote, urljoin, urlsplit

from cssselect import SelectorError
from parsel.csstranslator import HTMLTranslator
from pydantic import AfterValidator, Field, model_validator

from config.errors import ConfigError
from config.reading import Strict, named, read_toml, shelf, shown


class Condition(StrEnum):
    """What a page was found to be; stored and printed as spelt here (DESIGN 6)."""

    LIVE = "live"
    SOLD_OR_ENDED = "sold_or_ended"
    GONE = "gone"
    LIMITED = "limited"
    SUBSTITUTED = "substituted"
    REDIRECTED = "redirected"
    WALLED = "walled"
    CHALLENGED = "challenged"
    RATE_LIMITED = "rate_limited"
    GEO_BLOCKED = "geo_blocked"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"


# Read: the page itself was seen, and this is what it said. Of the other conditions nothing follows.
AWAY = frozenset(
    {Condition.GONE, Condition.SOLD_OR_ENDED, Condition.SUBSTITUTED, Condition.REDIRECTED, Condition.LIMITED}
)
READ = AWAY | {Condition.LIVE}
SHUT = frozenset({Condition.WALLED, Condition.CHALLENGED, Condition.RATE_LIMITED})  # these stop the robot at once


class Cause(StrEnum):
    """By whose hand a page went away; only a page that says so makes it the platform's."""

    PLATFORM = "platform"
    AUTHOR = "author"
    ACCOUNT = "account"
    UNKNOWN = "unknown"


def _selector(css: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(css)
    except SelectorError as problem:
        raise ValueError(f"not a CSS selector: {problem}") from None
    return css


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as problem:
        raise ValueError(f"not a regular expression: {problem}") from None
    return text


def _key_pattern(text: str) -> str:
    if re.compile(_pattern(text)).groups != 1:
        raise ValueError("needs one pair of brackets around the part that tells two listings apart")
    return text


def _filled(address: str, *places: str) -> str:
    """ADDRESS with its {places} filled; ValueError where it has another."""
    try:
        return address.format(**dict.fromkeys(places, "1"))
    except (KeyError, IndexError, ValueError):
        raise ValueError(f"{address} has a place in braces that is none of {{{'}, {'.join(places)}}}") from None


def _address_of_key(text: str) -> str:
    if "{key}" not in text or not _filled(text, "key"):
        raise ValueError("needs {key}, or all listings would have one address")
    return text


def element(css: str) -> str:
    """The selector of the element itself, as a browser understands it: CSS without ::text or ::attr()."""
    return css.partition("::")[0].strip()


RESERVED = "%:/?#[]@!$&()*+,;="  # have a meaning of their own in an address
Hours = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")]
Css = Annotated[str, AfterValidator(_selector)]  # may end in ::text or ::attr(name)
Pattern = Annotated[str, AfterValidator(_pattern)]
KeyPattern = Annotated[str, AfterValidator(_key_pattern)]


class Card(Strict):
    """How one card of a search page becomes a Lead."""

    each: Css
    url: Css
    title: Css
    price: Css | None = None
    seller: Css | None = None
    image: Css | None = None


class Words(Strict):
    """Words that count only where they are said to stand."""

    where: Css
    says: tuple[str, ...] = Field(min_length=1)


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


class Sign(Strict):
    """What a page says of itself, and by whose hand. Each condition named must hold; within `says` any."""

    means: Condition
    cause: Cause | None = None
    where: Css | None = None
    says: tuple[str, ...] = ()
    status: int | None = None
    url: Pattern | None = None  # a regular expression on the final address
    reason: Css | None = None  # where the platform states its own reason, kept word for word

    @model_validator(mode="after")
    def _bound(self) -> "Sign":
        if self.says and self.where is None:
            raise ValueError("says = [...] needs where = '...': words count only where they are said to stand")
        if self.where is None and self.status is None and self.url is None:
            raise ValueError("a sign needs where, status or url")
        if self.means is Condition.GONE and self.cause is None:
            raise ValueError("means = 'gone' needs cause = platform, author, account or unknown")
        return self


class Manners(Strict):
    """How we behave as guests: how often, how much, and when not. All processes of a workspace keep it together."""

    delay: float = Field(default=5.0, ge=0)  # seconds between two requests to the site
    requests: int = Field(default=2000, ge=1)  # a day
    megabytes: float = Field(default=1000, gt=0)  # a day, as delivered
    quiet: tuple[Hours, ...] = ()  # when nothing is asked, in the workspace's time zone: "23:00-07:30"


class Contact(Strict):
    """Whom a letter to this platform addresses, and where that was read."""

    entity_zh: str
    entity_en: str
    email: str | None = None
    address: str | None = None
    source: str
    confidence: Literal["A", "B", "C", "D"]
    verified_on: date | None = None


class Platform(Strict):
    """One site, as its file describes it."""

    name: str
    title: str
    base: str  # scheme and host; a practice workspace may put another in its place
    read_on: date  # the day a person last held this file against the site
    browser: bool = False  # searches and re-checks need a browser; the first look always has one
    key: KeyPattern  # what makes two addresses one listing
    canonical: Annotated[str, AfterValidator(_address_of_key)]  # the address of a listing, with {key}
    search: Search
    listing: Listing
    signs: tuple[Sign, ...] = ()
    manners: Manners = Manners()
    contact: Contact | None = None

    def search_url(self, term: str, page: int) -> str:
        """The address of result page PAGE (from 1) for TERM."""
        return urljoin(self.base, self.search.url.format(term=quote(term, safe=""), page=page))

    def key_of(self, url: str) -> str | None:
        """The key of the listing that URL names on this platform, or None; the same however it is encoded."""
        found = re.search(self.key, url)
        try:
            here = urlsplit(url).netloc == urlsplit(self.base).netloc
        except ValueError:  # no address at all, as http://[x
            return None
        return _key(found.group(1) or "") if found and here else None

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
    read = _read(named(name, "platforms", ".toml", overlay))
    return read.model_copy(update={"base": base}) if base else read


def platforms(overlay: Path | None = None) -> Iterator[Platform]:
    """Every platform that has a file, by name."""
    return (_read(path) for path in shelf("platforms", ".toml", overlay).values())


def _read(path: Path) -> Platform:
    read = read_toml(path, Platform)
    if read.name != path.stem:
        raise ConfigError(f"{shown(path)}: name = '{read.name}', but the file's name is '{path.stem}': make them one")
    return read
