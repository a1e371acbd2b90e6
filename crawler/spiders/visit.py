"""The spider that looks: opens one platform's due listings, one by one, and keeps what each page shows."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from twisted.python.failure import Failure

from archive import capture, todo
from archive.facts import Exchange, Exhibit, Outcome, Reading, Role, Snapshot
from archive.questions import checks
from archive.rows import visit
from config.platform import SHUT, Condition, element
from crawler import environment
from crawler.browser import UNPACKED
from crawler.chromium.load import Ask, Loaded
from crawler.chromium.sight import VIEW
from crawler.control import Control, Look
from crawler.evidence import derived, lost, said_date, unanswered
from crawler.guest import MOST_FAILURES, Guest, failed, loaded_by, page_from
from crawler.live import room
from crawler.manners import Postponed
from crawler.meta import ADDRESS, CLOSED, EXCHANGES
from crawler.page import reading
from crawler.pipeline import keep
from crawler.reading.heads import value_of, without_secrets
from crawler.signs import Page
from crawler.unanswered import NO_ANSWER

STALE = timedelta(days=1)  # after a check that was cut off longer ago, every listing is due again
LATE = timedelta(days=7)  # the same, of one that was put off: a day's budget may have let it do a part only
UNSEEN = {Outcome.FORBIDDEN: Condition.UNREADABLE, Outcome.FAILED: Condition.UNREACHABLE}


class VisitSpider(Guest):
    """Looks at one platform's listings that are due. `kind` is visit (first looks) or check (later ones)."""

    name = "visit"

    def __init__(self, kind: str = "visit", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.site.admit()
        self.kind = todo.Kind(kind)
        self.stopped = ""  # why the robot left before all was done
        self._here = environment.program() | environment.machine() | self._asking()
        watched = checks.watched(self.vault, [self.site.name]) if self.kind is todo.Kind.CHECK else []
        self._control = Control(self.site, self._seen, _lately_live(watched))
        if self.kind is todo.Kind.CHECK and not self.left_alone:
            todo.plan(self.vault, self._planned(watched))
        left = [] if self.left_alone else self.due(self.kind, f"{self.kind}:")
        self._first = left[0] if left else None
        self.step(0, len(left))

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the first listing that is due."""
        if self._first is not None:
            yield self._look(self._first)

    async def parse_listing(self, response: Response, task: todo.Task) -> Any:
        """Keep one listing's page, and go to the next unless we are shut out."""
        page = page_from(response, self.site.look_url(task.detail["url"]))
        said = reading(self.site, page)
        if CLOSED in response.meta or said.condition is Condition.RATE_LIMITED:
            self.put_off = await self.asked_to_wait(response, said.because)
        await self._weigh(Look(task, self._snapshot(response, page, said), said, page))
        if following := await self._following():
            yield following

    async def no_answer(self, failure: Failure) -> Any:
        """Keep that a listing could not be looked at, and why: that never says that it is gone."""
        outcome, because = failed(failure)
        task: todo.Task = failure.request.cb_kwargs["task"]  # type: ignore[attr-defined]  # Scrapy sets it
        url = self.site.look_url(task.detail["url"])
        if outcome is Outcome.POSTPONED:  # no look was made, so none is kept
            self.put_off = because
            await keep(self.vault, visit.put_off(task, because))
        else:
            said = Reading(UNSEEN[outcome], because)
            passed = tuple(failure.request.meta.get(EXCHANGES, ()))  # type: ignore[attr-defined]  # Scrapy sets it
            seen = Snapshot(url, url, None, self.clock(), self._environment(None), passed)
            await self._keep(task, seen, said)
        if following := await self._following():
            yield following

    async def _weigh(self, look: Look) -> None:
        """Keep a first look as it is; of a later one that reads away, only what a page that reads live bears out."""
        looks = [look] if self.kind is todo.Kind.VISIT else await self._control.weigh(look)
        for each in looks:
            await self._keep(each.task, each.snapshot, each.said)

    async def _keep(self, task: todo.Task, snapshot: Snapshot, said: Reading) -> None:
        url = self.site.url_of(task.detail["key"])
        await asyncio.to_thread(capture.take, self.vault, task, url, snapshot, said, self.put_off)
        self.failures = self.failures + 1 if said.condition is Condition.UNREACHABLE else 0
        if not self.put_off and (said.condition in SHUT or self.failures >= MOST_FAILURES):
            self.stopped = f"{said.condition}: {said.because}"
        self.step(1, 0)

    async def _following(self) -> Request | None:
        """The next listing; None when none is due or we are shut out: what is left stays due."""
        left = await self._left()
        if not left:
            await self._settle()
            left = await self._left()
        return self._look(left[0]) if left else None

    async def _left(self) -> list[todo.Task]:
        """What is due and was not looked at just now; nothing once we are shut out."""
        self._left_for_good()
        left = [] if self.stopped or self.put_off else await asyncio.to_thread(self.due, self.kind, f"{self.kind}:")
        return [task for task in left if task.key not in self._control.held]

    async def _settle(self) -> None:
        """Keep the looks that still wait for a page that reads live after them, or find that they must be redone."""
        why = self.stopped or self.put_off
        waiting = self._control.given_up(why) if why else await self._control.settled()
        for each in waiting:
            await self._keep(each.task, each.snapshot, each.said)
        self._left_for_good()

    def _left_for_good(self) -> None:
        """Heed the control, where it failed by more than our own putting off."""
        if not self.put_off:
            self.stopped = self.stopped or self._control.failed

    async def _seen(self, url: str, marks: Iterable[str]) -> Page | str:
        """The page at URL, for the control; where none came, why."""
        url = self.site.look_url(url)
        ask = self.ask(url, marks) if self.site.browser else None
        try:
            response = await self.crawler.engine.download_async(self.request(url, ask, callback=NO_CALLBACK))
        except Postponed as problem:
            self.put_off = f"{problem}"
            return self.put_off
        except NO_ANSWER as problem:
            return f"{problem}" or type(problem).__name__
        if CLOSED in response.meta:
            self.put_off = await self.asked_to_wait(response, f"HTTP {response.status}")
        return page_from(response, url)

    def _look(self, task: todo.Task) -> Request:
        url = self.site.look_url(task.detail["url"])
        return self.request(
            url,
            self._ask(url),
            callback=self.parse_listing,
            errback=self.no_answer,
            cb_kwargs={"task": task},
            headers=UNPACKED if self.settings_here.identity else {},
        )

    def _planned(self, watched: list[checks.Watched]) -> list[todo.Task]:
        """A later look at each of WATCHED that was seen; none where a check that was cut off can go on instead."""
        now, name = self.clock(), self.site.name
        due = todo.due(self.vault, self.kind, now, name)
        if any(now - task.due_at < (LATE if task.error else STALE) for task in due):
            return []
        left = {task.detail["key"] for task in due}
        seen = (each for each in watched if each.latest and each.key not in left)
        return [
            todo.Task(self.kind, f"{self.kind}:{name}:{each.key}:{now.isoformat()}", name, now, _where(each))
            for each in seen
        ]

    def _ask(self, url: str) -> Ask | None:
        """How to load a listing: by browser at first and where the file says so; plainly else, and from an API."""
        first = self.kind is todo.Kind.VISIT
        if self.site.api or not (first or self.site.browser):
            return None
        here, images, video = self.settings_here, self.site.listing.images, self.site.listing.video
        return self.ask(
            url,
            self.site.listing.marks,
            keep=True,
            light=here.capture == "light",
            pictures=element(images) if images else "",
            video=element(video) if video and first and here.capture != "light" else "",
            identity=here.identity,
        )

    def _snapshot(self, response: Response, page: Page, said: Reading) -> Snapshot:
        loaded = loaded_by(response)
        exchanges = loaded.exchanges if loaded else _passed(response)
        return Snapshot(
            url=page.url,
            final_url=without_secrets(response.url),
            status=response.status,
            at=self.clock(),
            environment=self._environment(loaded, response.meta.get(ADDRESS, ""), said_date(exchanges)),
            exchanges=exchanges,
            exhibits=(*_derived(loaded), *room(self.site, page)) if loaded else (),
            missing=_missing(loaded, said) if loaded else (),
        )

    def _asking(self) -> dict[str, str]:
        """Who looks, and by which platform's file and rules."""
        told = {"collector": environment.collector(self.vault.workspace, self.by)}
        told |= {"platform_file": hashlib.sha256(self.site.model_dump_json().encode()).hexdigest()}
        return told | ({"robots": self.ignored_robots} if self.ignored_robots else {})

    def _environment(self, loaded: Loaded | None, address: str = "", date: str = "") -> dict[str, str]:
        """What the look was taken with; the server's DATE tells how far our clock was from its."""
        here = self._here | environment.clock(datetime.now(UTC), date, self.settings_here.zone)
        here |= {"address": address} if address else {}
        if loaded is None:
            return here | {"vantage": "plain HTTP"}
        return here | _of_the_load(loaded)


def _of_the_load(loaded: Loaded) -> dict[str, str]:
    """How the browser came by the page; what is no lack of what came is told here."""
    told = {"vantage": "browser", "browser": loaded.browser, "profile": "clean"}
    told |= {"view": f"{VIEW['width']}x{VIEW['height']}"}
    told |= {"left out": str(loaded.left_out)} if loaded.left_out else {}  # by a light look
    told |= {"changed": "its text, while it was kept"} if loaded.changed else {}
    return told | unanswered(loaded.exchanges)


def _lately_live(watched: list[checks.Watched]) -> list[str]:
    """The addresses of those that read live when they were last looked at, the latest first."""
    live = [each for each in watched if each.looks[-1].condition is Condition.LIVE]
    return [each.url for each in sorted(live, key=lambda each: each.looks[-1].at, reverse=True)]


def _where(each: checks.Watched) -> dict[str, str]:
    return {"key": each.key, "url": each.url}


def _passed(response: Response) -> tuple[Exchange, ...]:
    """What plain HTTP passed for RESPONSE, redirects and all; the last body unpacked, as it was read."""
    *before, last = response.meta.get(EXCHANGES, ())
    if last.payload is not None and last.payload != response.body:
        last = replace(last, payload=response.body, decoded=value_of(last.response, "content-encoding"))
    return (*before, last)


def _derived(loaded: Loaded) -> tuple[Exhibit, ...]:
    """What was made of a page that the browser loaded."""
    made = derived(dom=loaded.dom, text=loaded.text, screenshot=loaded.screenshot, mhtml=loaded.mhtml)
    page = without_secrets(loaded.final_url).partition("#")[0]
    frames = (Exhibit(Role.FRAME, each.body, "image/jpeg", f"{page}#t={each.at:.2f}") for each in loaded.frames)
    return (*made, *frames)


def _missing(loaded: Loaded, said: Reading) -> tuple[str, ...]:
    """What could not be kept of a page that the browser loaded: the listing's own pictures are named."""
    led_on = {each.url for each in loaded.exchanges if 300 <= (each.status or 0) < 400}
    return tuple(map(without_secrets, (*loaded.missing, *lost(said, led_on | loaded.pictures.keys()))))
