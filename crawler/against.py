"""Holds each selector, path and sign of a platform's file against pages of its site. No network, no clock."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from parsel import Selector

from config.platform import AWAY, Condition, Part, Platform, Sign
from crawler.answers import at, documents, text
from crawler.cards import address
from crawler.near import cards_near, near
from crawler.page import led, reading
from crawler.reading.css import chosen
from crawler.reading.words import first, standing, texts
from crawler.showing import Kind, Shown, shut
from crawler.signs import Page, coded, found, told

SHOWN = 80  # characters of a page's words that are repeated


class Said(StrEnum):
    """What a page says of one line of the file."""

    MATCHED = "matched"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """One line of the file, held against what was shown."""

    part: Part
    line: str  # as [search.card] each
    chooses: str
    said: Said
    count: int = 0  # how often it matched
    because: str = ""  # why nothing can be said
    near: str = ""  # what stands there today


def findings(site: Platform, shown: Sequence[Shown]) -> list[Finding]:
    """Every line of the file of SITE that says how a page is read, held against what was SHOWN."""
    kinds = {each.kind: each for each in reversed(shown)}  # the first of each
    return [
        *_searched(site, kinds.get(Kind.SEARCH)),
        *_looked(site, kinds.get(Kind.LISTING)),
        *_signs(site, shown),
    ]


# --- the search


def _searched(site: Platform, shown: Shown | None) -> Iterator[Finding]:
    search = site.searching
    if search is None:
        return
    why = shut(site, shown) if shown else "no search page was shown"
    if shown is None or why:
        yield from (Finding(Part.SEARCH, *each, Said.UNKNOWN, because=why) for each in _lines(site))
        return
    page = shown.page
    if search.drawn:
        cards = list(chosen(page.root, search.drawn.each))
        place = "" if cards else cards_near(site, page)
        yield _counted(Part.SEARCH, "[search.card] each", search.drawn.each, len(cards), place)
        yield from _cells(site, page, search.drawn.model_dump(exclude={"each"}), "[search.card]", cards, _drawn)
    if search.answer:
        entries = _entries(page, search.answer.where, search.answer.each)
        yield _counted(Part.SEARCH, "[search.answer] each", search.answer.each, len(entries))
        names = ("url", "key", "title", "price", "seller", "image")
        yield from _cells(site, page, search.answer.model_dump(include=set(names)), "[search.answer]", entries, text)
    yield from _once(site, page)


def _lines(site: Platform) -> Iterator[tuple[str, str]]:
    """Each line of the file's search, and what it chooses."""
    search = site.search
    for table, model in (("card", search.drawn), ("answer", search.answer)):
        told = model.model_dump(exclude={"where", "next", "zero", "banned"}) if model else {}
        yield from ((f"[search.{table}] {name}", css) for name, css in told.items() if css)


def _cells(
    site: Platform,
    page: Page,
    lines: dict[str, str | None],
    table: str,
    cards: Sequence[Any],
    cell: Callable[[Any, str], str],
) -> Iterator[Finding]:
    """In how many of CARDS each of LINES finds its CELL; an address counts only where it names a listing."""
    for name, css in lines.items():
        if not css:
            continue
        if not cards:
            yield Finding(Part.SEARCH, f"{table} {name}", css, Said.UNKNOWN, because="no card is there to look into")
            continue
        found_ = [words for card in cards if (words := cell(card, css))]
        kept = [each for each in found_ if name != "url" or site.key_of(address(page, each))]
        there = near(cards[0], css) if not found_ and isinstance(cards[0], Selector) else ""
        if found_ and not kept:
            there = f"{found_[0][:SHOWN]} names no listing: see key and hosts"
        yield _counted(Part.SEARCH, f"{table} {name}", css, len(kept), there)


def _drawn(card: Selector, css: str) -> str:
    return first(card, css)


def _once(site: Platform, page: Page) -> Iterator[Finding]:
    """What only some search pages have: that it is not there says nothing."""
    search = site.search
    for name, css in (("next", search.next), ("older", search.older)):
        if css:
            count = len(chosen(page.root, css))
            yield _seen_or_unknown(f"[search] {name}", css, count, "a last page of results has none")
    for name, words in (("zero", search.zero), ("banned", search.banned)):
        if words:
            count = int(standing(words, page.root) is not None)
            yield _seen_or_unknown(f"[search.{name}]", words.where, count, "this search found something")
    answer = search.answer
    for name, code in (("zero", answer.zero), ("banned", answer.banned)) if answer else ():
        if code:
            count = int(coded(page, code) is not None)
            yield _seen_or_unknown(f"[search.answer] {name}", code.path, count, "this search found something")


def _seen_or_unknown(line: str, chooses: str, count: int, because: str) -> Finding:
    said = Said.MATCHED if count else Said.UNKNOWN
    return Finding(Part.SEARCH, line, chooses, said, count, "" if count else because)


# --- a listing


def _looked(site: Platform, shown: Shown | None) -> Iterator[Finding]:
    listing = site.listing
    css = {name: getattr(listing, name) for name in ("title", "price", "seller", "images", "key")}
    paths = listing.answer.model_dump(exclude={"where"}) if listing.answer else {}
    lines = [("[listing]", name, place) for name, place in css.items() if place]
    lines += [("[listing.answer]", name, place) for name, place in paths.items() if place]
    lines += [("[listing]", "key_json", listing.key_json.path)] if listing.key_json else []
    why = shut(site, shown) if shown else "no listing's page was shown"
    for table, name, place in lines:
        line = f"{table} {name}"
        if shown is None or why:
            yield Finding(Part.LISTING, line, place, Said.UNKNOWN, because=why)
        elif name == "key_json" and listing.key_json:
            yield _counted(Part.LISTING, line, place, len(told(shown.page, listing.key_json)))
        elif table == "[listing]":
            count = sum(1 for each in texts(shown.page.root, place) if each)
            there = "" if count else near(shown.page.root, place)
            yield _counted(Part.LISTING, line, place, count, there)
        else:
            yield _counted(Part.LISTING, line, place, _at(shown.page, listing.answer.where, place))  # type: ignore[union-attr]  # it has paths


def _at(page: Page, where: str | None, path: str) -> int:
    return sum(1 for each in documents(page, where) if at(each, path) not in (None, "", []))


def _entries(page: Page, where: str | None, path: str) -> list[Any]:
    lists = (at(each, path) for each in documents(page, where))
    return [entry for each in lists if isinstance(each, list) for entry in each]


# --- signs


def _signs(site: Platform, shown: Iterable[Shown]) -> Iterator[Finding]:
    pages = [each for each in shown if not each.page.unfit]
    for sign in site.signs:
        yield _sign(site, sign, pages)
    for each in pages:
        if each.kind is Kind.NEVER:
            yield _never(site, each)


def _sign(site: Platform, sign: Sign, pages: Sequence[Shown]) -> Finding:
    line, chooses = f"[[signs]] {sign.means}", _bound(sign)
    for each in pages:
        whither, _ = led(site, each.page)
        if hit := found((sign,), each.page, whither):
            said = f"on the page of the {each.kind}: {hit.because}"
            return Finding(Part.SIGNS, line, chooses, Said.MATCHED, 1, said)
    for each in pages if sign.where and sign.says else ():
        if words := first(each.page.root, sign.where):
            why = f"{sign.where} stands on the page of the {each.kind} and says 「{words[:SHOWN]}」"
            return Finding(Part.SIGNS, line, chooses, Said.NOTHING, because=why)
    return Finding(Part.SIGNS, line, chooses, Said.UNKNOWN, because="no page of that kind was shown")


def _never(site: Platform, shown: Shown) -> Finding:
    """What the file makes of a listing that never was: it is no live one, and best one that is gone."""
    said = reading(site, shown.page)
    line, chooses = "a made-up key", shown.page.url
    told_ = f"{said.condition}: {said.because}"
    if said.condition in AWAY:
        return Finding(Part.SIGNS, line, chooses, Said.MATCHED, 1, told_)
    if said.condition in {Condition.LIVE, Condition.UNREADABLE}:
        return Finding(Part.SIGNS, line, chooses, Said.NOTHING, because=told_, near=_heading(shown.page))
    return Finding(Part.SIGNS, line, chooses, Said.UNKNOWN, because=told_)


def _heading(page: Page) -> str:
    words = next((each for each in texts(page.root, "h1, h2, title") if each), "")
    return f"HTTP {page.status}" + (f", headed 「{words[:SHOWN]}」" if words else "")


def _bound(sign: Sign) -> str:
    """By what SIGN is told, in short."""
    told_ = [sign.where, *sign.says[:1], sign.url, sign.code and sign.code.path, *sign.header]
    told_ += [f"HTTP {sign.status}"] if sign.status else []
    return " ".join(each for each in told_ if each)


def _counted(part: Part, line: str, chooses: str, count: int, there: str = "") -> Finding:
    return Finding(part, line, chooses, Said.MATCHED if count else Said.NOTHING, count, near="" if count else there)
