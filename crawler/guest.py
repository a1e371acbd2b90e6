"""A spider as a guest on one platform: its archive, its clock, its platform's file and manners."""

import asyncio
import getpass
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from archive import lane, pause, todo
from archive.facts import Outcome
from archive.lock import held
from archive.pause import Waiting
from archive.vault import Vault
from config.errors import UsageError
from config.platform import element
from config.progress import Progress, nowhere
from config.settings import platform_in, settings
from crawler.chromium.held import MIB
from crawler.chromium.load import Ask, Loaded
from crawler.manners import UNSAID, Postponed
from crawler.meta import ASK, CLOSED, GAP, GROWTH, LOADED
from crawler.page import page_of, page_shown
from crawler.reading.heads import Headers, kept
from crawler.robots import Forbidden
from crawler.signs import Page
from crawler.unanswered import NO_ANSWER, NotAdmitted

MOST_FAILURES = 3  # in a row; then the site is left in peace

Clock = Callable[[], datetime]  # UTC


def real_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


class Guest(Spider):
    """What our spiders share. `workspace` is a folder, by default the one WILDFREE_WORKSPACE names."""

    def __init__(
        self,
        platform: str = "",
        workspace: str | Path | None = None,
        clock: Clock = real_clock,
        step: Progress = nowhere,
        by: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        workspace = workspace or os.environ.get("WILDFREE_WORKSPACE")
        if not platform or not workspace:
            raise UsageError("needs -a platform=NAME, and WILDFREE_WORKSPACE or -a workspace=DIR")
        self.vault = Vault.open(Path(workspace))
        self.settings_here = settings(Path(workspace))
        practice = self.vault.kind == "practice"
        self.site = platform_in(Path(workspace), platform, practice=practice)
        if self.site.api and (lacks := self.site.api.lacks()):
            raise UsageError(f"{platform}: {lacks}")
        self.allow = self.settings_here.allowed(practice=practice)  # what crawler/handler.py lets through
        self._lock = held(
            Path(workspace), platform, f"another crawl of {platform} is under way; wait for it or stop it"
        )
        self.clock = clock
        waits = pause.paused(self.vault).get(platform)
        self.stale = waits if waits and waits.stale(clock()) else None  # nobody came: it is asked again
        self.waits: Waiting | None = None if self.stale else waits  # for a person, and so do we
        self.left_alone = self.waits is not None  # from the beginning: nothing is asked
        self.by = by or os.environ.get("WILDFREE_BY") or getpass.getuser()
        self.failures = 0  # in a row
        self.put_off = ""  # why the robot left what is due for later, and from when on it may go on
        self.step = step

    def closed(self, reason: str) -> None:
        """Let go of the archive and the platform when the crawl is over."""
        self.vault.close()
        self._lock.release()

    def due(self, kind: todo.Kind, prefix: str) -> list[todo.Task]:
        """The tasks of this platform whose key begins with PREFIX, in their order."""
        tasks = todo.due(self.vault, kind, self.clock(), self.site.name)
        return [task for task in tasks if task.key.startswith(prefix)]

    def ask(self, url: str, marks: Iterable[str], **more: Any) -> Ask:
        """How the browser is to load URL: any of MARKS, or of the signs' places, shows that the page is there."""
        signs = (sign.where for sign in self.site.signs if sign.where)
        there = tuple(element(css) for css in (*marks, *signs))
        return Ask(url, there, limits=self.settings_here.limits, allow=self.allow, **more)

    def request(self, url: str, ask: Ask | None, **kwargs: Any) -> Request:
        """A request in this platform's lane; by browser if there is an ASK."""
        limits = self.settings_here.limits
        meta: dict[str, Any] = {
            GAP: self.site.manners.delay,
            "download_timeout": limits.seconds,
            "download_maxsize": round(limits.document * MIB),
            "redirect_ttl": limits.redirects,
            GROWTH: limits.growth,
        }
        if ask is not None:
            meta[ASK] = ask
        return Request(url, meta=meta, dont_filter=True, **kwargs)

    async def asked_to_wait(self, response: Response, because: str) -> str:
        """Stay away from a platform that asked us to wait, for as long as it said, and say till when.

        The answer's head was heeded already; where only the page's words asked, UNSAID holds. BECAUSE: what told us.
        """
        shut: lane.Closed | None = response.meta.get(CLOSED)
        if shut is None:
            zone = self.settings_here.zone
            shut = await asyncio.to_thread(lane.shut, self.vault, self.site.name, UNSAID, zone)
        return f"{because}: {shut}"

    @property
    def ignored_robots(self) -> str:
        """Why, in writing, this platform's robots.txt is not obeyed; "": it is."""
        return self.settings_here.ignore_robots.get(self.site.name, "")


def page_from(response: Response, asked: str) -> Page:
    """The answered page, decoded, as the reader wants it; ASKED is the address before redirects."""
    url, status = response.url, response.status
    if loaded := loaded_by(response):
        head = loaded.headers
        return page_shown(response.text, loaded.payload, url=asked, final_url=url, status=status, headers=head)
    return page_of(response.body, url=asked, final_url=url, status=status, headers=_headers(response))


def _headers(response: Response) -> Headers:
    """The head as it came, name by name, without its secrets."""
    named = ((name, value) for name, values in response.headers.items() for value in values)
    return kept(tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in named))


def loaded_by(response: Response) -> Loaded | None:
    """What the browser loaded for this response; None if it came by plain HTTP."""
    loaded: Loaded | None = response.meta.get(LOADED)
    return loaded


def failed(failure: Failure) -> tuple[Outcome, str]:
    """Whether the site's rules forbade the request, our manners put it off, or it failed; and why, in one line.

    What no site can have caused (a machine without a browser, a fault of ours) is raised instead.
    """
    error = failure.value
    if not isinstance(error, NO_ANSWER):
        failure.raiseException()
    words = str(error).splitlines() or [type(error).__name__]
    return _outcome(error), words[0]


def _outcome(error: Exception) -> Outcome:
    if isinstance(error, Postponed):
        return Outcome.POSTPONED
    return Outcome.FORBIDDEN if isinstance(error, Forbidden | NotAdmitted) else Outcome.FAILED
