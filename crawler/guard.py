"""The only way out for anything a page or a tip names: each crawl and each page goes by a way of its own (DESIGN 9).

Usable from any thread:

    with open_way() as way:          # urllib, Scrapy or Chromium by way.url as their proxy
        ...
        way.address(url), way.why(url), way.refused
"""

import asyncio
import atexit
import threading
from collections.abc import Iterable
from contextlib import suppress
from math import inf

from config.allow import all_allowed
from crawler.ways.lookup import Resolve, look_up
from crawler.ways.way import Way

STOP = 10.0  # s for an orderly end


class Guard:
    """The thread and the event loop that all ways of this process run on."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._ways: list[Way] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="guard", daemon=True)
        self._thread.start()

    def open(self, way: Way) -> Way:
        """Open WAY's port."""
        asyncio.run_coroutine_threadsafe(way.begin(), self._loop).result(STOP)
        self._ways = [each for each in self._ways if each.open] + [way]
        return way

    def stop(self) -> None:
        """End every way, and the thread."""
        for way in self._ways:
            way.close()
        with suppress(TimeoutError):  # a name server that keeps silent
            asyncio.run_coroutine_threadsafe(self._loop.shutdown_default_executor(), self._loop).result(STOP)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP)
        self._loop.close()


_guards: list[Guard] = []
_turn = threading.Lock()


def open_way(allow: Iterable[str] = (), *, shut: bool = False, room: float = inf, resolve: Resolve = look_up) -> Way:
    """A new way out, to public addresses and those that ALLOW names; a SHUT one refuses and counts everything.

    After ROOM bytes nothing comes through any more. ValueError where an entry of ALLOW is wrong. Close it, or use it
    in a `with`.
    """
    way = Way(all_allowed(allow), resolve, shut=shut, room=room)
    with _turn:
        if not _guards:
            _guards.append(Guard())
            atexit.register(close)
        return _guards[0].open(way)


def close() -> None:
    """End this process's guard, if one runs, and every way with it."""
    with _turn:
        while _guards:
            _guards.pop().stop()
