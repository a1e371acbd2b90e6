"""Holds each selector, path and sign of a platform's file against pages of its site. No network, no clock."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from config.platform import AWAY, Condition, Part, Platform, Sign
from crawler.drift.lines import Line, looked, searched
from crawler.drift.pages import Kind, Shown, shut
from crawler.drift.suggest import near
from crawler.page import led, reading
from crawler.reading.css import chosen
from crawler.reading.words import first, texts
from crawler.signs import Page, found

SHOWN = 80  # characters of a page's words that are repeated
EMPTY = "no card is there to look into"
NOBODY = "no page was shown on which somebody is logged in"


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
    search, listing = kinds.get(Kind.SEARCH), kinds.get(Kind.LISTING)
    return [
        *_held(site, Part.SEARCH, searched(site), search, "no search page was shown"),
        *_held(site, Part.LISTING, looked(site), listing, "no listing's page was shown"),
        *_own(site, shown),
        *_signs(site, shown),
    ]


def _held(site: Platform, part: Part, lines: Iterable[Line], shown: Shown | None, none: str) -> Iterator[Finding]:
    """LINES held against the page SHOWN; NONE says that there is no such page."""
    why = shut(site, shown) if shown else none
    for each in lines:
        if shown is None or why:
            yield Finding(part, each.name, each.chooses, Said.UNKNOWN, because=why)
        elif count := each.count(shown.page):
            yield Finding(part, each.name, each.chooses, Said.MATCHED, count)
        elif lost := EMPTY if each.cards and not each.cards(shown.page) else each.may:
            yield Finding(part, each.name, each.chooses, Said.UNKNOWN, because=lost)
        else:
            yield Finding(part, each.name, each.chooses, Said.NOTHING, near=each.near(shown.page))


def _own(site: Platform, shown: Sequence[Shown]) -> Iterator[Finding]:
    """What shows the account of whoever browses: a robot has none, so that it is nowhere says nothing."""
    pages = [each.page for each in shown if not each.page.unfit]
    for css in site.browsing.own if site.browsing else ():
        count = sum(len(chosen(page.root, css)) for page in pages)
        said, because = (Said.MATCHED, "") if count else (Said.UNKNOWN, NOBODY)
        there = "" if count else next(filter(None, (near(page.root, css) for page in pages)), "")
        yield Finding(Part.SEARCH, "[browse] own", css, said, count, because, there)


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
