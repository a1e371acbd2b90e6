"""A download handler that asks our browser where a request wants it, and the network where it does not."""

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response

from crawler import browser
from crawler.load import Ask

ASK = "ask"  # request.meta: the Ask for the browser
LOADED = "loaded"  # request.meta: what the browser loaded


class Handler(BaseDownloadHandler):
    """Plain HTTP, or one page of the shared Chromium for a request with an Ask in its meta."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._plain = HTTP11DownloadHandler(crawler)

    async def download_request(self, request: Request) -> Response:
        """Answer REQUEST; raises crawler.unanswered.Unanswered where the browser got no page."""
        ask: Ask | None = request.meta.get(ASK)
        if ask is None:
            return await self._plain.download_request(request)
        loaded = await browser.shared().load(ask)
        request.meta[LOADED] = loaded
        body = loaded.dom.encode(errors="replace")
        return HtmlResponse(loaded.final_url, status=loaded.status, body=body, encoding="utf-8", request=request)

    async def close(self) -> None:
        """Let go of the connections; the browser lives on for the next crawl."""
        await self._plain.close()
