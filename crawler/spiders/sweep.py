"""The spider that searches: one platform, its canaries first, then every term, page by page."""

import asyncio
import getpass
import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from archive import intake, todo
from archive.facts import Ended, How, Outcome, Round, Searched
from archive.questions import crawl
from archive.rows import sweep
from config.platform import element
from config.settings import overlay
from config.term import search_terms
from crawler.environment import TOOL
from crawler.guest import MOST_FAILURES, Guest, failed, page_from
from crawler.meta import CLOSED
from crawler.page import Results, results
from crawler.pipeline import keep
from crawler.ready import matcher
from crawler.script import Proven, wanted

STALE = timedelta(days=1)  # a sweep cut off longer ago is not taken up again
LATE = timedelta(days=7)  # nor one put off longer ago: it may need several days' budgets
STOPS = (Outcome.LOGIN_WALL, Outcome.CHALLENGE)
UNREAD = (Outcome.FAILED, Outcome.UNREADABLE)


class SweepSpider(Guest):
    """Searches one platform for `terms` (a list, or joined by commas; none: those of the workspace's language)."""

    name = "sweep"

    def __init__(self, terms: str | Sequence[str] = (), asked_by: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        own = overlay(self.vault.workspace)
        asked = terms.split(",") if isinstance(terms, str) else terms
        named = [term.strip() for term in asked if term.strip()]
        self.wanted = list(dict.fromkeys(named or search_terms(self.settings_here.language, own)))
        search = self.site.swept
        self._canaries = wanted((search.canary, *search.canaries), self.wanted)
        self._proven = Proven()
        self._matcher = matcher(own)
        self.sweep_id = self._taken_up() or self._begun(asked_by or getpass.getuser())
        self.step(0, len(self._canaries) + len(self.due(todo.Kind.SEARCH, sweep.searches(self.sweep_id))))

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the canary first: a term that always sells, and so shows whether we are let in."""
        yield self._search(self._canaries.pop(0), 1, None)

    async def parse_results(self, response: Response, term: str, page: int, task: todo.Task | None) -> Any:
        """Keep what a search page shows, and ask for the next one unless we are shut out."""
        url = self.site.search_url(term, page)
        seen = results(self.site, page_from(response, url), term, page)
        if seen.outcome is Outcome.HITS:
            self._proven.hit(term, [lead.title for lead in seen.leads])
        if task is None and seen.outcome is Outcome.CONFIRMED_ZERO:  # it always sells: we were not let in
            seen = Results(Outcome.UNREADABLE, f"the canary cannot be nothing: {seen.because}")
        elif seen.outcome is Outcome.CONFIRMED_ZERO and page == 1 and not self._proven.believes(term):
            seen = Results(Outcome.UNREADABLE, f"no search in this script has found anything here: {seen.because}")
        if seen.outcome is Outcome.POSTPONED or (CLOSED in response.meta and seen.outcome in UNREAD):
            seen = Results(Outcome.POSTPONED, await self.asked_to_wait(response, seen.because))
        self.failures = self.failures + 1 if seen.outcome is Outcome.FAILED else 0
        await self._keep(seen, term, page, task)
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

    async def _keep(self, seen: Results, term: str, page: int, task: todo.Task | None) -> None:
        this = Searched(
            sweep_id=self.sweep_id,
            term=term,
            page=page,
            url=self.site.search_url(term, page),
            outcome=seen.outcome,
            because=seen.because,
            at=self.clock(),
            found=tuple((lead, self._matcher.judge(lead.title)) for lead in seen.leads),
        )
        more = seen.more and page < self.site.search.pages
        await keep(self.vault, sweep.searched(this, task, more))
        self.step(int(seen.outcome is not Outcome.POSTPONED), int(more and task is not None))

    async def _following(self, seen: Results, term: str, task: todo.Task | None) -> Request | None:
        """The next search; None when all are done or we are shut out, which ends the sweep, or when it is put off."""
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
        if seen.outcome in STOPS:
            return f"{seen.outcome}: {seen.because}"
        return f"{MOST_FAILURES} failures in a row: {seen.because}" if self.failures >= MOST_FAILURES else ""

    def _search(self, term: str, page: int, task: todo.Task | None) -> Request:
        search = self.site.search
        ask = None
        url = self.site.search_url(term, page)
        if self.site.browser:
            marks = [search.card.each, *(words.where for words in (search.zero, search.banned) if words)]
            ask = self.ask(url, marks, grows=element(search.card.each), scrolls=search.scrolls)
        return self.request(
            url,
            ask,
            callback=self.parse_results,
            errback=self.no_answer,
            cb_kwargs={"term": term, "page": page, "task": task},
        )

    def _taken_up(self) -> int | None:
        """The sweep to go on with: one that asked the same and was cut off or put off lately. Others are ended."""
        taken = None
        for cut_off in crawl.open_sweeps(self.vault, self.site.name):
            same = cut_off.config_hash == self._config_hash()
            if same and self.clock() - cut_off.last < (LATE if cut_off.put_off else STALE) and taken is None:
                taken = cut_off.id
            else:
                end = sweep.ended(cut_off.id, Ended.ABANDONED, "another sweep took its place", self.clock())
                intake.take(self.vault, end)
        return taken

    def _begun(self, asked_by: str) -> int:
        now, config = self.clock(), self._config_hash()
        this = Round(self.site.name, How.ROBOT, asked_by, now, TOOL, config, self.ignored_robots)
        return intake.take(self.vault, sweep.begun(this, self.wanted))

    def _config_hash(self) -> str:
        """SHA-256 over the platform's file, its robots.txt's standing and the terms: what was asked, and how."""
        told = [self.site.model_dump_json(), self.ignored_robots, *self.wanted]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()
