"""Loads one page in an open Chromium, and keeps what that one load delivered and showed, as far as it came."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any

from playwright.async_api import BrowserContext, Page, Request
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from archive.facts import Exchange
from config.settings import Limits
from crawler.chromium.frames import filmed
from crawler.chromium.light import Light
from crawler.chromium.mhtml import packed
from crawler.chromium.record import Admits, Recorder
from crawler.chromium.sight import DOM, TEXT, Frame, Sight, pictured, written
from crawler.chromium.world import World, drawn, looked_through, scrolled, there
from crawler.reading.heads import Headers
from crawler.unanswered import Unanswered

OPENING = 10.0  # s for an empty page; a browser that needs longer will not do it at all
LOADING = 0.5  # of a page's time, for all that it loads; then it is looked at with what has come
LOOKING = 0.25  # of it, for looking through the page
MOMENT = 0.2  # s
STOP = 2.0  # s in which a look that was cut off must have ended


Shut = Callable[[], Awaitable[None]]


class NotOpened(Unanswered):
    """The browser opened no page: a page before has broken it."""


@dataclass(frozen=True)
class Ask:
    """What to load, and what shows that it is there."""

    url: str
    marks: tuple[str, ...] = ()  # CSS: any of these shows that the page has drawn itself
    grows: str = ""  # CSS of the cards that scrolling adds to
    scrolls: int = 0  # how often to scroll for more of them
    keep: bool = False  # screenshot and pictures too
    pictured: str = ""  # CSS: where it stands, a screenshot is taken all the same
    limits: Limits = field(default_factory=Limits)  # how much the page may take from us
    admits: Admits | None = None  # asked before each address that the page leads on to
    allow: tuple[str, ...] = ()  # private addresses that it may ask; see config/allow.py
    room: float = inf  # bytes that it may bring, with all that it loads
    light: bool = False  # of pictures only those that `pictures` names; no fonts, no media, no archive of the page
    pictures: str = ""  # CSS of the listing's own pictures
    video: str = ""  # CSS of the listing's own video, of which pictures are taken while it plays
    identity: bool = False  # ask for nothing packed, so that what is kept is what came over the wire


@dataclass(frozen=True)
class Loaded:
    """One page as one load delivered and showed it; where that was cut off, `missing` says by what."""

    browser: str  # its name and version
    asked: float  # POSIX seconds: when the address was asked for
    final_url: str
    status: int
    payload: bytes  # the document's body, content-decoded, else as delivered
    media_type: str
    dom: str
    text: str
    screenshot: bytes = b""  # PNG
    mhtml: bytes = b""
    frames: tuple[Frame, ...] = ()  # of its video
    exchanges: tuple[Exchange, ...] = ()  # all that the page asked for, in that order
    left_out: int = 0  # what a light look did not ask for
    headers: Headers = ()  # of the document
    missing: tuple[str, ...] = ()  # what could not be kept, in words
    changed: bool = False  # the page's text, while it was kept: screenshot and tree may show another moment
    received: int = 0  # bytes that all of the page brought, as delivered
    address: str = ""  # that the document came from

    @property
    def pictures(self) -> dict[str, tuple[str, bytes]]:
        """The pictures that came: address -> media type, body."""
        return {
            each.url: (each.media_type, each.payload)
            for each in self.exchanges
            if each.kind == "Image" and each.payload is not None and each.status and 200 <= each.status < 300
        }


async def load(context: BrowserContext, ask: Ask, browser: str, heavy: asyncio.Future[str], shut: Shut) -> Loaded:
    """Load ASK in a new page of CONTEXT; raises Unanswered where no page came. BROWSER: its name and version.

    When all is seen, SHUT ends the page's way out, so that nothing is asked for that is not recorded.
    What was delivered before the page ran out of time, broke down or grew too HEAVY is kept.
    """
    patience = min(OPENING, ask.limits.seconds)
    try:
        async with asyncio.timeout(patience):
            page, recorder = await _opened(context, ask)
    except TimeoutError:
        raise NotOpened(f"the browser opened no page within {patience:g} s") from None
    sight = Sight()
    asked = time.time()
    try:
        looking = asyncio.ensure_future(_looked(page, ask, recorder, sight))
        cut = await _cut_off(looking, [recorder.over, heavy, _broken(page)], ask.limits.seconds)
        if cut:
            await recorder.let_go()
    except PlaywrightError as problem:
        raise Unanswered(problem.message.splitlines()[0], ask.url) from None
    finally:
        await shut()
        await recorder.close()
    document = sight.cut_off(cut, recorder.last, keep=ask.keep) if cut else sight.document
    if document is None:
        raise Unanswered(cut, ask.url)
    return Loaded(
        browser=browser,
        asked=asked,
        final_url=sight.url or document.url,
        status=document.status,
        payload=document.body or b"",
        media_type=document.media_type,
        dom=sight.dom,
        text=sight.text,
        screenshot=sight.screenshot,
        mhtml=sight.mhtml,
        frames=tuple(sight.frames),
        exchanges=recorder.journal.exchanges() if recorder.journal else (),
        left_out=recorder.light.left_out if recorder.light else 0,
        headers=document.headers,
        missing=(*sight.missing, *recorder.missing),
        changed=sight.changed,
    )


async def _opened(context: BrowserContext, ask: Ask) -> tuple[Page, Recorder]:
    page = await context.new_page()
    light = Light(ask.pictures) if ask.light else None
    recorder = await Recorder.watching(page, ask.limits, ask.admits, light, keep=ask.keep)
    if light:
        light.world = World(recorder.session, recorder.frame)
        page.on("domcontentloaded", lambda _: light.ready.set())
    return page, recorder


def _broken(page: Page) -> asyncio.Future[str]:
    """Done when PAGE has broken down."""
    broken: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def break_off(_: Page) -> None:
        if not broken.done():
            broken.set_result("the page's process broke down")

    page.on("crash", break_off)
    return broken


async def _cut_off(looking: asyncio.Future[None], ends: list[asyncio.Future[str]], seconds: float) -> str:
    """Wait until LOOKING is done, and say in words what cut it off: one of ENDS, or the time; "" if nothing did."""
    tasks: list[asyncio.Future[Any]] = [looking, *ends]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if looking.done() and looking.exception():  # what broke it off may show a moment later
            await asyncio.wait(ends, timeout=MOMENT, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            if end.done():
                return end.result()
        if not looking.done():
            return f"no whole page within {seconds:g} s"
        looking.result()
        return ""
    finally:
        looking.cancel()
        await asyncio.wait([looking], timeout=STOP)  # not for ever: what waits for a page that is held up may not end


async def _looked(page: Page, ask: Ask, recorder: Recorder, sight: Sight) -> None:
    """Load the page and see all of it into SIGHT; raises Unanswered where it ends at no site's page."""
    vain: deque[Request] = deque(maxlen=1)  # the document that was last asked for and did not come
    page.on("requestfailed", lambda request: vain.append(request) if request.is_navigation_request() else None)
    world = World(recorder.session, recorder.frame)
    status = await _arrived(page, ask, vain, sight)
    await drawn(world, ask.marks, status)
    await scrolled(page, world, ask.grows, ask.scrolls)
    if ask.keep and not await looked_through(world, LOOKING * ask.limits.seconds):
        sight.missing.append(f"what was to come to sight after {LOOKING * ask.limits.seconds:g} s of looking through")
    loader, sight.document = await recorder.shown()
    sight.text = await written(world, TEXT, "the page's text", ask.limits, sight)
    if ask.keep or (ask.pictured and await there(world, ask.pictured)):
        sight.screenshot = await pictured(page, ask.limits, sight)
    sight.dom = await written(world, DOM, "the page's tree", ask.limits, sight)
    if ask.keep and not ask.light:
        sight.mhtml = await packed(recorder.session, ask.limits, sight)
    sight.changed = ask.keep and sight.text != await written(world, TEXT, "", ask.limits, Sight())
    if not page.url.startswith(("http://", "https://")):
        raise Unanswered(*_led_nowhere(page, vain))
    if sight.document is None or loader != (await recorder.shown())[0]:
        raise Unanswered("the browser showed a page that no answer brought, or went on while it was read")
    if sight.document.body is None:
        sight.missing.append("the document as delivered: it was a download")
    sight.url = page.url
    if ask.video:
        await filmed(recorder.session, world, ask.video, sight)
    if recorder.journal is not None:
        await recorder.journal.drain()


async def _arrived(page: Page, ask: Ask, vain: deque[Request], sight: Sight) -> int:
    """Go to the page, and wait for what it loads as long as there is time for that; the status it began with."""
    time_up = time.monotonic() + LOADING * ask.limits.seconds
    try:
        answer = await page.goto(ask.url, wait_until="commit", timeout=0)
        await page.wait_for_load_state("load", timeout=max(time_up - time.monotonic(), MOMENT) * 1000)
    except PlaywrightTimeout:
        sight.missing.append(f"what was still to be loaded after {LOADING * ask.limits.seconds:g} s")
    except PlaywrightError as problem:
        raise Unanswered(problem.message.splitlines()[0], vain[-1].url if vain else ask.url) from None
    if answer is None:
        raise Unanswered("the address names a place within a page, not a page", ask.url)
    return answer.status


def _led_nowhere(page: Page, vain: deque[Request]) -> tuple[str, str]:
    """Why the page ended where no site is, and the address."""
    if vain:
        return f"the page led on to {vain[-1].url}: {vain[-1].failure}", vain[-1].url
    return f"the page led on to {page.url}", page.url
