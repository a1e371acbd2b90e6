"""A download handler that asks our browser where a request wants it, and the network where it does not."""

import dataclasses
import os
from math import inf
from urllib.parse import urldefrag

import certifi
from OpenSSL.SSL import Error as TlsError
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError
from scrapy.http import HtmlResponse, Response
from service_identity import VerificationError
from twisted.web.client import ResponseFailed

from config.settings import Limits
from config.system import OPENSSL_FINDS_AUTHORITIES
from crawler import browser
from crawler.burden import within
from crawler.chromium.load import Ask
from crawler.guard import open_way
from crawler.meta import ADDRESS, ASK, EXCHANGES, GROWTH, LOADED, RECEIVED, ROOM
from crawler.unanswered import NO_ANSWER, UNTRUSTED, Unanswered
from crawler.wire import NO_ANSWER as NO_ANSWER_CAME
from crawler.wire import Noting

TOO_LONG = "the page is longer than one page may be: [limits] document"
GROWN = Limits().growth  # MiB, where the request does not say

if not OPENSSL_FINDS_AUTHORITIES:
    os.environ.setdefault("SSL_CERT_FILE", certifi.where())


class Handler(BaseDownloadHandler):
    """Plain HTTP through a way of this crawl's own, or one page of the shared Chromium for a request with an Ask.

    The crawl's spider says in `allow` which private addresses may be asked.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._plain = Noting(crawler)
        self._way = open_way(crawler.spider.allow)  # type: ignore[union-attr]  # our spiders all have it

    async def download_request(self, request: Request) -> Response:
        """Answer REQUEST; raises one of crawler.unanswered.NO_ANSWER where none came, with the reason in words."""
        ask: Ask | None = request.meta.get(ASK)
        if ask is None:
            return await self._asked(request)
        loaded = await browser.shared().load(dataclasses.replace(ask, room=request.meta.get(ROOM, inf)))
        request.meta.update({LOADED: loaded, ADDRESS: loaded.address, RECEIVED: loaded.received})
        body = loaded.dom.encode(errors="replace")
        return HtmlResponse(loaded.final_url, status=loaded.status, body=body, encoding="utf-8", request=request)

    async def _asked(self, request: Request) -> Response:
        request.meta["proxy"] = self._way.url
        before = self._way.received
        body, missing = None, NO_ANSWER_CAME
        try:
            response = await within(request.meta.get(GROWTH, GROWN), self._plain.download_request(request))
            body = response.body
        except DownloadCancelledError:
            missing = TOO_LONG
            raise Unanswered(TOO_LONG, request.url) from None
        except NO_ANSWER as problem:
            if self._way.refuses(request.url):
                raise Unanswered(self._way.why(request.url), request.url) from None  # not asked for again
            if why := _of_tls(problem) or self._way.why(request.url) or _in_words(problem):
                raise DownloadFailedError(why) from None
            raise
        finally:
            request.meta[RECEIVED] = self._way.received - before
            self._note(request, body, missing)
        request.meta[ADDRESS] = self._way.address(request.url)
        return response

    def _note(self, request: Request, body: bytes | None, missing: str) -> None:
        """Put what passed over the wire for REQUEST with it; the last of it brought BODY, or else it is MISSING."""
        passed = self._plain.taken(urldefrag(request.url)[0])
        bodies = [None] * (len(passed) - 1) + [body]
        address = self._way.address(request.url)
        found = [each.exchange(address, had, missing) for each, had in zip(passed, bodies, strict=False)]
        request.meta[EXCHANGES] = [*request.meta.get(EXCHANGES, ()), *found]

    async def close(self) -> None:
        """Let go of the connections; the browser lives on for the next crawl."""
        await self._plain.close()
        self._way.close()


def _of_tls(problem: Exception) -> str:
    """What kept a safe connection from being made, if that is why no answer came; else ""."""
    for fault in _faults(problem):
        if isinstance(fault, VerificationError):
            return f"{UNTRUSTED} (it is for another name)"
        if isinstance(fault, TlsError):
            said = ", ".join(str(each[-1]) for each in fault.args[0]) if fault.args else "no reason given"
            return f"{UNTRUSTED} ({said})" if "certificate" in said else f"no safe connection: {said}"
    return ""


def _in_words(problem: Exception) -> str:
    """Why the connection ended without an answer; "" where PROBLEM says it itself."""
    return "; ".join(str(fault) or type(fault).__name__ for fault in _faults(problem))


def _faults(problem: Exception) -> list[BaseException]:
    cause = problem.__cause__
    return [failure.value for failure in cause.reasons] if isinstance(cause, ResponseFailed) else []
