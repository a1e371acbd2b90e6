"""What a page that was shown of a site says of the platform's file as a whole. No network, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from archive.facts import Outcome
from config.platform import AWAY, READ, Condition, Part, Platform
from crawler.answers import documents
from crawler.cards import address
from crawler.drift.suggest import linked
from crawler.page import reading, results
from crawler.reading.css import chosen
from crawler.reading.words import texts
from crawler.signs import Page


class Kind(StrEnum):
    """What a page was asked for as."""

    SEARCH = "search"
    LISTING = "listing"
    NEVER = "made-up key"  # a listing that never was


@dataclass(frozen=True)
class Shown:
    """A page of the site as it is today."""

    kind: Kind
    page: Page
    term: str = ""  # that was searched


def borne_out(site: Platform, shown: Sequence[Shown]) -> dict[Part, bool]:
    """The parts of the file that what was SHOWN bears out (True) or no longer does; not those it is silent of."""
    parts: dict[Part, bool] = {}
    for each in shown:
        if shut(site, each):
            continue
        if each.kind is Kind.SEARCH:
            seen = results(site, each.page, each.term, 1)
            titled = sum(1 for lead in seen.leads if lead.title)  # a post may be a picture without a word
            parts[Part.SEARCH] = seen.outcome is Outcome.HITS and titled * 2 > len(seen.leads)
        elif each.kind is Kind.LISTING:
            live = reading(site, each.page).condition is Condition.LIVE
            parts |= {Part.LISTING: live} if live or _calls_itself(site, each.page) else {}
        else:
            parts |= {Part.SIGNS: True} if reading(site, each.page).condition in AWAY else {}
    return parts


def shut(site: Platform, shown: Shown) -> str:
    """Why SHOWN says nothing of the file: a wall, an answer of another kind; "" if it is what was asked for."""
    page = shown.page
    if page.unfit:
        return page.unfit
    if shown.kind is Kind.SEARCH:
        seen = results(site, page, shown.term, 1)
        changed = seen.outcome is Outcome.UNREADABLE and _of_goods(site, page)
        return "" if changed or seen.outcome is Outcome.HITS else f"{seen.outcome}: {seen.because}"
    said = reading(site, page)
    open_ = said.condition in {Condition.LIVE, Condition.UNREADABLE} and site.owns(page.final_url)
    fits = open_ or (shown.kind is Kind.NEVER and said.condition in READ)
    return "" if fits else f"{said.condition}: {said.because}"


def _of_goods(site: Platform, page: Page) -> bool:
    """Whether PAGE shows goods, though the file cannot read them: else it may be a wall unknown to the file."""
    if not site.owns(page.final_url):
        return False
    search = site.search
    cards = bool(search.drawn and chosen(page.root, search.drawn.each))
    return cards or bool(search.answer and _answers(page, search.answer.where)) or bool(linked(site, page))


def _answers(page: Page, where: str | None) -> bool:
    """Whether PAGE is an answer in JSON as a search has it, and no error."""
    return page.status == 200 and any(isinstance(each, dict) for each in documents(page, where))


def _calls_itself(site: Platform, page: Page) -> bool:
    """Whether PAGE says that it is the listing that was asked for: then a title that is nowhere has moved."""
    own = [*own_addresses(page), *(texts(page.root, site.listing.key) if site.listing.key else [])]
    return site.key_of(page.url) in {site.key_of(address(page, each)) for each in own}


def own_addresses(page: Page) -> list[str]:
    """What PAGE says that its own address is."""
    return texts(page.root, "link[rel=canonical]::attr(href), meta[property='og:url']::attr(content)")
