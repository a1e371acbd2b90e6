"""What the terminal shows beside a volunteer who browses: the terms to try next, what was recorded, what is left."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive import pause
from archive.questions import beside
from config.platform import Platform
from config.term import search_terms
from desk.context import Desk
from desk.pictures import read_new
from desk.sealing import seal_what_was_done
from desk.show import line
from desk.suspicion import follow_rooms
from desk.waiting import in_words

if TYPE_CHECKING:  # it is heavy
    from crawler.beside.keep import Noted

NEXT = 5  # terms that are shown at once
MOST = 100  # listings of a list
PLACE = "  {:<12} {}"


@dataclass
class Beside:
    """What the volunteer has before them, and what became of it."""

    here: Desk
    site: Platform
    terms: list[str]  # to try, in turn
    looks: dict[str, str] = field(default_factory=dict)  # listings that only a person can look at: key, address
    counts: dict[str, int] = field(default_factory=dict)
    lit: bool = False

    def begin(self) -> None:
        """Say what is recorded, what to try and what to look at."""
        line(
            f"Browsing {self.site.title} beside you. Search, scroll, open; log in and tick boxes as you would anyway."
        )
        line(f"Recorded are pages of {self.site.name} alone, while the window has a red edge. See: docs/browse.md")
        if self.site.browsing is None or not self.site.browsing.own:
            line("Your account: the file does not say where its name stands. If you log in, name it with --own NAME")
        waits = pause.paused(self.here.vault).get(self.site.name)
        if waits:
            line(in_words(self.here, waits))
        self._next()
        if self.looks:
            line(f"To look at, which only a person can ({len(self.looks)}):")
            for key, url in list(self.looks.items())[:MOST]:
                line(PLACE.format(key, url))

    def tell(self, noted: "Noted") -> None:
        """Say what was recorded, and what is next."""
        now = self.here.clock().astimezone(self.here.settings.zone)
        line(f"{now:%H:%M:%S} {noted.what:<12} {noted.words}")
        self.counts[noted.what] = self.counts.get(noted.what, 0) + 1
        for lead in noted.suspects:
            if self.site.unvisited and lead.key not in self.looks:
                self.looks[lead.key] = lead.url
                line(PLACE.format("look at", f"{lead.url} {lead.title}"))
        if noted.key in self.looks:
            del self.looks[noted.key]
            line(PLACE.format("left", f"{len(self.looks)} listings to look at"))
        if noted.term and noted.term in self.terms:
            self.terms.remove(noted.term)
            self._next()

    def light(self, tabs: int) -> None:
        """Show whether anything is recorded now."""
        if self.lit is not bool(tabs):
            self.lit = bool(tabs)
            line("● recording" if self.lit else "○ not recording")

    def end(self) -> None:
        """Say what was recorded in all."""
        told = ", ".join(f"{count} {what}" for what, count in self.counts.items()) or "nothing"
        line(f"Ended in order. Recorded: {told}. Left to try: {len(self.terms)} terms")

    def _next(self) -> None:
        if not self.terms:
            line("Every term was tried.")
            return
        line(f"Try next ({len(self.terms)} left):")
        for term in self.terms[:NEXT]:
            line(PLACE.format(term, self.site.browse_url(term) or ""))


def browse(here: Desk, name: str, by: str, own: Sequence[str]) -> None:
    """Sit beside the volunteer BY on the platform NAME until the window is closed, or Ctrl-C; then seal."""
    from crawler.browse import Browsing  # noqa: PLC0415  (heavy)

    site = here.platform(name)
    this = _before(here, site)
    start = (site.browse_url(this.terms[0]) if this.terms else None) or site.base
    session = Browsing(here.vault, site, here.settings, here.clock, by, this.tell, this.light)
    session.opened = this.begin
    try:
        asyncio.run(session.run(start, own))
    except KeyboardInterrupt:  # the usual way to end it: all is kept by now
        line("")
    if session.began:
        this.end()
        seal_what_was_done(here)
        read_new(here)
        follow_rooms(here)


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
    return this
