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
from scrapy.http import Response, TextResponse
from scrapy.http.request import NO_CALLBACK

AGENT = "wildfree"  # the product token that a robots.txt may name
ITSELF = "robots_txt"  # request.meta: this is the look-up
MOST = 512 * 1024  # bytes of a robots.txt that are read; RFC 9309 §2.5 asks for at least 500 KiB
FORBID_ALL = "User-agent: *\nDisallow: /"


class Forbidden(IgnoreRequest):
    """The site's robots.txt does not admit us here."""


class Robots:
    """Downloader middleware that raises Forbidden for what a site's robots.txt does not admit."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._rules: dict[str, asyncio.Task[Protego]] = {}

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
        if not rules.can_fetch(request.url, AGENT):
            raise Forbidden(f"{host}/robots.txt does not admit {parts.path}")
        wait = rules.crawl_delay(AGENT)
        if wait is not None:
            request.meta["gap"] = max(float(wait), request.meta.get("gap", 0.0))

    async def _look_up(self, host: str, request: Request) -> Protego:
        passed_on = {key: request.meta[key] for key in ("lane", "gap") if key in request.meta}
        ask = Request(f"{host}/robots.txt", meta=passed_on | {ITSELF: True}, callback=NO_CALLBACK, dont_filter=True)
        try:
            answer = await self._crawler.engine.download_async(ask)
        except Exception:  # noqa: BLE001  (any failure to fetch: RFC 9309 §2.3.1.4 says forbid)
            return Protego.parse(FORBID_ALL)
        return rules_of(answer)


def rules_of(answer: Response) -> Protego:
    """The rules an answered robots.txt gives: none on 4xx, all forbidden on anything else that is not 2xx."""
    if 200 <= answer.status < 300:
        text = answer.text if isinstance(answer, TextResponse) else answer.body.decode("utf-8", "replace")
        return Protego.parse(text[:MOST])
    return Protego.parse("" if 400 <= answer.status < 500 else FORBID_ALL)
