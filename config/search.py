"""How a site is searched and read: what one card of a search becomes, and where a listing keeps what we quote."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from config.address import filled
from config.errors import UsageError
from config.expect import Expect
from config.pattern import Pattern
from config.reading import Strict
from config.recourse import Sure
from config.sign import Code, Css, JmesPath, Json, Words


class Card(Strict):
    """How one card of a search page becomes a Lead."""

    each: Css
    url: Css
    title: Css
    price: Css | None = None
    seller: Css | None = None
    image: Css | None = None  # an address, or a style that holds one in url(...)


class JsonCards(Strict):
    """How the entries of a JSON answer become Leads, and what it says where there are none."""

    where: Css | None = None  # the element that holds the JSON, as `script#state`; none: the whole answer is JSON
    each: JmesPath  # the list of entries
    url: JmesPath | None = None  # of one entry, as are those below
    key: JmesPath | None = None  # in place of url, where an entry has no address of the site's own
    title: JmesPath
    price: JmesPath | None = None
    seller: JmesPath | None = None
    image: JmesPath | None = None
    next: JmesPath | None = None  # of the answer: something is there when another page is
    zero: Code | None = None  # the answer's own word for "nothing found"
    banned: Code | None = None  # "we do not trade in this"

    @model_validator(mode="after")
    def _named(self) -> "JsonCards":
        if self.url is None and self.key is None:
            raise ValueError("needs url or key: without it no entry is a listing")
        return self


class Search(Strict):
    """How the site is searched; a canary is a term that always sells."""

    url: str  # with {term} and, if there are more pages, {page} or {offset}; with {channel} it is walked
    canary: str  # asked first: no cards = we were not let in
    canaries: tuple[str, ...] = ()  # one for each further script: a zero in a script that finds nothing is no zero
    pages: int = Field(1, ge=1, le=100)
    step: int = Field(0, ge=0, le=1000)  # cards of a full page: {offset} is how many stood on the pages before
    next: Css | None = None  # an element that is there when another page is
    older: Css | None = None  # an ::attr() that gives the next page's address, where no number tells it
    past_end: int | None = None  # the status of a page after the last one
    drawn: Card | None = Field(None, alias="card")
    answer: JsonCards | None = None  # where the answer is JSON, or a script holds it
    zero: Words | None = None  # the page's own words for "nothing found"
    banned: Words | None = None  # "we do not trade in this": a result of its own
    scrolls: int = Field(0, ge=0, le=50)  # how often to scroll for more cards (browser only)
    expect: Expect = Expect()  # how many cards the first page shows: far outside, a sweep warns

    @model_validator(mode="after")
    def _places(self) -> "Search":
        filled(self.url, "term", "page", "offset", "channel")
        if not self.walked and "{term}" not in self.url:
            raise ValueError("url needs {term}, or {channel} where a site is walked channel by channel")
        if self.walked and "{term}" in self.url:
            raise ValueError("url has {channel} and {term}: a channel is walked, and its posts matched here")
        if "{offset}" in self.url and not self.step:
            raise ValueError("url has {offset}: it needs step, the number of cards of a full page")
        if self.pages > 1 and not self.older and "{page}" not in self.url and "{offset}" not in self.url:
            raise ValueError("pages > 1, but url has no {page} or {offset}, and there is no older")
        if self.drawn is None and self.answer is None:
            raise ValueError("needs [search.card], or [search.answer] where the answer is JSON")
        return self

    @property
    def walked(self) -> bool:
        """Whether it is no search: channel by channel, each post is held against the terms here."""
        return "{channel}" in self.url

    @property
    def marks(self) -> tuple[str, ...]:
        """What shows that a page of results is drawn, as CSS."""
        places = [self.drawn.each] if self.drawn else []
        places += [self.answer.where] if self.answer and self.answer.where else []
        return (*places, *(words.where for words in (self.zero, self.banned) if words))

    @property
    def grows(self) -> str:
        """What there is more of the longer one waits, as CSS; "" where nothing is."""
        return self.drawn.each if self.drawn else ""

    @property
    def card(self) -> Card:
        """How a card is read by CSS; UsageError where the answer is JSON alone."""
        if self.drawn is None:
            raise UsageError("its answers are JSON: no card of them is read by CSS")
        return self.drawn


class Browse(Strict):
    """How a person searches the site, beside whom we record."""

    url: str | None = None  # with {term}; none where it takes more than a term
    card: Card | None = None  # only what a kept page has shown
    zero: Words | None = None
    banned: Words | None = None
    own: tuple[Css, ...] = ()  # what shows the volunteer's own account (name, picture, messages): blacked out
    private: tuple[Pattern, ...] = ()  # in addresses of which nothing is recorded: messages, orders, settings
    source: str = ""
    confidence: Sure | None = None

    @model_validator(mode="after")
    def _place(self) -> "Browse":
        if self.url is not None and ("{term}" not in self.url or not filled(self.url, "term")):
            raise ValueError("url needs {term}")
        return self


class JsonListing(Strict):
    """Where a JSON answer about a listing keeps what we quote."""

    where: Css | None = None  # the element that holds the JSON; none: the whole answer is JSON
    title: JmesPath
    price: JmesPath | None = None
    seller: JmesPath | None = None
    images: JmesPath | None = None  # a list of addresses


def _looked(path: str) -> str:
    if "{key}" not in path or not filled(path, "key") or not path.startswith("/") or path.startswith("//"):
        raise ValueError("is a path with {key}, and begins with one /")
    return path


class Listing(Strict):
    """Where a listing's page keeps what we quote."""

    look: Annotated[str, AfterValidator(_looked)] | None = None  # where a robot reads it, if not at its canonical one
    title: Css = ""  # none: nobody has seen where it stands, and no page reads live
    price: Css | None = None
    seller: Css | None = None
    images: Css | None = None  # the listing's own pictures: an ::attr() giving their addresses
    video: Css | None = None  # its own video, of which a series of pictures is kept while it plays
    key: Css | None = None  # the page's own key or address: if it is another's, the page was put in another's place
    key_json: Json | None = None  # the same, where it stands in JSON
    answer: JsonListing | None = None  # where it is JSON
    source: str = ""
    confidence: Sure | None = None

    @property
    def marks(self) -> tuple[str, ...]:
        """What shows that a listing's page is drawn, as CSS."""
        return tuple(place for place in (self.title, self.answer and self.answer.where) if place)

    @property
    def told(self) -> bool:
        """Whether it says where a title stands: without one no page reads live."""
        return bool(self.title or self.answer)
