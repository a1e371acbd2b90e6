"""The cards of a search page, or the entries of a JSON answer, as Leads. No network, no clock."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from parsel import Selector

from archive.facts import Lead
from config.platform import Platform
from config.search import Card, JsonCards
from crawler.answers import at, documents, text
from crawler.reading.css import chosen
from crawler.reading.words import DEEPEST, Element, first
from crawler.signs import Page, coded

MOST_CARDS = 1000  # of one search page
PICTURED = re.compile(r"url\(\s*(['\"]?)(.*?)\1\s*\)")  # in a style


@dataclass(frozen=True)
class Cells:
    """What one card says, in the page's own words."""

    url: str
    title: str
    price: str = ""
    seller: str = ""
    image: str = ""


def leads(platform: Platform, page: Page, term: str) -> tuple[tuple[Lead, ...], int]:
    """The cards with a listing's address, each listing once, and how many had none."""
    return keyed(platform, page, _cards(platform, page), term)


def keyed(platform: Platform, page: Page, cards: Iterable[Cells], term: str) -> tuple[tuple[Lead, ...], int]:
    """Those of CARDS of PAGE that have a listing's address, each listing once, and how many had none."""
    found: dict[str, Lead] = {}
    unkeyed = 0
    for cells in cards:
        key = platform.key_of(address(page, cells.url))
        if key is None:
            unkeyed += 1
        elif key not in found:
            found[key] = Lead(
                platform=platform.name,
                key=key,
                url=platform.url_of(key),
                title=cells.title,
                term=term,
                rank=len(found) + 1,
                price=cells.price,
                seller=cells.seller,
                image=picture(page, cells.image),
            )
    return tuple(found.values()), unkeyed


def more(platform: Platform, page: Page) -> bool:
    """Whether PAGE says that another follows; where its file names no sign of that, it may."""
    search = platform.search
    if search.older:
        return bool(older(platform, page))
    if search.next:
        return bool(chosen(page.root, search.next))
    if search.answer and search.answer.next:
        return any(at(each, search.answer.next) for each in documents(page, search.answer.where))
    return True


def older(platform: Platform, page: Page) -> str:
    """The address of the next page, where the file says that PAGE itself tells it; "" where none is told."""
    link = first(page.root, platform.search.older)
    there = address(page, link) if link else ""
    return there if platform.owns(there) else ""


def none_found(platform: Platform, page: Page) -> str | None:
    """How the JSON of PAGE says that nothing was found, or None."""
    told = platform.search.answer
    return coded(page, told.zero) if told and told.zero else None


def refused(platform: Platform, page: Page) -> str | None:
    """How the JSON of PAGE says that it does not trade in this, or None."""
    told = platform.search.answer
    return coded(page, told.banned) if told and told.banned else None


def address(page: Page, link: str) -> str:
    """The whole address of LINK on PAGE; "" where it is none, as `http://[x`."""
    try:
        return urljoin(page.final_url, link)
    except ValueError:
        return ""


def picture(page: Page, link: str) -> str:
    """The whole address of a picture on PAGE, which LINK is, or a style that gives it in url(...); "" without."""
    style = PICTURED.search(link)
    return address(page, style[2] if style else link) if link else ""


def _cards(platform: Platform, page: Page) -> Iterator[Cells]:
    search = platform.search
    if search.drawn:
        yield from drawn(page.root, search.drawn)
    if search.answer:
        for document in documents(page, search.answer.where):
            entries = at(document, search.answer.each)
            for entry in islice(entries if isinstance(entries, list) else [], MOST_CARDS):
                yield _told(platform, entry, search.answer)


def drawn(root: Selector, css: Card) -> Iterator[Cells]:
    """What each card says that CSS draws on the page of ROOT."""
    for card in _apart(chosen(root, css.each)):
        yield Cells(
            url=first(card, css.url),
            title=first(card, css.title),
            price=first(card, css.price),
            seller=first(card, css.seller),
            image=first(card, css.image),
        )


def _told(platform: Platform, entry: Any, paths: JsonCards) -> Cells:
    key = text(entry, paths.key)
    return Cells(
        url=text(entry, paths.url) or (platform.url_of(key) if key else ""),
        title=text(entry, paths.title),
        price=text(entry, paths.price),
        seller=text(entry, paths.seller),
        image=text(entry, paths.image),
    )


def _apart(cards: Iterable[Selector]) -> Iterator[Selector]:
    """The first MOST_CARDS of CARDS; a card within a card is a part of it."""
    outer: set[Element] = set()
    for card in islice(cards, MOST_CARDS):
        if not any(around in outer for around in islice(card.root.iterancestors(), DEEPEST)):
            outer.add(card.root)
            yield card
