"""Loads one page in an open Chromium, and keeps what that one load delivered and showed."""

import asyncio
import base64
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, CDPSession, Page, Request, Response, ViewportSize
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from crawler.record import Recorder
from crawler.unanswered import Unanswered

VIEW = ViewportSize(width=1280, height=900)  # CSS px
TALLEST = 12_000  # CSS px of a full-page screenshot; what lies below is said to be missing
SETTLE = 5.0  # s to wait for the marks of a page that draws itself; then we look at what is there
QUIET = 0.6  # s in which a page that has more to show after a scroll, or an error to explain, will have begun
GROW = 5.0  # s to wait for more cards once it has asked
MOST_BYTES = 20 * 1024 * 1024  # of pictures kept from one page
SCREENS = 30  # how far a listing is scrolled through, so that pictures loaded on sight are there


@dataclass(frozen=True)
class Ask:
    """What to load, and what shows that it is there."""

    url: str
    marks: tuple[str, ...] = ()  # CSS: any of these shows that the page has drawn itself
    grows: str = ""  # CSS of the cards that scrolling adds to
    scrolls: int = 0  # how often to scroll for more of them
    keep: bool = False  # screenshot and pictures too
    seconds: float = 60


@dataclass(frozen=True)
class Loaded:
    """One page as one load delivered and showed it."""

    browser: str  # its name and version
    final_url: str
    status: int
    payload: bytes  # the document's body, content-decoded, else as delivered
    media_type: str
    dom: str
    text: str
    screenshot: bytes = b""  # PNG
    pictures: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # address -> media type, body
    missing: tuple[str, ...] = ()  # what could not be kept, in words


async def load(context: BrowserContext, ask: Ask, browser: str) -> Loaded:
    """Load ASK in a new page of CONTEXT and close it; raises Unanswered where no page came. BROWSER: its version."""
    page = await context.new_page()
    try:
        async with asyncio.timeout(ask.seconds):
            return await _load(page, ask, browser)
    except (PlaywrightTimeout, TimeoutError):
        raise Unanswered(f"no page within {ask.seconds:g} s") from None
    except PlaywrightError as problem:
        raise Unanswered(problem.message.splitlines()[0]) from None
    finally:
        await page.close()


async def _load(page: Page, ask: Ask, browser: str) -> Loaded:
    recorder = await Recorder.watching(page)
    delivered: list[Response] = []
    page.on("response", lambda response: delivered.append(response))  # noqa: PLW0108  (Playwright marks what it is handed)
    answer = await page.goto(ask.url, wait_until="load", timeout=ask.seconds * 1000)
    if answer is None:
        raise Unanswered("the address names a place within a page, not a page")
    await _drawn(page, ask, answer.status)
    await _scrolled(page, ask)
    missing: list[str] = []
    pictures: dict[str, tuple[str, bytes]] = {}
    screenshot = b""
    if ask.keep:
        await _looked_through(page, ask)
        screenshot = await _screenshot(page, missing)
        pictures = await _pictures(delivered, missing)
    dom = await page.content()
    text = await page.evaluate("document.body?.innerText ?? ''")
    if not recorder.documents:
        raise Unanswered("the browser showed a page that no answer brought")
    document = recorder.documents[-1]  # of several, where the page itself led on, the one that is shown
    if document.body is None:
        missing.append("the document as delivered: too large, or a download")
    return Loaded(
        browser=browser,
        final_url=page.url,
        status=document.status,
        payload=document.body or b"",
        media_type=document.media_type,
        dom=dom,
        text=text,
        screenshot=screenshot,
        pictures=pictures,
        missing=tuple(missing),
    )


async def _drawn(page: Page, ask: Ask, status: int) -> None:
    """Wait until one of the marks stands there with words in it; a page that shows none is looked at as it is."""
    if not ask.marks:
        return
    written = """marks => marks.some(css =>
        [...document.querySelectorAll(css)].some(element => element.textContent.trim()))"""
    try:
        await page.wait_for_function(written, arg=list(ask.marks), timeout=(SETTLE if status < 400 else QUIET) * 1000)
    except PlaywrightTimeout:
        return


async def _scrolled(page: Page, ask: Ask) -> None:
    """Scroll to the end while that brings more cards, at most as often as asked."""
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108  (Playwright marks what it is handed)
    for _ in range(ask.scrolls):
        before = await page.locator(ask.grows).count()
        asked.clear()
        await page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        if not await _grown(page, ask, before, QUIET) and not (asked and await _grown(page, ask, before, GROW)):
            return


async def _grown(page: Page, ask: Ask, before: int, seconds: float) -> bool:
    """Whether there are more cards than BEFORE within SECONDS."""
    more = "([css, before]) => document.querySelectorAll(css).length > before"
    try:
        await page.wait_for_function(more, arg=[ask.grows, before], timeout=seconds * 1000)
    except PlaywrightTimeout:
        return False
    return True


async def _looked_through(page: Page, ask: Ask) -> None:
    """Scroll through the page and wait for its pictures, so that those loaded on sight are there."""
    script = """async most => {
        for (let at = 0, screens = 0; at < document.documentElement.scrollHeight && screens < most; screens++) {
            window.scrollTo(0, at += window.innerHeight);
            await new Promise(requestAnimationFrame);
        }
        window.scrollTo(0, 0);
        await Promise.allSettled([...document.images].map(image => image.decode()));
    }"""
    try:
        async with asyncio.timeout(ask.seconds / 4):
            await page.evaluate(script, SCREENS)
    except TimeoutError:
        return


async def _screenshot(page: Page, missing: list[str]) -> bytes:
    """The full page as PNG, down to TALLEST; a page that cannot be drawn is said to be missing."""
    session: CDPSession = await page.context.new_cdp_session(page)
    try:
        size = (await session.send("Page.getLayoutMetrics"))["cssContentSize"]
        height = min(size["height"], TALLEST)
        if size["height"] > TALLEST:
            missing.append(f"the screenshot shows the first {TALLEST} of {size['height']:.0f} px")
        clip = {"x": 0, "y": 0, "width": VIEW["width"], "height": height, "scale": 1}
        shot = await session.send(
            "Page.captureScreenshot",
            {"format": "png", "optimizeForSpeed": True, "captureBeyondViewport": True, "clip": clip},
        )
    except PlaywrightError as problem:
        missing.append(f"no screenshot: {problem.message.splitlines()[0]}")
        return b""
    finally:
        await session.detach()
    return base64.b64decode(shot["data"])


async def _pictures(delivered: list[Response], missing: list[str]) -> dict[str, tuple[str, bytes]]:
    """The bodies of the pictures that the page itself loaded, by address."""
    pictures: dict[str, tuple[str, bytes]] = {}
    room = MOST_BYTES
    for response in delivered:
        if response.request.resource_type != "image" or not response.ok:
            continue
        try:
            body = await response.body()
        except PlaywrightError as problem:
            missing.append(f"picture {response.url}: {problem.message.splitlines()[0]}")
            continue
        room -= len(body)
        if room < 0:
            missing.append(f"pictures beyond {MOST_BYTES} bytes")
            break
        pictures[response.url] = ((await response.header_value("content-type")) or "", body)
    return pictures
