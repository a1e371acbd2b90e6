"""Shows a platform's own API the key that it wants, and shows it to nobody else."""

import asyncio
import json
import time
from base64 import b64encode
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from config.api import Api, Mint, secret
from crawler.answers import text
from crawler.meta import GAP
from crawler.unanswered import Unanswered

if TYPE_CHECKING:  # the spider knows us, too
    from crawler.guest import Guest

MINTS = "mints"  # request.meta: this asks for a key
EARLY = 60.0  # s before a key runs out that another is had
SHORT = 80  # characters of an error's name that are repeated


class Keyed:
    """Downloader middleware that puts the key on what goes to the platform's API, and takes it off all else.

    The nearest to the network that still may ask: where a redirect leads to another host, no key goes along. A key
    stands in a request's head alone; crawler/reading/heads.py puts such heads by wherever they are written down.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._spider = cast("Guest", crawler.spider)
        self._minted = ""
        self._until = 0.0  # on the machine's own clock
        self._one = asyncio.Lock()  # key is asked for at a time

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Keyed":
        """Make the middleware of one crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let REQUEST pass with the key, if it goes to the API; raises Unanswered where no key is to be had."""
        api = self._spider.site.api
        if api is None or MINTS in request.meta:
            return
        request.headers.pop(api.key.header, None)
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" == api.base and parts.path != "/robots.txt":
            request.headers[api.key.header] = api.key.prefix + await self._key(api, request)

    async def _key(self, api: Api, request: Request) -> str:
        if given := secret(api.key.environment):
            return given
        if api.key.mint is None:
            raise Unanswered(api.lacks(), request.url)
        async with self._one:
            if time.monotonic() >= self._until:
                await self._mint(api, api.key.mint, request)
        return self._minted

    async def _mint(self, api: Api, mint: Mint, request: Request) -> None:
        """Have a key for the application's name and secret (RFC 6749 §4.4)."""
        url = api.base + mint.path
        pair = b64encode(f"{secret(mint.id)}:{secret(mint.secret)}".encode()).decode()
        heads = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
        meta = {key: request.meta[key] for key in (GAP, "download_timeout") if key in request.meta}
        meta |= {MINTS: True, "dont_redirect": True, "download_slot": url}
        body = urlencode({"grant_type": "client_credentials", "scope": mint.scope})
        ask = Request(url, method="POST", headers=heads, body=body, meta=meta, callback=NO_CALLBACK, dont_filter=True)
        answer = await self._crawler.engine.download_async(ask)
        self._minted, lasts = _granted(answer, url)
        self._until = time.monotonic() + lasts - EARLY


def _granted(answer: Response, url: str) -> tuple[str, float]:
    """The key that ANSWER grants, and for how many seconds; Unanswered, without a word of it, where it does not."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    key, lasts = text(told, "access_token"), text(told, "expires_in")
    if answer.status != 200 or not key or not lasts.isdecimal():
        said = text(told, "error")[:SHORT]
        raise Unanswered(f"{url} gave no key: HTTP {answer.status}{f', {said}' if said else ''}", url)
    return key, float(lasts)
