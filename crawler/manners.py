"""Keeps our requests to one platform apart, over all processes that share the archive."""

import asyncio
import time

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive import todo
from archive.vault import Vault
from crawler.handler import LOADED
from crawler.load import Loaded


class Manners:
    """Downloader middleware that waits for the platform's next turn before every request it lets pass.

    `request.meta` names the lane (the platform) and the gap in seconds between two turns.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._went: dict[str, float] = {}  # lane -> when its last request of this crawl went, in POSIX seconds

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Manners":
        """Take the archive from the crawl's spider, which opened it."""
        return cls(crawler.spider.vault)  # type: ignore[union-attr]  # our spiders all have one

    async def process_request(self, request: Request) -> None:
        """Wait for the turn; a request without a lane is a mistake of ours and fails."""
        lane, gap = request.meta["lane"], request.meta["gap"]
        turn = await asyncio.to_thread(todo.claim, self._vault, lane, gap)
        while (wait := max(turn, self._went.get(lane, 0.0) + gap) - time.time()) > 0:  # the last may have gone late
            await asyncio.sleep(wait)
        self._went[lane] = time.time()

    def process_response(self, request: Request, response: Response) -> Response:
        """Note when the request really went: on a busy machine later than it was let pass.

        Of a plain one we only know that its answer is here; of the browser's, when it set out.
        """
        loaded: Loaded | None = request.meta.get(LOADED)
        self._went[request.meta["lane"]] = loaded.asked if loaded else time.time()
        return response
