"""The lines of a platform's file that say how a page is read, each with how often it finds something on a page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args, get_type_hints

from parsel import Selector

from config.platform import Platform, Words
from config.reading import Strict
from config.search import Card, JsonCards
from config.sign import Code, Css, JmesPath, Json
from crawler.answers import at, documents, text
from crawler.cards import address
from crawler.drift.suggest import cards_near, near
from crawler.reading.css import chosen
from crawler.reading.words import first, standing, texts
from crawler.signs import Page, coded, told

SHOWN = 80  # characters of a page's words that are repeated
LAST = "a last page of results has none"
FOUND = "this search found something"
FILM = "not every listing has a film"
NO_ROOM = "this listing is no live room"


@dataclass(frozen=True)
class Line:
    """A line of the file, and how often what it chooses is on a page."""

    name: str  # as [search.card] each
    chooses: str
    count: Callable[[Page], int]
    near: Callable[[Page], str]  # what stands there today, where it is nowhere
    may: str = ""  # why it may well be nowhere; "": it must be there
    cards: Callable[[Page], Sequence[Any]] | None = None  # into which it looks, one by one


def told_of(model: Strict, kind: object) -> Iterator[tuple[str, str]]:
    """The fields of MODEL that are of KIND (Css, JmesPath) and say something, each with what it says."""
    for name, hint in get_type_hints(type(model), include_extras=True).items():
        if (hint == kind or kind in get_args(hint)) and (said := getattr(model, name)):
            yield name, said


# --- the search


def searched(site: Platform) -> Iterator[Line]:
    """How a page of results is read, by the robot and beside a person."""
    search, browse = site.searching, site.browsing
    by_hand = browse.card if browse else None
    if search and search.drawn:
        yield from _card(site, "[browse] card" if search.drawn is by_hand else "[search.card]", search.drawn)
    if by_hand and not (search and search.drawn is by_hand):
        yield from _card(site, "[browse] card", by_hand, "a person may be shown other cards than a robot")
    if search and search.answer:
        yield from _answer(site, search.answer)
    for name, css in told_of(search, Css) if search else ():
        yield _there(f"[search] {name}", css, LAST)
    for table, told_ in (("search", search), ("browse", browse)):
        for name, words in (("zero", told_.zero), ("banned", told_.banned)) if told_ else ():
            if words:
                yield Line(f"[{table}.{name}]", words.where, partial(_stands, words), _nothing, FOUND)


def _card(site: Platform, table: str, card: Card, may: str = "") -> Iterator[Line]:
    def cards(page: Page) -> Sequence[Selector]:
        return chosen(page.root, card.each)

    yield Line(f"{table} each", card.each, lambda page: len(cards(page)), partial(cards_near, site), may)
    for name, css in told_of(card, Css):
        if name != "each":
            yield Cell(site, name, css, cards, first).line(table, may)


def _answer(site: Platform, answer: JsonCards) -> Iterator[Line]:
    def entries(page: Page) -> list[Any]:
        lists = (at(each, answer.each) for each in documents(page, answer.where))
        return [entry for each in lists if isinstance(each, list) for entry in each]

    table = "[search.answer]"
    yield from (_there(f"{table} {name}", css) for name, css in told_of(answer, Css))
    yield Line(f"{table} each", answer.each, lambda page: len(entries(page)), _nothing)
    for name, path in told_of(answer, JmesPath):
        if name == "next":
            yield Line(f"{table} {name}", path, partial(_at, answer.where, path), _nothing, LAST)
        elif name != "each":
            yield Cell(site, name, path, entries, text).line(table)
    for name, code in (("zero", answer.zero), ("banned", answer.banned)):
        if code:
            yield Line(f"{table} {name}", code.path, partial(_codes, code), _nothing, FOUND)


@dataclass(frozen=True)
class Cell:
    """One line of a card: what it finds in each of a page's cards."""

    site: Platform
    name: str
    chooses: str
    cards: Callable[[Page], Sequence[Any]]
    read: Callable[[Any, str], str]

    def line(self, table: str, may: str = "") -> Line:
        """The line, in TABLE of the file."""
        return Line(f"{table} {self.name}", self.chooses, self.count, self.near, may, self.cards)

    def found(self, page: Page) -> list[str]:
        """What it finds on PAGE."""
        return [words for card in self.cards(page) if (words := self.read(card, self.chooses))]

    def count(self, page: Page) -> int:
        """In how many cards it finds something; an address counts only where it names a listing."""
        found_ = self.found(page)
        return sum(1 for each in found_ if self.name != "url" or self.site.key_of(address(page, each)))

    def near(self, page: Page) -> str:
        """What stands there today."""
        if lost := self.found(page):
            return f"{lost[0][:SHOWN]} names no listing: see key and hosts"
        card = self.cards(page)[0]
        return near(card, self.chooses) if isinstance(card, Selector) else ""


# --- a listing


def looked(site: Platform) -> Iterator[Line]:
    """How a listing's page is read, and what it says where it is a live room's."""
    listing, live = site.listing, site.live
    for name, css in told_of(listing, Css):
        yield _there(f"[listing] {name}", css, FILM) if name == "video" else _worded(f"[listing] {name}", css)
    if listing.key_json:
        yield _json("[listing] key_json", listing.key_json)
    if listing.answer:
        where = listing.answer.where
        yield from (_there(f"[listing.answer] {name}", css) for name, css in told_of(listing.answer, Css))
        for name, path in told_of(listing.answer, JmesPath):
            yield Line(f"[listing.answer] {name}", path, partial(_at, where, path), _nothing)
    if live:
        yield from (_there(f"[live] {name}", css, NO_ROOM) for name, css in told_of(live, Css))
        for name, place in (("room_json", live.room_json), ("host_json", live.host_json)):
            yield from [_json(f"[live] {name}", place, NO_ROOM)] if place else []
        yield from _card(site, "[live.item]", live.item, NO_ROOM) if live.item else ()


# --- how often something is on a page


def _there(name: str, css: str, may: str = "") -> Line:
    """How many elements there are."""
    return Line(name, css, lambda page: len(chosen(page.root, css)), lambda page: near(page.root, css), may)


def _worded(name: str, css: str) -> Line:
    """How many elements, texts or attributes there are that say something."""

    def count(page: Page) -> int:
        return sum(1 for each in texts(page.root, css) if each)

    return Line(name, css, count, lambda page: near(page.root, css))


def _json(name: str, place: Json, may: str = "") -> Line:
    return Line(name, place.path, lambda page: len(told(page, place)), _nothing, may)


def _at(where: str | None, path: str, page: Page) -> int:
    return sum(1 for each in documents(page, where) if at(each, path) not in (None, "", []))


def _stands(words: Words, page: Page) -> int:
    return int(standing(words, page.root) is not None)


def _codes(code: Code, page: Page) -> int:
    return int(coded(page, code) is not None)


def _nothing(_: Page) -> str:
    return ""
