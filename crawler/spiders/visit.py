"""The spider that looks: opens one platform's due listings, one by one, and keeps what each page shows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from archive import todo
from archive.facts import Exhibit, Reading, Role, Snapshot
from archive.questions import checks
from archive.rows import visit
from config.platform import SHUT, Condition
from crawler.guest import MOST_FAILURES, TOOL, Guest, failed, loaded_by, page_from
from crawler.load import VIEW, Ask, Loaded
from crawler.page import reading
from crawler.pipeline import keep

STALE = timedelta(days=1)  # after a check that was cut off longer ago, every listing is due again


class VisitSpider(Guest):
    """Looks at one platform's listings that are due. `kind` is visit (first looks) or check (later ones)."""

    name = "visit"

    def __init__(self, kind: str = "visit", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = todo.Kind(kind)
        self.stopped = ""  # why the robot left before all was done
        if self.kind is todo.Kind.CHECK:
            todo.plan(self.vault, self._planned())
        left = self.due(self.kind, f"{self.kind}:")
        self._first = left[0] if left else None
        self.step(0, len(left))

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the first listing that is due."""
        if self._first is not None:
            yield self._look(self._first)

    async def parse_listing(self, response: Response, task: todo.Task) -> Any:
        """Keep one listing's page, and go to the next unless we are shut out."""
        page = page_from(response, task.detail["url"])
        said = reading(self.site, page)
        await self._keep(task, self._snapshot(response, page.url, said), said)
        if following := await self._following():
            yield following

    async def no_answer(self, failure: Failure) -> Any:
        """Keep that a listing could not be looked at, and why: that never says that it is gone."""
        forbidden, because = failed(failure)
        task: todo.Task = failure.request.cb_kwargs["task"]  # type: ignore[attr-defined]  # Scrapy sets it
        url = task.detail["url"]
        said = Reading(Condition.UNREADABLE if forbidden else Condition.UNREACHABLE, because)
        await self._keep(task, Snapshot(url, url, None, self.clock(), self._environment(None)), said)
        if following := await self._following():
            yield following

    async def _keep(self, task: todo.Task, snapshot: Snapshot, said: Reading) -> None:
        looked = visit.looked(task, self.site.url_of(task.detail["key"]), snapshot, said)
        await keep(self.vault, looked, snapshot.exhibits)
        self.failures = self.failures + 1 if said.condition is Condition.UNREACHABLE else 0
        if said.condition in SHUT or self.failures >= MOST_FAILURES:
            self.stopped = f"{said.condition}: {said.because}"
        self.step(1, 0)

    async def _following(self) -> Request | None:
        """The next listing; None when none is due or we are shut out: what is left stays due."""
        left = [] if self.stopped else await asyncio.to_thread(self.due, self.kind, f"{self.kind}:")
        return self._look(left[0]) if left else None

    def _look(self, task: todo.Task) -> Request:
        return self.request(
            task.detail["url"],
            self._ask(task.detail["url"]),
            callback=self.parse_listing,
            errback=self.no_answer,
            cb_kwargs={"task": task},
        )

    def _planned(self) -> list[todo.Task]:
        """A later look at every listing that was seen; none where a check that was cut off can go on instead."""
        now, name = self.clock(), self.site.name
        due = todo.due(self.vault, self.kind, now, name)
        if any(now - task.due_at < STALE for task in due):
            return []
        left = {task.detail["key"] for task in due}
        seen = (each for each in checks.watched(self.vault, [name]) if each.latest and each.key not in left)
        return [
            todo.Task(self.kind, f"{self.kind}:{name}:{each.key}:{now.isoformat()}", name, now, _where(each))
            for each in seen
        ]

    def _ask(self, url: str) -> Ask | None:
        """How to load a listing: by browser at first and where the platform's file says so, else plainly."""
        first = self.kind is todo.Kind.VISIT
        if not (first or self.site.browser):
            return None
        return self.ask(url, [self.site.listing.title], keep=True)

    def _snapshot(self, response: Response, asked: str, said: Reading) -> Snapshot:
        loaded = loaded_by(response)
        exhibits, missing = _kept(loaded, said) if loaded else (_plain(response), ())
        return Snapshot(
            url=asked,
            final_url=response.url,
            status=response.status,
            at=self.clock(),
            environment=self._environment(loaded),
            exhibits=tuple(exhibits),
            missing=tuple(missing),
        )

    def _environment(self, loaded: Loaded | None) -> dict[str, str]:
        if loaded is None:
            return {"tool": TOOL, "vantage": "plain HTTP"}
        view = f"{VIEW['width']}x{VIEW['height']}"
        return {"tool": TOOL, "vantage": "browser", "browser": loaded.browser, "view": view, "profile": "clean"}


def _where(each: checks.Watched) -> dict[str, str]:
    return {"key": each.key, "url": each.url}


def _plain(response: Response) -> list[Exhibit]:
    media_type = (response.headers.get("content-type") or b"").decode("latin-1")
    return [Exhibit(Role.PAYLOAD, response.body, media_type, response.url)] if response.body else []


def _kept(loaded: Loaded, said: Reading) -> tuple[list[Exhibit], list[str]]:
    """The exhibits of a page loaded by the browser, and what of it could not be kept."""
    exhibits = [
        Exhibit(Role.PAYLOAD, loaded.payload, loaded.media_type, loaded.final_url),
        Exhibit(Role.DOM, loaded.dom.encode(), "text/html; charset=utf-8"),
        Exhibit(Role.TEXT, loaded.text.encode(), "text/plain; charset=utf-8"),
    ]
    if loaded.screenshot:
        exhibits.append(Exhibit(Role.SCREENSHOT, loaded.screenshot, "image/png"))
    missing = list(loaded.missing)
    for address in said.images:
        if address in loaded.pictures:
            media_type, body = loaded.pictures[address]
            exhibits.append(Exhibit(Role.PICTURE, body, media_type, address))
        elif not address.startswith("data:"):  # those stand in the DOM
            missing.append(f"picture {address} was not loaded")
    return exhibits, missing
