"""The life of one Chromium, in a thread of its own: pages are asked for from outside, no Playwright object leaves."""

import asyncio
import atexit
import re
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from functools import partial

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Playwright, ProxySettings
from playwright.async_api import Error as PlaywrightError

from archive.facts import Exchange
from config.errors import MachineError
from config.system import loop_for_children, mend, root
from crawler.chromium.driver import Driver
from crawler.chromium.find import chromium
from crawler.chromium.load import Ask, Loaded, NotOpened, load
from crawler.chromium.sight import VIEW
from crawler.guard import open_way
from crawler.unanswered import UNTRUSTED, Unanswered
from crawler.ways.way import FULL, Way

RECYCLE = 100  # pages; then a fresh Chromium, so that what pages leave behind is let go
STOP = 10.0  # s for an orderly end
CLOSE = 5.0  # s for a page to close in
FELL = (PlaywrightError, TimeoutError, OSError)  # what a dead driver or Chromium shows as
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-quic",
    "--disable-sync",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # what the last one was called once
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # only the guard looks names up
    "--no-default-browser-check",
    "--no-first-run",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",  # else a page's calls go past the guard
]
UNPACKED = {"Accept-Encoding": "identity"}
LEFT_OUT = ["--disable-ipc-flooding-protection", "--disable-popup-blocking"]  # Playwright's, for trusted pages


class Browser:
    """One Chromium, started with the first page asked for; `stop` ends it."""

    def __init__(self) -> None:
        self._loop = loop_for_children()
        self._thread = threading.Thread(target=self._loop.run_forever, name="browser", daemon=True)
        self._thread.start()
        self._driver: Driver | None = None
        self._chromium: Chromium | None = None
        self._shut: Way | None = None  # where what Chromium asks for by itself ends
        self._turn = asyncio.Lock()  # one page at a time: two cores have no more to give
        self._pages = 0
        self._over = False  # from `stop` on, nothing is begun anew

    async def load(self, ask: Ask) -> Loaded:
        """Load one page, from any event loop. Raises crawler.unanswered.Unanswered where no page came."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._load(ask), self._loop))

    def stop(self) -> None:
        """End Chromium and the thread."""
        try:
            asyncio.run_coroutine_threadsafe(self._stopped(), self._loop).result(4 * STOP)
        except (TimeoutError, PlaywrightError) as problem:
            print(f"wildfree: the browser did not end in order: {problem}", file=sys.stderr)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP)
        self._loop.close()
        if self._shut is not None:
            self._shut.close()

    @property
    def own(self) -> int:
        """How many requests of Chromium's own the guard refused: no page's, and for nobody's good but its maker's."""
        return self._shut.count if self._shut else 0

    async def _load(self, ask: Ask) -> Loaded:
        async with self._turn:
            try:
                return await self._once(ask)
            except NotOpened:
                pass
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
        way = await asyncio.to_thread(open_way, ask.allow, room=ask.room)
        try:
            loaded = await self._through(way, ask)
        except Unanswered as problem:
            why = _of_certificate(problem) or way.why(problem.url)
            problem.received = way.received
            if not why:
                raise
            led_on = "" if problem.url == ask.url else f"the page led on to {problem.url}: "
            raise Unanswered(f"{led_on}{why}", problem.url, way.received) from None
        finally:
            await asyncio.to_thread(way.close)
        trouble = FULL if way.full else way.why(loaded.final_url)  # one that comes after the heads breaks off a body
        missing = (*loaded.missing, trouble) if trouble else loaded.missing
        exchanges = tuple(replace(each, address=_answerer(way, each)) for each in loaded.exchanges)
        address = way.address(loaded.final_url)
        return replace(loaded, address=address, exchanges=exchanges, received=way.received, missing=missing)

    async def _through(self, way: Way, ask: Ask) -> Loaded:
        """Load ASK in a context of its own, which knows no other way out than WAY."""
        driver, running = await self._running()
        self._pages += 1
        with driver.burden.watched(ask.limits) as heavy:
            async with asyncio.timeout(ask.limits.seconds):
                context = await running.new_context(
                    viewport=VIEW,
                    accept_downloads=False,
                    service_workers="allow" if ask.keep and not ask.light else "block",
                    extra_http_headers=UNPACKED if ask.identity else {},
                    permissions=[],
                    proxy=_proxy(way),
                )
            try:
                return await load(
                    context, ask, f"Chromium {running.version}", heavy, partial(asyncio.to_thread, way.close)
                )
            finally:
                await self._close(context)

    async def _close(self, context: BrowserContext) -> None:
        """Close CONTEXT and its pages, or end the browser that does not."""
        try:
            async with asyncio.timeout(CLOSE):
                await context.close()
        except FELL:
            await self._drop()

    async def _alive(self) -> bool:
        """Whether Chromium and Playwright's driver still answer."""
        if self._chromium is None:
            return True
        try:
            async with asyncio.timeout(STOP):
                session = await self._chromium.new_browser_cdp_session()
                await session.send("Browser.getVersion")
                await session.detach()
        except FELL:
            return False
        return True

    async def _drop(self) -> None:
        """Let go of what has died, or does not answer: by force, since it would not hear."""
        if self._driver is not None:
            self._driver.burden.end()
        with suppress(*FELL):
            await self._end()

    async def _running(self) -> tuple[Driver, Chromium]:
        """The Chromium to use now: a fresh one after RECYCLE pages, or where the last one fell over or grew fat."""
        if self._chromium and (self._pages >= RECYCLE or not self._chromium.is_connected()):
            await self._drop()
        if self._driver and not self._driver.burden.bearable:
            await self._drop()
        if self._driver is None:
            self._driver = await Driver.started()
        if self._over:
            raise Unanswered("the browser was told to end")
        if self._chromium is None:
            self._pages = 0
            if self._shut is None:
                self._shut = await asyncio.to_thread(open_way, shut=True)
            self._chromium = await _launch(self._driver.playwright, self._shut)
        return self._driver, self._chromium

    async def _stopped(self) -> None:
        """End all, and wait until the page in hand has let go; what it had just begun ends too."""
        self._over = True
        await self._end()
        async with self._turn:
            await self._end()

    async def _end(self) -> None:
        chromium, driver = self._chromium, self._driver
        self._chromium = self._driver = None
        try:
            if chromium is not None:
                async with asyncio.timeout(STOP):
                    await chromium.close()
        finally:
            if driver is not None:
                await driver.end()


def _answerer(way: Way, exchange: Exchange) -> str:
    """The address that EXCHANGE went to; "" where it went nowhere."""
    return way.address(exchange.url) if exchange.request else ""


def _of_certificate(problem: Unanswered) -> str:
    """What was wrong with the site's certificate, if that is why no page came; else ""."""
    named = re.search(r"net::(ERR_CERT_\w+|ERR_SSL_\w+)", str(problem))
    return f"{UNTRUSTED} ({named[1]})" if named else ""


def _proxy(way: Way) -> ProxySettings:
    return ProxySettings(server=way.url, bypass="<-loopback>")  # else the loopback would be asked directly


async def _launch(playwright: Playwright, shut: Way) -> Chromium:
    path = chromium()
    if path is None:
        raise MachineError(f"no Chromium on this machine. {mend('browser')}; then try again")
    return await playwright.chromium.launch(
        executable_path=path,
        args=FLAGS,
        ignore_default_args=LEFT_OUT,
        chromium_sandbox=not root(),
        proxy=_proxy(shut),
        handle_sigint=False,  # Ctrl-C is ours to answer: the page in hand is let go in order
        handle_sigterm=False,
        handle_sighup=False,
    )


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
