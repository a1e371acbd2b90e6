"""The spider that searches: one platform, its canaries first, then every term, page by page."""

import asyncio
import getpass
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from archive import intake, todo
from archive.facts import Ended, Exhibit, How, Outcome, Round, Searched
from archive.pause import Waiting
from archive.questions import crawl
from archive.rows import pause as wall
from archive.rows import sweep
from config.platform import element
from config.settings import overlay
from crawler import banned_notice, queries
from crawler.cards import older
from crawler.environment import TOOL
from crawler.guest import MOST_FAILURES, Guest, failed, page_from
from crawler.meta import CLOSED
from crawler.page import Results, results
from crawler.pipeline import keep
from crawler.ready import matcher
from crawler.script import Proven, wanted

STALE = timedelta(days=1)  # a sweep cut off longer ago is not taken up again
LATE = timedelta(days=7)  # nor one put off longer ago: it may need several days' budgets
UNREAD = (Outcome.FAILED, Outcome.UNREADABLE)


class SweepSpider(Guest):
    """Searches one platform for `terms` (a list, or joined by commas; none: those of the workspace's language)."""

    name = "sweep"

    def __init__(self, terms: str | Sequence[str] = (), asked_by: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        own = overlay(self.vault.workspace)
        named = terms.split(",") if isinstance(terms, str) else terms
        search = self.site.swept
        self.wanted = queries.asked(self.site, self.settings_here, named, own)
        self._canaries = wanted((search.canary, *search.canaries), self.wanted)
        self._proven = Proven()
        self._after = ""  # where the next page is, if the last one told it
        self._matcher = matcher(own)
        if self.waits:
            self.sweep_id, self._let_in = self.waits.sweep_id, True
            return
        self.sweep_id = self._taken_up() or self._begun(asked_by or getpass.getuser())
        self._let_in = crawl.let_in(self.vault, self.sweep_id, search.canary)
        self.step(0, len(self._canaries) + len(self.due(todo.Kind.SEARCH, sweep.searches(self.sweep_id))))

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the canary first: a term that always sells, and so shows whether we are let in."""
        if not self.left_alone:
            yield self._search(self._canaries.pop(0), 1, None)

    async def parse_results(self, response: Response, term: str, page: int, task: todo.Task | None) -> Any:
        """Keep what a search page shows, and ask for the next one unless we are shut out."""
        shown = page_from(response, self._address(term, page, task))
        seen, self._after = results(self.site, shown, term, page), older(self.site, shown)
        if seen.outcome is Outcome.HITS:
            self._proven.hit(term, [lead.title for lead in seen.leads])
        if task is None and seen.outcome is Outcome.CONFIRMED_ZERO:  # it always sells: we were not let in
            seen = Results(Outcome.UNREADABLE, f"the canary cannot be nothing: {seen.because}")
        elif seen.outcome is Outcome.CONFIRMED_ZERO and page == 1 and not self._proven.believes(term):
            seen = Results(Outcome.UNREADABLE, f"no search in this script has found anything here: {seen.because}")
        if seen.outcome is Outcome.POSTPONED or (CLOSED in response.meta and seen.outcome in UNREAD):
            seen = Results(Outcome.POSTPONED, await self.asked_to_wait(response, seen.because))
        self.failures = self.failures + 1 if seen.outcome is Outcome.FAILED else 0
        self._let_in |= term == self.site.search.canary and seen.outcome is Outcome.HITS
        files = banned_notice.kept(response) if seen.outcome is Outcome.BANNED_TERM_NOTICE else ()
        await self._keep(seen, term, page, task, files)
        if following := await self._following(seen, term, task):
            yield following

    async def no_answer(self, failure: Failure) -> Any:
        """Keep that a search page could not be had, and why."""
        seen = Results(*failed(failure))
        self.failures += 1
        asked = failure.request.cb_kwargs  # type: ignore[attr-defined]  # Scrapy sets it
        await self._keep(seen, **asked)
        if following := await self._following(seen, asked["term"], asked["task"]):
            yield following

    async def _keep(
        self, seen: Results, term: str, page: int, task: todo.Task | None, files: Sequence[Exhibit] = ()
    ) -> None:
        found = [(lead, self._matcher.judge(lead.title)) for lead in seen.leads]
        kept = queries.with_terms(self.site, found)
        this = Searched(
            sweep_id=self.sweep_id,
            term=term,
            page=page,
            url=self._address(term, page, task),
            outcome=seen.outcome,
            because=queries.told(seen.because, found, kept),
            at=self.clock(),
            found=tuple(kept),
        )
        if seen.outcome in crawl.WALLS and self._let_in:
            await self._wait(this, task)
            return
        more = seen.more and page < self.site.search.pages
        await keep(self.vault, sweep.searched(this, task, more, files, self._after), files)
        self.step(int(seen.outcome is not Outcome.POSTPONED), int(more and task is not None))

    async def _wait(self, this: Searched, task: todo.Task | None) -> None:
        """Keep a wall that came up after we were let in, and have the platform wait for a person: TASK stays due."""
        self.waits = Waiting(self.site.name, self.sweep_id, this.at, f"{this.outcome}: {this.because}")
        await keep(self.vault, wall.met(sweep.searched(this, None, False), self.waits, task))

    async def _following(self, seen: Results, term: str, task: todo.Task | None) -> Request | None:
        """The next search; None when all are done or we are shut out, which ends the sweep, or when it must wait."""
        if self.waits:
            return None
        if seen.outcome is Outcome.POSTPONED:
            self.put_off = seen.because
            return None
        stop = self._shut_out(seen, term, canary=task is None)
        if stop:
            await keep(self.vault, sweep.ended(self.sweep_id, Ended.NOT_LET_IN, stop, self.clock()))
            return None
        if self._canaries:
            return self._search(self._canaries.pop(0), 1, None)
        left = await asyncio.to_thread(self.due, todo.Kind.SEARCH, sweep.searches(self.sweep_id))
        if not left:
            await keep(
                self.vault, sweep.ended(self.sweep_id, Ended.COMPLETE, "every search was answered", self.clock())
            )
            return None
        return self._search(left[0].detail["term"], int(left[0].detail["page"]), left[0])

    def _shut_out(self, seen: Results, term: str, *, canary: bool) -> str:
        if canary and term == self.site.search.canary and seen.outcome is not Outcome.HITS:
            return f"the canary '{term}' brought no cards: {seen.outcome}, {seen.because}"
        return f"{MOST_FAILURES} failures in a row: {seen.because}" if self.failures >= MOST_FAILURES else ""

    def _search(self, term: str, page: int, task: todo.Task | None) -> Request:
        search = self.site.search
        ask = None
        url = self._address(term, page, task)
        if self.site.browser:
            refusal = element(search.banned.where) if search.banned else ""
            more = {"grows": element(search.grows), "scrolls": search.scrolls, "pictured": refusal}
            ask = self.ask(url, search.marks, **more)
        return self.request(
            url,
            ask,
            callback=self.parse_results,
            errback=self.no_answer,
            cb_kwargs={"term": term, "page": page, "task": task},
        )

    def _taken_up(self) -> int | None:
        """The sweep to go on with: one that asked the same and was cut off or put off lately.

        One that asked something else is left for those who ask that again; what lay too long is ended.
        """
        taken = None
        for left in crawl.open_sweeps(self.vault, self.site.name):
            same = left.config_hash == self._config_hash()
            if self._too_old(left) or (same and taken is not None):
                why = "another sweep took its place" if same else "nobody went on with it in time"
                end = sweep.ended(left.id, Ended.ABANDONED, why, self.clock())
                intake.take(self.vault, wall.over(end, self.site.name))
            elif same:
                taken = left.id
        return taken

    def _too_old(self, left: crawl.Open) -> bool:
        """Whether the sweep that was LEFT open lay too long to go on, or nobody dealt with the wall that it met."""
        unheeded = self.stale is not None and self.stale.sweep_id == left.id
        return unheeded or self.clock() - left.last >= (LATE if left.put_off else STALE)

    def _begun(self, asked_by: str) -> int:
        now, config = self.clock(), self._config_hash()
        this = Round(self.site.name, How.ROBOT, asked_by, now, TOOL, config, self.ignored_robots)
        return intake.take(self.vault, wall.over(sweep.begun(this, self.wanted), self.site.name))

    def _config_hash(self) -> str:
        return queries.fingerprint(self.site, self.settings_here, self.wanted)

    def _address(self, term: str, page: int, task: todo.Task | None) -> str:
        """Where page PAGE for TERM stands: where the page before said, or where the platform's file says."""
        told = task.detail.get("url", "") if task else ""
        return told or self.site.search_url(term, page)
