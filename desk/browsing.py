"""What the terminal shows beside a volunteer who browses: the terms to try next, what was recorded, what is left."""

import asyncio
import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from rich.cells import cell_len

from archive import pause
from archive.questions import beside
from config.errors import MachineError
from config.platform import Platform
from config.term import search_terms
from desk.context import Desk
from desk.ending import as_ctrl_c
from desk.pictures import read_new
from desk.reviewing import unpictured
from desk.sealing import seal_what_was_done
from desk.show import line
from desk.suspicion import follow_rooms
from desk.waiting import in_words

if TYPE_CHECKING:  # it is heavy
    from crawler.beside.noted import Noted

NEXT = 5  # terms that are shown at once
MOST = 100  # listings of a list
WIDTH = 12  # columns of what stands first in a line
LETTERS = re.compile(r"(?:%[89a-f][0-9a-f])+", re.IGNORECASE)  # of an address, outside ASCII
BROKEN = "\N{REPLACEMENT CHARACTER}"  # what is not UTF-8
UNSEEN = ("wall", "failed", "not recorded")
KEPT = {
    "search": ("search", "searches"),
    "listing": ("listing", "listings"),
    "wall": ("wall", "walls"),
    "failed": ("failure", "failures"),
}


@dataclass
class Beside:
    """What the volunteer has before them, and what became of it."""

    here: Desk
    site: Platform
    terms: list[str]  # to try, in turn
    looks: dict[str, str] = field(default_factory=dict)  # listings that only a person can look at: key, address
    counts: dict[str, int] = field(default_factory=dict)
    lit: bool = False
    came: list[signal.Signals] = field(default_factory=list)  # that asked for the end

    def begin(self) -> None:
        """Say what is recorded, what to try and what to look at."""
        line(
            f"Browsing {self.site.title} beside you. Search, scroll, open; log in and tick boxes as you would anyway."
        )
        line(f"Recorded are pages of {self.site.name} alone, while the window has a red edge. See: docs/browse.md")
        line("Your keys are not listened to; but what a listing's page asks for as you type is kept, words and all.")
        if self.site.browsing is None or not self.site.browsing.own:
            line("Your account: the file does not say where its name stands. If you log in, name it with --own NAME")
        waits = pause.paused(self.here.vault).get(self.site.name)
        if waits:
            line(in_words(self.here, waits))
        form = self.site.browse_url("…")
        if form is None:
            line("Its file names no search by words: open what you know of it (channels, shops, groups).")
        else:
            self._next()
            line(f"Type them there, or open: {readable(form)}")
        if self.looks:
            line(f"To look at, which only a person can ({len(self.looks)}):")
            for key, url in list(self.looks.items())[:MOST]:
                line(f"  {padded(key)} {readable(url)}")

    def tell(self, noted: "Noted") -> None:
        """Say what was recorded, and what is next."""
        now = self.here.clock().astimezone(self.here.settings.zone)
        line(f"{now:%H:%M:%S} {padded(noted.what)} {noted.words}")
        self.counts[noted.what] = self.counts.get(noted.what, 0) + 1
        for lead in noted.suspects:
            if self.site.unvisited and lead.key not in self.looks:
                self.looks[lead.key] = lead.url
                line(f"  {padded('look at')} {readable(lead.url)} {lead.title}")
        if noted.what in UNSEEN:
            return
        if noted.key in self.looks:
            del self.looks[noted.key]
            line(f"  {padded('left')} {len(self.looks)} listings to look at")
        if noted.term in self.terms:
            self.terms.remove(noted.term)
            self._next()

    def light(self, tabs: int) -> None:
        """Show whether anything is recorded now."""
        if self.lit is not bool(tabs):
            self.lit = bool(tabs)
            line("● recording" if self.lit else "○ not recording")

    def asked(self) -> str:
        """Who or what had the session end."""
        if not self.came:
            return "the volunteer ended it"
        return "the system had it end" if self.came[0] is signal.SIGTERM else "its terminal was closed"

    def end(self, broke: str) -> None:
        """Say what was recorded in all, and what BROKE it off, if anything did."""
        kept = {what: count for what, count in self.counts.items() if what in KEPT}
        told = ", ".join(f"{count} {KEPT[what][count > 1]}" for what, count in kept.items()) or "nothing"
        lost = f" Not recorded: {count}." if (count := self.counts.get("not recorded")) else ""
        how = f"Broken off: {broke}" if broke else "Ended in order"
        left = f" Left to try: {len(self.terms)} terms" if self.site.browse_url("x") else ""
        line(f"{how}. Recorded: {told}.{lost}{left}")

    def _next(self) -> None:
        if self.terms:
            line(f"Try next ({len(self.terms)} left): {', '.join(self.terms[:NEXT])}")
        else:
            line("Every term was tried.")


def padded(text: str) -> str:
    """TEXT, as wide as what stands first in a line; a Chinese character is two columns wide."""
    return text + " " * (WIDTH - cell_len(text))


def readable(url: str) -> str:
    """URL with its letters as they are read, still one that can be opened."""
    return LETTERS.sub(lambda found: found[0] if BROKEN in (told := unquote(found[0])) else told, url)


def browse(here: Desk, name: str, by: str, own: Sequence[str]) -> None:
    """Sit beside the volunteer BY on the platform NAME until the window is closed, or Ctrl-C; then seal."""
    from crawler.browse import Browsing  # noqa: PLC0415  (heavy)

    site = here.platform(name)
    this = _before(here, site)
    start = (site.browse_url(this.terms[0]) if this.terms else None) or site.base
    session = Browsing(here.vault, site, here.settings, here.clock, by, this)
    broke = ""
    with as_ctrl_c() as this.came:
        try:
            broke = asyncio.run(session.run(start, own))
        except KeyboardInterrupt:  # the usual way to end it: all is kept by now
            line("")
        if session.began:
            this.end(broke)
            seal_what_was_done(here)
        if session.began and not this.came:  # else there may be no time
            read_new(here)
            follow_rooms(here)
    if broke:
        raise MachineError(f"{broke}. What was recorded is kept; go on with: wildfree browse {name}")


def _before(here: Desk, site: Platform) -> Beside:
    tried = beside.tried(here.vault, site.name)
    terms = beside.in_turn(search_terms(here.settings.language, here.overlay), tried)
    if site.browse_url("x") is None:
        terms = []
    this = Beside(here, site, terms)
    if site.unvisited:
        first, again = beside.to_look_at(here.vault, site.name, here.clock())
        this.looks = {task.detail["key"]: task.detail["url"] for task in first}
        this.looks |= {each.key: each.url for each in again}
    this.looks |= {case.key: case.url for case in unpictured(here, [site.name])}
    return this
