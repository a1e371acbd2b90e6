"""Runs crawls inside this process, as often as asked: one event loop, one reactor, one browser."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any, cast

from scrapy import Spider, signals
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor
from twisted.internet.base import ReactorBase
from twisted.python.failure import Failure

from crawler import browser, guard, settings

logging.getLogger("scrapy").setLevel(logging.WARNING)


class Service:
    """The event loop and reactor of this process; started once, used for every crawl."""

    def __init__(self) -> None:
        install_reactor(settings.TWISTED_REACTOR)
        from twisted.internet import reactor  # noqa: PLC0415  (to import it is to start it)

        self._loop = asyncio.get_event_loop_policy().get_event_loop()
        self._reactor = cast("ReactorBase", reactor)
        self._reactor.startRunning(installSignalHandlers=False)
        values = Settings()
        values.setmodule(settings)
        self._runner = AsyncCrawlerRunner(values)

    def run(self, spider: type[Spider], crawls: Iterable[dict[str, Any]]) -> list[Spider]:
        """Run SPIDER once for each of CRAWLS (its words), side by side, and return the spiders as they ended.

        A fault of ours or of the machine in any of them (a full disk, a missing browser) is raised
        when all have ended; what the sites did is in the archive.
        """
        return self._loop.run_until_complete(self._all(spider, crawls))

    def close(self) -> None:
        """End the reactor's threads, which would keep the process from ending."""
        pool = self._reactor.threadpool
        if pool is not None:
            pool.stop()

    async def _all(self, spider: type[Spider], crawls: Iterable[dict[str, Any]]) -> list[Spider]:
        ended = await asyncio.gather(*(self._one(spider, words) for words in crawls), return_exceptions=True)
        for end in ended:
            if isinstance(end, BaseException):
                raise end
        return [end for end in ended if isinstance(end, Spider)]

    async def _one(self, spider: type[Spider], words: dict[str, Any]) -> Spider:
        crawler = self._runner.create_crawler(spider)
        faults: list[Failure] = []

        def fault_seen(failure: Failure) -> None:  # a bound method of list would be refused, and only logged
            faults.append(failure)

        crawler.signals.connect(fault_seen, signal=signals.spider_error, weak=False)
        await self._runner.crawl(crawler, **words)
        for fault in faults:
            fault.raiseException()
        return cast("Spider", crawler.spider)


_service: list[Service] = []


def crawl(spider: type[Spider], crawls: Iterable[dict[str, Any]]) -> list[Spider]:
    """Run SPIDER for each of CRAWLS in this process; see Service.run."""
    if not _service:
        _service.append(Service())
    return _service[0].run(spider, crawls)


def close() -> None:
    """End what crawls left running in this process, browser and guard included. No crawl can follow."""
    try:
        browser.close()
    finally:
        guard.close()
        if _service:
            _service[0].close()
