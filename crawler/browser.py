"""The life of one Chromium, in a thread of its own: pages are asked for from outside, no Playwright object leaves."""

import asyncio
import atexit
import os
import sys
import threading
from contextlib import suppress

from playwright.async_api import Browser as Chromium
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Playwright, async_playwright

from config.errors import MachineError
from crawler.chromium import chromium
from crawler.load import VIEW, Ask, Loaded, load
from crawler.unanswered import Unanswered

RECYCLE = 100  # pages; then a fresh Chromium, so that what pages leave behind is let go
STOP = 10.0  # s for an orderly end
FELL = (PlaywrightError, TimeoutError, OSError)  # what a dead driver or Chromium shows as
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-quic",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
]


class Browser:
    """One Chromium, started with the first page asked for; `stop` ends it."""

    def __init__(self) -> None:
        self._loop = _loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="browser", daemon=True)
        self._thread.start()
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None
        self._turn = asyncio.Lock()  # one page at a time: two cores have no more to give
        self._pages = 0

    async def load(self, ask: Ask) -> Loaded:
        """Load one page, from any event loop. Raises crawler.unanswered.Unanswered where no page came."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._load(ask), self._loop))

    def stop(self) -> None:
        """End Chromium and the thread."""
        try:
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(STOP)
        except (TimeoutError, PlaywrightError) as problem:
            print(f"wildfree: the browser did not end in order: {problem}", file=sys.stderr)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP)
        self._loop.close()

    async def _load(self, ask: Ask) -> Loaded:
        async with self._turn:
            try:
                return await self._once(ask)
            except (Unanswered, *FELL):
                if await self._alive():
                    raise
            await self._drop()  # it died under the page, and not always by the page: begin anew, once
            try:
                return await self._once(ask)
            except FELL as problem:
                await self._drop()
                raise Unanswered(
                    f"the browser died of the page, twice: {str(problem).partition(chr(10))[0]}"
                ) from None

    async def _once(self, ask: Ask) -> Loaded:
        running = await self._running()
        self._pages += 1
        context = await running.new_context(viewport=VIEW, accept_downloads=False, service_workers="block")
        try:
            return await load(context, ask, f"Chromium {running.version}")
        finally:
            with suppress(*FELL):
                async with asyncio.timeout(STOP):
                    await context.close()

    async def _alive(self) -> bool:
        """Whether Chromium and Playwright's driver still answer."""
        if self._chromium is None:
            return True
        try:
            async with asyncio.timeout(STOP):
                await (await self._chromium.new_browser_cdp_session()).send("Browser.getVersion")
        except FELL:
            return False
        return True

    async def _drop(self) -> None:
        """Let go of what has died."""
        with suppress(*FELL):
            async with asyncio.timeout(STOP):
                await self._end()
        self._chromium = self._playwright = None

    async def _running(self) -> Chromium:
        """The Chromium to use now: a fresh one after RECYCLE pages, or where the last one fell over."""
        if self._chromium and (self._pages >= RECYCLE or not self._chromium.is_connected()):
            await self._drop()
        if self._playwright is None:
            self._playwright = await async_playwright().start()
        if self._chromium is None:
            self._pages = 0
            self._chromium = await _launch(self._playwright)
        return self._chromium

    async def _end(self) -> None:
        if self._chromium is not None:
            await self._chromium.close()
        if self._playwright is not None:
            await self._playwright.stop()
        self._chromium = self._playwright = None


def _loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":  # the reactor's loop there cannot start a child process; this one can
        return asyncio.ProactorEventLoop()
    return asyncio.new_event_loop()


async def _launch(playwright: Playwright) -> Chromium:
    path = chromium()
    if path is None:
        raise MachineError(
            "no Chromium on this machine. Install one (Debian: apt-get install chromium), then try again"
        )
    return await playwright.chromium.launch(
        executable_path=path,
        args=FLAGS,
        chromium_sandbox=not _root(),
        handle_sigint=False,  # Ctrl-C is ours to answer: the page in hand is let go in order
        handle_sigterm=False,
        handle_sighup=False,
    )


def _root() -> bool:
    """Whether we run as root, for whom Chromium has no sandbox. Windows knows no such thing."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


_shared: list[Browser] = []


def shared() -> Browser:
    """The one browser of this process; it ends with the process."""
    if not _shared:
        _shared.append(Browser())
        atexit.register(close)
    return _shared[0]


def close() -> None:
    """End this process's browser, if one runs."""
    while _shared:
        _shared.pop().stop()
