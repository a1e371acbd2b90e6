"""Watches how much memory one page takes from us and from its browser, and ends the process that takes too much."""

import asyncio
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import psutil

from config.settings import Limits
from crawler.unanswered import Unanswered

T = TypeVar("T")
MIB = 1024 * 1024
BEAT = 0.1  # s between two looks
SHARE = 0.9  # of the growth that we allow: past it the page is ended, so that what still comes stays below
KEPT = 150 * MIB  # of former pages, in the driver; beyond, it is better begun anew


class Burden:
    """The processes behind one page: ours, the browser's driver, and all that the driver started."""

    def __init__(self, driver: psutil.Process) -> None:
        self._us = psutil.Process()
        self._driver = driver
        self._started: set[psutil.Process] = set()  # by the driver; kept, as a parent that died no longer names them
        self._lightest = _resident(driver)

    @property
    def bearable(self) -> bool:
        """Whether the driver still runs, and has not kept so much of former pages that it is better begun anew."""
        return _lives(self._driver) and _resident(self._driver) - self._lightest < KEPT

    @contextmanager
    def watched(self, limits: Limits) -> Iterator[asyncio.Future[str]]:
        """Watch until the end of the `with`; done, in words, once the page took more than LIMITS and was ended."""
        watching = asyncio.ensure_future(self._exceeded(limits))
        try:
            yield watching
        finally:
            watching.cancel()

    async def _exceeded(self, limits: Limits) -> str:
        ours = self._ours()
        private = {process: _private(process) for process in self._children()}
        while True:
            await asyncio.sleep(BEAT)
            if (grown := self._ours() - ours) > SHARE * limits.growth * MIB:
                self.end()
                return f"our own processes grew by {grown / MIB:.0f} MiB, so the browser was ended"
            if ended := self._lightened(private, limits.renderer * MIB):
                return ended

    def _lightened(self, before: dict[psutil.Process, int], most: float) -> str:
        """End the browser's largest process if it, or what they all have grown by, is beyond MOST bytes."""
        sizes = {process: _resident(process) for process in self._children()}
        largest = max(sizes, key=lambda process: sizes[process], default=None)
        if largest is None:
            return ""
        grown = sum(max(0, _private(process) - before.get(process, 0)) for process in sizes)
        if max(sizes[largest], grown) <= most:
            return ""
        _kill([largest])
        return f"the page's process was ended at {max(sizes[largest], grown) / MIB:.0f} MiB"

    def end(self) -> None:
        """End the driver, if it is still there, and all that it ever started."""
        _kill([self._driver, *self._children()])

    async def ended(self) -> None:
        """Wait until none of them is left."""
        while any(_lives(process) for process in (self._driver, *self._children())):
            await asyncio.sleep(BEAT / 2)

    def _ours(self) -> int:
        return _resident(self._us) + _resident(self._driver)

    def _children(self) -> set[psutil.Process]:
        with suppress(psutil.NoSuchProcess):  # it died; what it started is known
            self._started |= set(self._driver.children(recursive=True))
        self._started = {process for process in self._started if process.is_running()}
        return self._started


async def within(growth: float, work: Awaitable[T]) -> T:
    """What WORK brings; Unanswered if this process grows by more than GROWTH MiB meanwhile."""
    us = psutil.Process()
    before = _resident(us)
    working = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait([working], timeout=BEAT))[0]:
            if (grown := _resident(us) - before) > growth * MIB:
                raise Unanswered(f"our own process grew by {grown / MIB:.0f} MiB over it")
        return working.result()
    finally:
        working.cancel()


def _kill(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _lives(process: psutil.Process) -> bool:
    """Whether PROCESS still runs; one that its parent has only to take note of does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _resident(process: psutil.Process) -> int:
    """Bytes of PROCESS in memory; 0 once it is gone."""
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _private(process: psutil.Process) -> int:
    """Bytes of PROCESS in memory that are its own, where the system tells; else all."""
    try:
        memory = process.memory_info()
    except psutil.NoSuchProcess:
        return 0
    return int(memory.rss - getattr(memory, "shared", 0))
