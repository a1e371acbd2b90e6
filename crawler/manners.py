"""Keeps our requests to one platform apart and within its day's budget, over all processes that share the archive."""

import asyncio
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from filelock import Timeout
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive import lane
from archive.lane import Closed
from archive.lock import lock
from crawler.chromium.load import Loaded
from crawler.meta import CLOSED, GAP, LOADED, RECEIVED, ROOM, WITHIN
from crawler.unanswered import Unanswered

if TYPE_CHECKING:  # the spider knows us, too
    from crawler.guest import Guest

LOOK = 0.05  # s between two looks at whether another process has had its answer
LONG = 10.0  # s; a longer wait is shown to whoever waits
UNSAID = 900.0  # s that we stay away where the site asks us to slow, and not for how long
LEAST = 60.0  # s that we stay away even if the site names a shorter time, or one that is over


class Postponed(IgnoreRequest):
    """Nothing was asked: the platform's budget is used up, its hours are quiet, or it asked us to wait."""


class Manners:
    """Downloader middleware that lets one request at a time go to a platform, each at its turn.

    A page in the browser is one request, with all that it loads: a visitor's browser would ask for no less. Redirects
    of plain requests, second tries and robots.txt are requests of their own. Bytes count as they came in over the
    network, heads and all, whatever became of the request.
    """

    def __init__(self, spider: "Guest") -> None:
        self._vault, self._site, self._zone = spider.vault, spider.site, spider.settings_here.zone
        self._step = spider.step
        self._hand = Hand(spider.vault.workspace, spider.site.name)
        self._out: set[Request] = set()  # gone, and not yet answered

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Manners":
        """Take archive, platform and settings from the crawl's spider."""
        manners = cls(cast("Guest", crawler.spider))
        crawler.signals.connect(manners.spider_closed, signal=signals.spider_closed)
        return manners

    async def process_request(self, request: Request) -> None:
        """Wait for the platform's next turn; raises Postponed where there is none for long."""
        if not request.meta.get(WITHIN):
            await self._hand.take()
        self._out.add(request)
        await self._wait(request)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Note when the request went and what it brought; heed an answer of the platform's that asks us to wait.

        Of a plain request we know only that its answer is here; of the browser's, when it set out. Where a listing
        leads on to another site, that one's wish is not the platform's: anyone may put such a listing up.
        """
        loaded: Loaded | None = request.meta.get(LOADED)
        retry_after = _header(response, loaded, "retry-after")
        wait = asked_to_wait(response.status, retry_after, datetime.now(UTC))
        if wait is not None and self._site.owns(response.url):
            request.meta[CLOSED] = await asyncio.to_thread(lane.shut, self._vault, self._site.name, wait, self._zone)
            request.meta["dont_retry"] = True
        await self._went(request, loaded.asked if loaded else time.time(), request.meta[RECEIVED])
        return response

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Let the next one go, whatever became of this one."""
        if request not in self._out:
            return
        if isinstance(exception, Postponed):
            self._back(request)
        else:
            received = exception.received if isinstance(exception, Unanswered) else 0
            await self._went(request, time.time(), received or request.meta.get(RECEIVED, 0))

    def spider_closed(self) -> None:
        """Let other processes ask, whatever was still under way here."""
        self._hand.let_go()

    async def _wait(self, request: Request) -> None:
        name = self._site.name
        turn = await asyncio.to_thread(
            lane.claim, self._vault, name, gap=request.meta[GAP], manners=self._site.manners, zone=self._zone
        )
        if isinstance(turn, Closed):
            raise Postponed(str(turn))
        if turn - time.time() > LONG:
            self._step(0, 0, f"{name}: next request at {datetime.fromtimestamp(turn, self._zone):%H:%M:%S}")
        request.meta[ROOM] = await asyncio.to_thread(lane.room, self._vault, name, self._site.manners)
        while (wait := turn - time.time()) > 0:
            await asyncio.sleep(wait)

    async def _went(self, request: Request, at: float, received: int) -> None:
        """Note what is known of REQUEST now that it is answered, and only then let the next one go."""
        gap = request.meta[GAP]
        await asyncio.to_thread(lane.went, self._vault, self._site.name, at=at, gap=gap, received=received)
        self._back(request)

    def _back(self, request: Request) -> None:
        self._out.discard(request)
        if not request.meta.get(WITHIN):
            self._hand.let_go()


class Hand:
    """Holds the one request to a platform that may be under way, over all processes; who dies lets go of it."""

    def __init__(self, workspace: Path, name: str) -> None:
        self._here = asyncio.Lock()
        self._all = lock(workspace, f"{name}.turn", any_thread=True)

    async def take(self) -> None:
        """Wait until nobody else's request to the platform is under way."""
        await self._here.acquire()
        taken = False
        try:
            while not (taken := self._taken()):
                await asyncio.sleep(LOOK)  # another process: nothing tells us when it is done
        finally:
            if not taken:
                self._here.release()

    def let_go(self) -> None:
        """Let the next request go, ours or another process's."""
        self._all.release()
        if self._here.locked():
            self._here.release()

    def _taken(self) -> bool:
        try:
            self._all.acquire(timeout=0)
        except Timeout:
            return False
        return True


def asked_to_wait(status: int, retry_after: str | None, now: datetime) -> float | None:
    """Seconds for which an answer asks us to stay away (RFC 9110 §10.2.3, RFC 6585 §4); None if it does not.

    RETRY_AFTER is the header's value, if there is one: seconds or a date. What is neither counts as not said.
    """
    if status != 429 and (status != 503 or retry_after is None):
        return None
    said = _seconds((retry_after or "").strip(), now)
    return UNSAID if said is None else min(max(said, LEAST), lane.DAY)


def _seconds(said: str, now: datetime) -> float | None:
    if said.isascii() and said.isdecimal():
        return float(said)
    try:
        date = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    return (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds()


def _header(response: Response, loaded: Loaded | None, name: str) -> str | None:
    """The first value of the header NAME in the answer, or None."""
    if loaded:
        return next((value for head, value in loaded.headers if head.lower() == name), None)
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None
