"""Watches how much memory one page takes from us and from its browser, and ends the process that takes too much."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from threading import Event, Thread
from typing import TypeVar

import psutil

from config.settings import Limits
from crawler.unanswered import Unanswered

T = TypeVar("T")
MIB = 1024 * 1024
BEAT = 0.02  # s between two looks at our own processes
SELDOM = 5  # beats between two looks at the browser's: they are many, and to find them takes time
SHARE = 0.8  # of the growth that we allow: past it the page is ended, so that what still comes stays below
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
        """Watch until the end of the `with`; done, in words, once the page took more than LIMITS and was ended.

        It is done in a thread of its own: a page that floods us keeps our loop from its turn.
        """
        loop = asyncio.get_running_loop()
        exceeded: asyncio.Future[str] = loop.create_future()
        over = Event()
        watching = Thread(target=self._watch, args=(limits, over, partial(_tell, loop, exceeded)), daemon=True)
        watching.start()
        try:
            yield exceeded
        finally:
            over.set()
            watching.join()
            exceeded.cancel()

    def _watch(self, limits: Limits, over: Event, tell: Callable[[str], None]) -> None:
        """TELL once what was too much, and was ended; stop when it is OVER."""
        ours = self._ours()
        private = {process: _private(process) for process in self._children()}
        ended, beats = "", count(1)
        while not ended and not over.wait(BEAT):
            ended = self._ended(limits, ours)
            if not ended and next(beats) % SELDOM == 0:
                ended = self._lightened(private, limits.renderer * MIB)
        if ended:
            tell(ended)

    def _ended(self, limits: Limits, before: int) -> str:
        """End the browser if our own processes have grown too much since BEFORE, in bytes."""
        grown = self._ours() - before
        if grown <= SHARE * limits.growth * MIB:
            return ""
        self.end()
        return f"our own processes grew by {grown / MIB:.0f} MiB, so the browser was ended"

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
            await asyncio.sleep(BEAT)

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
        while not (await asyncio.wait([working], timeout=5 * BEAT))[0]:
            if (grown := _resident(us) - before) > growth * MIB:
                raise Unanswered(f"our own process grew by {grown / MIB:.0f} MiB over it")
        return working.result()
    finally:
        working.cancel()


def _tell(loop: asyncio.AbstractEventLoop, future: asyncio.Future[str], said: str) -> None:
    """Have LOOP answer FUTURE by what was SAID, from another thread."""

    def answer() -> None:
        if not future.done():
            future.set_result(said)

    loop.call_soon_threadsafe(answer)


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
