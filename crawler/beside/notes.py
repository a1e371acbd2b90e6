"""What one document of a tab asked for, told at any moment while the tab goes on."""

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from playwright.async_api import Error as PlaywrightError

from archive.facts import Exchange
from crawler.chromium.branch import Branch
from crawler.chromium.journal import Journal

SILENT = 0.4  # s without a word of the network, when nothing is under way
STUCK = 2.5  # s without one, when something is: a page may hold a line open for ever
PATIENCE = 20.0  # s for a page that is never silent
LAST = 2.0  # s for the bodies that have come
UNHEARD = "the head of the request: it went before the tab could be heard"
Told = dict[str, Any]


class Notes(Journal):
    """The requests of one document, of its frames and workers. Many may listen to one branch, one after the other."""

    def __init__(self, most: int, branches: Iterable[Branch]) -> None:
        super().__init__(most)
        self._branches = list(branches)
        self._told = asyncio.Event()
        self._late: list[str] = []  # requests that went before we could hear it

    def join(self, branch: Branch) -> None:
        """Hear BRANCH too."""
        self._branches.append(branch)

    def hear(self, branch: Branch, event: str, told: Told) -> None:
        """Note one event."""
        super().hear(branch, event, told)
        self._told.set()

    def hear_late(self, branch: Branch, told: Told) -> None:
        """Note a request of whose answer we are TOLD, though its going was not heard."""
        self._late.append(told["requestId"])
        asked = {"request": {"url": told["response"]["url"], "method": "GET"}, "type": told["type"]}
        gone = asked | {"requestId": told["requestId"], "wallTime": time.time(), "initiator": {"type": "other"}}
        self.hear(branch, "Network.requestWillBeSent", gone)

    async def quiet(self) -> bool:
        """Wait until the network is silent; False: it never was."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    self._told.clear()
                    try:
                        async with asyncio.timeout(STUCK if self._open() else SILENT):
                            await self._told.wait()
                    except TimeoutError:
                        return True
        except TimeoutError:
            return False

    async def so_far(self) -> tuple[Exchange, ...]:
        """All that has passed, with the certificates of its places; it goes on listening."""
        with suppress(TimeoutError, PlaywrightError):
            async with asyncio.timeout(LAST):
                await asyncio.gather(*list(self._getting.values()), return_exceptions=True)
                await self._certified()
        return tuple(sorted((*self.exchanges(), *self._unheard()), key=lambda each: each.at))

    def _unheard(self) -> Iterable[Exchange]:
        """Those that went before we could hear it, with what was heard of them; the others tell it themselves."""
        for chain in (self._chains[number] for number in self._late):
            if chain.hops and not chain.sent:
                each = chain.hops[-1].exchange()
                yield replace(each, missing="; ".join(filter(None, (UNHEARD, each.missing))))

    def end(self) -> None:
        """Fetch nothing any more."""
        self._left = True
        for task in self._getting.values():
            task.cancel()
