"""Loads one page in an open Chromium, and keeps what that one load delivered and showed."""

import asyncio
import base64
import time
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, CDPSession, Page, Request, Response, ViewportSize
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from crawler.record import Recorder
from crawler.unanswered import Unanswered
from crawler.world import World, drawn, looked_through, scrolled

VIEW = ViewportSize(width=1280, height=900)  # CSS px
TALLEST = 12_000  # CSS px of a full-page screenshot; what lies below is said to be missing
MOST = 20_000_000  # characters of a page's tree, and of its text
MOST_BYTES = 20 * 1024 * 1024  # of pictures kept from one page
DOCTYPE = "(document.doctype ? new XMLSerializer().serializeToString(document.doctype) : '')"
DOM = f"({DOCTYPE} + (document.documentElement?.outerHTML ?? ''))"
TEXT = "(document.body?.innerText ?? '')"


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
    asked: float  # POSIX seconds: when the address was asked for
    final_url: str
    status: int
    payload: bytes  # the document's body, content-decoded, else as delivered
    media_type: str
    dom: str
    text: str
    screenshot: bytes = b""  # PNG
    pictures: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # address -> media type, body
    headers: tuple[tuple[str, str], ...] = ()  # of the document
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
    world = World(recorder.session, recorder.frame)
    delivered: list[Response] = []
    failed: list[Request] = []
    page.on("response", lambda response: delivered.append(response))  # noqa: PLW0108  (Playwright marks what it is handed)
    page.on("requestfailed", lambda request: failed.append(request))  # noqa: PLW0108
    asked = time.time()
    try:
        answer = await page.goto(ask.url, wait_until="load", timeout=ask.seconds * 1000)
    except PlaywrightError as problem:
        raise (Unanswered(recorder.refused) if recorder.refused else problem) from None
    if answer is None:
        raise Unanswered("the address names a place within a page, not a page")
    await drawn(world, ask.marks, answer.status)
    await scrolled(page, world, ask.grows, ask.scrolls)
    missing: list[str] = []
    pictures: dict[str, tuple[str, bytes]] = {}
    screenshot = b""
    if ask.keep:
        await looked_through(world, ask.seconds / 4)
        screenshot = await _screenshot(page, missing)
        pictures = await _pictures(delivered, missing)
    loader, document = await recorder.shown()
    dom = await _written(world, DOM, "the page's tree", missing)
    text = await _written(world, TEXT, "the page's text", missing)
    if not page.url.startswith(("http://", "https://")):
        raise Unanswered(recorder.refused or _why(page, failed))
    if document is None or loader != (await recorder.shown())[0]:
        raise Unanswered("the browser showed a page that no answer brought, or went on while it was read")
    if document.body is None:
        missing.append("the document as delivered: too large, or a download")
    return Loaded(
        browser=browser,
        asked=asked,
        final_url=page.url,
        status=document.status,
        payload=document.body or b"",
        media_type=document.media_type,
        dom=dom,
        text=text,
        screenshot=screenshot,
        pictures=pictures,
        headers=document.headers,
        missing=tuple(missing),
    )


def _why(page: Page, failed: list[Request]) -> str:
    """Why the page ended where no site is: the last document it asked for in vain."""
    led = [request for request in failed if request.is_navigation_request()]
    return f"the page led on to {led[-1].url}: {led[-1].failure}" if led else f"the page led on to {page.url}"


async def _written(world: World, script: str, name: str, missing: list[str]) -> str:
    """What SCRIPT makes of the page, no longer than the browser can hand over; half a surrogate pair is replaced."""
    length, text = await world.run(
        f"most => {{ const all = {script}; return [all.length, all.slice(0, most)] }}", MOST
    )
    if length > MOST:
        missing.append(f"{name} beyond {MOST} of {length} characters")
    return str(text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


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
