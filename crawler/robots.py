"""Obeys robots.txt (RFC 9309): one look-up a host, and every request waits for it.

Scrapy 2.19's own middleware lets requests through: those that wait while the first look-up is under
way are handed nothing to hold them back. Here they all await the same rules.

Where a workspace's settings say in writing why a platform's robots.txt is not obeyed, it is not fetched either:
we would ask the site for a word that we mean to disregard. So its Crawl-delay is not known, and the delay, the
budget and the quiet hours of the platform's file hold as ever. On hosts that are not the platform's it is obeyed.
"""

import asyncio
import dataclasses
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.chromium.load import Ask
from crawler.chromium.record import Admits
from crawler.manners import Postponed
from crawler.meta import ASK, CLOSED, GAP, WITHIN
from crawler.unanswered import NO_ANSWER, NotAdmitted

if TYPE_CHECKING:  # the spider knows us, too
    from crawler.guest import Guest

AGENT = "wildfree"  # the product token that a robots.txt may name
ITSELF = "robots_txt"  # request.meta: this is the look-up
REFUSED = "refused"  # request.meta: why the page was not let go where it led on to
MOST = 512 * 1024  # bytes of a robots.txt that are read; RFC 9309 §2.5 asks for at least 500 KiB
HOPS = 5  # redirects in a row that a robots.txt may lead through (RFC 9309 §2.3.1.2)
LONGEST = 300.0  # s of a Crawl-delay that we wait for; not-a-number is more


class Forbidden(IgnoreRequest):
    """The site's robots.txt does not admit us here."""


class Unknown(IgnoreRequest):
    """The site's robots.txt could not be had: then nothing there is asked for (RFC 9309 §2.3.1.4)."""


Rules = Protego | Unknown  # what a robots.txt says, or why it says nothing


class Robots:
    """Downloader middleware that raises Forbidden for what a robots.txt does not admit, Unknown where none says.

    It also goes with the browser, wherever a page leads on to: a page that is not let go there raises the same.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._spider = cast("Guest", crawler.spider)
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Robots":
        """Make the middleware of one crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let REQUEST pass once the rules of its host are known and admit it."""
        if request.meta.get(ITSELF):
            return
        if wait := await self._admitted(request.url, request):
            request.meta[GAP] = max(wait, request.meta[GAP])
        ask: Ask | None = request.meta.get(ASK)
        if ask is not None:
            request.meta[ASK] = dataclasses.replace(ask, admits=self._along(request))

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Say why a page was not let go where it led on to, as if it had been asked for there."""
        if isinstance(exception, NotAdmitted) and REFUSED in request.meta:
            raise type(request.meta[REFUSED])(str(exception)) from exception

    def _along(self, request: Request) -> Admits:
        """What the browser asks, on its own loop, before it follows a page from REQUEST's address to another."""
        ours = asyncio.get_running_loop()

        async def reason(url: str) -> str:
            try:
                await self._admitted(url, request, {WITHIN: True})
            except IgnoreRequest as refusal:
                request.meta[REFUSED] = refusal
                return f"{refusal}"
            return ""

        async def admits(url: str) -> str:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(reason(url), ours))

        return admits

    async def _admitted(self, url: str, request: Request, more: dict[str, bool] | None = None) -> float:
        """The Crawl-delay, in seconds, of the host whose rules admit URL; raises Forbidden or Unknown."""
        if self._spider.ignored_robots and self._spider.site.owns(url):
            return 0.0
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"}:  # no site's: a page of the browser's own, or one made by the page
            return 0.0
        host = f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
        if host not in self._rules:
            self._rules[host] = asyncio.create_task(self._look_up(host, request, more or {}))
        rules = await asyncio.shield(self._rules[host])
        if isinstance(rules, Unknown):
            raise Unknown(f"{host}/robots.txt: {rules}")
        if not rules.can_fetch(url, AGENT):
            raise Forbidden(f"{host}/robots.txt does not admit {parts.path}")
        wait = float(rules.crawl_delay(AGENT) or 0.0)
        if not wait <= LONGEST:
            raise Forbidden(
                f"{host}/robots.txt asks for {wait:g} s between two requests: that is no place for a robot"
            )
        return wait

    async def _look_up(self, host: str, request: Request, more: dict[str, bool]) -> Rules:
        meta = {key: request.meta[key] for key in (GAP, "download_timeout") if key in request.meta}
        own = f"{host}/robots.txt"  # else Scrapy would let it stand in line behind the page that waits for it
        meta |= more | {ITSELF: True, "redirect_ttl": HOPS, "download_slot": own}
        ask = Request(f"{host}/robots.txt", meta=meta, callback=NO_CALLBACK, dont_filter=True)
        try:
            answer = await self._crawler.engine.download_async(ask)
        except Postponed:
            del self._rules[host]  # nothing was learnt
            raise
        except NO_ANSWER as problem:
            return Unknown(f"{problem}" or type(problem).__name__)
        if CLOSED in answer.meta:
            del self._rules[host]
            raise Postponed(f"{host}/robots.txt: HTTP {answer.status}: {answer.meta[CLOSED]}")
        return rules_of(answer.status, answer.body)


def rules_of(status: int, body: bytes) -> Rules:
    """The rules of an answered robots.txt: none on 4xx, unknown on 429 and whatever is neither that nor 2xx."""
    if 400 <= status < 500 and status != 429:
        return Protego.parse("")
    if not 200 <= status < 300:
        return Unknown(f"HTTP {status}")
    text = body[:MOST].decode("utf-8-sig", "replace")
    if len(body) > MOST:  # half a line could forbid, or allow, what the whole one does not
        text = "\n".join(text.splitlines()[:-1])
    return Protego.parse(text)
