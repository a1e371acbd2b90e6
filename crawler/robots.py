"""Obeys robots.txt (RFC 9309): one look-up a host, and every request waits for it.

Scrapy 2.19's own middleware lets requests through: those that wait while the first look-up is under
way are handed nothing to hold them back. Here they all await the same rules.
"""

import asyncio
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.unanswered import NO_ANSWER

AGENT = "wildfree"  # the product token that a robots.txt may name
ITSELF = "robots_txt"  # request.meta: this is the look-up
MOST = 512 * 1024  # bytes of a robots.txt that are read; RFC 9309 §2.5 asks for at least 500 KiB

LONGEST = 300.0  # s of a Crawl-delay that we wait for; not-a-number is more


class Forbidden(IgnoreRequest):
    """The site's robots.txt does not admit us here."""


class Unknown(IgnoreRequest):
    """The site's robots.txt could not be had: then nothing there is asked for (RFC 9309 §2.3.1.4)."""


Rules = Protego | Unknown  # what a robots.txt says, or why it says nothing


class Robots:
    """Downloader middleware that raises Forbidden for what a robots.txt does not admit, Unknown where none says."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Robots":
        """Make the middleware of one crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let REQUEST pass once the rules of its host are known and admit it."""
        if request.meta.get(ITSELF):
            return
        parts = urlsplit(request.url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._rules:
            self._rules[host] = asyncio.create_task(self._look_up(host, request))
        rules = await asyncio.shield(self._rules[host])
        if isinstance(rules, Unknown):
            raise Unknown(f"{host}/robots.txt: {rules}")
        if not rules.can_fetch(request.url, AGENT):
            raise Forbidden(f"{host}/robots.txt does not admit {parts.path}")
        wait = rules.crawl_delay(AGENT) or 0.0
        if not wait <= LONGEST:
            raise Forbidden(
                f"{host}/robots.txt asks for {wait:g} s between two requests: that is no place for a robot"
            )
        request.meta["gap"] = max(float(wait), request.meta.get("gap", 0.0))

    async def _look_up(self, host: str, request: Request) -> Rules:
        passed_on = {key: request.meta[key] for key in ("lane", "gap", "download_timeout") if key in request.meta}
        ask = Request(f"{host}/robots.txt", meta=passed_on | {ITSELF: True}, callback=NO_CALLBACK, dont_filter=True)
        try:
            answer = await self._crawler.engine.download_async(ask)
        except NO_ANSWER as problem:
            return Unknown(f"{problem}" or type(problem).__name__)
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
