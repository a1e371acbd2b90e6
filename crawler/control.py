"""Believes that a listing is away only between two pages of its site that read live: else a wall could say so.

A wall may answer 404, lead everyone home or show "no such item", and be told from a removal by nothing on the page.
So the checks of one run keep what reads away waiting until something reads live, having read live before it; and a
bare 404 must be the site's answer for a listing that never was. What asks is handed in: here is no network.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

from archive.facts import Outcome, Reading, Snapshot
from archive.todo import Task
from config.platform import AWAY, SHUT, Condition, Platform
from crawler.page import reading, results
from crawler.reading.words import texts
from crawler.signs import Page, found

MOST_HELD = 10  # looks that wait; then the site is asked whether it still shows us anything
TRIED = 3  # of the canary's cards, and as many more: a search may show for a while what was just removed
LONGER = 2  # digits by which a made-up number is longer than a real one
SHORTEST = 9  # digits of a made-up number: fewer may be taken
LEFT_IN_PEACE = (Outcome.CHALLENGE, Outcome.POSTPONED)  # a login before the search alone shuts no listing off

Ask = Callable[[str, Iterable[str]], Awaitable[Page | str]]  # address, CSS that shows it is drawn; or why none came


@dataclass(frozen=True)
class Look:
    """One look at a listing that a check asked for."""

    task: Task
    snapshot: Snapshot
    said: Reading
    page: Page


class Control:
    """Weighs the looks of one run of checks at one platform."""

    def __init__(self, site: Platform, ask: Ask, known: Iterable[str] = ()) -> None:
        """SITE is asked by ASK; KNOWN: where listings are that read live the last time, the latest first."""
        self._site = site
        self._ask = ask
        self._known = tuple(known)
        self._held: list[Look] = []
        self._live = ""  # the address that last read live in this run
        self._copied: set[str] = set()  # looked at in this run: asked again, a store of copies may answer
        self._sought = False  # whether something that reads live was looked for, for want of any
        self._never_there: Page | str | None = None  # the answer for a made-up listing, once it was asked for
        self.failed = ""  # why the site's word is not taken any more: then the robot leaves

    @property
    def held(self) -> frozenset[str]:
        """The keys of the tasks whose looks wait."""
        return frozenset(look.task.key for look in self._held)

    async def weigh(self, look: Look) -> list[Look]:
        """The looks that can be kept now. One that waits is handed out later, or its task is to be done again."""
        if look.said.condition is Condition.LIVE:
            return await self._lives(look)
        if look.said.condition not in AWAY:
            return [look]
        self._held.append(look)
        if not self._live and not self._sought and await self._other_live():
            return await self._borne_out(first=True)
        return await self.settled() if self.failed or len(self._held) >= MOST_HELD else []

    async def settled(self) -> list[Look]:
        """The looks that wait, now that none comes after them: believed if the site still shows us a page."""
        first = not self._live
        if self._held and not self.failed and not await self._still_live():
            self.failed = self.failed or "nothing of the site reads live beside what reads away"
        return self.given_up(self.failed) if self.failed else await self._borne_out(first=first)

    def given_up(self, why: str) -> list[Look]:
        """The looks that wait, none of them believed, and WHY."""
        looks, self._held = self._held, []
        return [_doubted(look, why) for look in looks]

    async def _lives(self, look: Look) -> list[Look]:
        first, self._live = not self._live, look.page.url
        self._copied.add(look.page.url)
        return [*await self._borne_out(first=first), look]

    async def _borne_out(self, *, first: bool) -> list[Look]:
        """The looks that wait, now that a page read live; none if it was the FIRST: they are to be taken again."""
        looks, self._held = self._held, []
        return [] if first else [await self._matched(look) for look in looks]

    async def _matched(self, look: Look) -> Look:
        """LOOK with what vouches for it; doubted if a bare 404 is not what this site says of what never was."""
        if self._bare_404(look):
            other = await self._never(look.task.detail["key"])
            if isinstance(other, str):
                return _doubted(look, f"no answer for a listing that never was: {other}")
            if not alike(look.page, other):
                return _doubted(look, "this site answers otherwise for a listing that never was")
        vouched = look.snapshot.environment | {"control": f"{self._live} read live before and after"}
        return replace(look, snapshot=replace(look.snapshot, environment=vouched))

    def _bare_404(self, look: Look) -> bool:
        hit = found(self._site.signs, look.page)
        said_by_words = hit is not None and hit.sign.where is not None
        return look.page.status == 404 and look.said.condition is Condition.GONE and not said_by_words

    async def _never(self, key: str) -> Page | str:
        if self._never_there is None:
            address = self._site.url_of(made_up(key))
            self._never_there = await self._ask(address, self._site.listing.marks)
        return self._never_there

    async def _still_live(self) -> bool:
        """Whether what last read live still does; where one page alone did, another must: it may be a copy."""
        several = len(self._copied) > 1 and await self._reads_live(self._live)
        return several or (not self.failed and await self._other_live())

    async def _other_live(self) -> bool:
        """Whether a card of the canary's search reads live, or else a listing that did so the last time."""
        self._sought = True
        away = {look.page.url for look in self._held} | self._copied
        others = [each for each in (*await self._cards(), *self._known) if each not in away][: 2 * TRIED]
        for address in others:
            if not self.failed and await self._reads_live(address):
                return True
        return False

    async def _cards(self) -> list[str]:
        """The addresses of the first cards of the canary's search; none where it shows us none."""
        if self._site.searching is None:
            return []
        search = self._site.searching
        page = await self._ask(self._site.search_url(search.canary, 1), search.marks)
        if isinstance(page, str):
            return []
        seen = results(self._site, page, search.canary, 1)
        if seen.outcome in LEFT_IN_PEACE:
            self.failed = f"{seen.outcome}: {seen.because}"
        return [lead.url for lead in seen.leads[:TRIED]]

    async def _reads_live(self, address: str) -> bool:
        page = await self._ask(address, self._site.listing.marks)
        if isinstance(page, str):
            return False
        said = reading(self._site, page)
        if said.condition in SHUT:
            self.failed = f"{said.condition}: {said.because}"
        if said.condition is Condition.LIVE:
            self._live = address
        return said.condition is Condition.LIVE


def _doubted(look: Look, why: str) -> Look:
    """LOOK as one of which nothing follows."""
    because = f"{look.said.condition} by {look.said.because}, which is not believed: {why}"
    return replace(look, said=replace(look.said, condition=Condition.UNREADABLE, cause=None, because=because))


def made_up(key: str) -> str:
    """A key like KEY that no listing has: a longer number, or other letters and figures in the same places."""
    if key.isascii() and key.isdigit():
        return "9" * max(len(key) + LONGER, SHORTEST)
    chance = iter(hashlib.shake_256(key.encode()).digest(len(key)))
    return "".join(_another(letter, next(chance)) for letter in key)


def _another(letter: str, chance: int) -> str:
    """A figure for a figure, a letter up to f (it may be hexadecimal) for a letter; other marks stay."""
    if letter.isdigit():
        return str(chance % 10)
    if not letter.isalpha():
        return letter
    other = "abcdef"[chance % 6]
    return other.upper() if letter.isupper() else other


def alike(page: Page, other: Page) -> bool:
    """Whether two answers are one page of the site: the same status, title and headings, figures aside."""
    return (page.status, _heads(page)) == (other.status, _heads(other))


def _heads(page: Page) -> list[str]:
    return [re.sub(r"\s*\d+", "", text) for text in texts(page.root, "head > title, h1, h2")]
