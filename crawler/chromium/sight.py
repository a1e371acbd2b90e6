"""What an open page shows: its tree, its text and its picture, each as far as it came and no larger than agreed."""

import asyncio
import base64
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil

from playwright.async_api import CDPSession, Page, ViewportSize
from playwright.async_api import Error as PlaywrightError

from config.settings import Limits
from crawler.chromium.held import MIB
from crawler.chromium.record import Document
from crawler.chromium.strips import Strips
from crawler.chromium.world import World

VIEW = ViewportSize(width=1280, height=900)  # CSS px
TALLEST = 12_000  # CSS px of a full-page screenshot; what lies below is said to be missing
MOMENT = 0.6  # s
STRIP = 3_000  # CSS px of it in one message
SAMPLE = 200  # CSS px, in two places, that tell how much the whole will be
AT_ONCE = 28_000_000  # bytes of picture that may come in one message: strips must be unpacked to be joined
PIECE = 1_000_000  # UTF-16 units of a page's tree or text in one message
DOCTYPE = "(document.doctype ? new XMLSerializer().serializeToString(document.doctype) : '')"
DOM = f"({DOCTYPE} + (document.documentElement?.outerHTML ?? ''))"
TEXT = "(document.body?.innerText ?? '')"


@dataclass(frozen=True)
class Frame:
    """One picture of a video, taken while it played."""

    at: float  # s on the video's own clock
    body: bytes  # JPEG


@dataclass
class Sight:
    """What was seen of one page so far; it stays seen, whatever ends the look."""

    document: Document | None = None  # what was shown when the look began
    url: str = ""  # where the page was when all was seen
    dom: str = ""
    text: str = ""
    screenshot: bytes = b""  # PNG
    mhtml: bytes = b""
    frames: list[Frame] = field(default_factory=list)
    changed: bool = False  # its text, while it was kept
    missing: list[str] = field(default_factory=list)  # what could not be kept, in words

    def cut_off(self, why: str, last: Document | None, *, keep: bool) -> Document | None:
        """Say what is missing as the look was cut off, and WHY; what was seen counts only of the LAST document."""
        if last is not self.document:
            self.dom, self.text, self.screenshot, self.mhtml, self.frames = "", "", b"", b"", []
        seen = {"tree": self.dom, "text": self.text} | ({"screenshot": self.screenshot} if keep else {})
        lacking = " and no ".join(name for name, got in seen.items() if not got)
        self.missing.append(f"{why}: no {lacking}" if lacking else why)
        return last


async def written(world: World, script: str, name: str, limits: Limits, sight: Sight) -> str:
    """What SCRIPT makes of the page, as far as its UTF-8 stays within the LIMITS, asked for piece by piece.

    Half a surrogate pair is replaced.
    """
    room = limits.document * MIB
    pieces: list[str] = []
    async for piece in world.told(script, PIECE):
        room -= len(piece.encode("utf-8", "surrogatepass"))
        if room < 0:
            sight.missing.append(f"{name} beyond {limits.document:g} MiB")
            break
        pieces.append(piece)
    return "".join(pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


async def pictured(page: Page, limits: Limits, sight: Sight) -> bytes:
    """The page as PNG, as far down as is agreed; a page that cannot be drawn is said to be missing."""
    session: CDPSession = await page.context.new_cdp_session(page)
    try:
        height = ceil((await session.send("Page.getLayoutMetrics"))["cssContentSize"]["height"])
        most = min(height, TALLEST, int(limits.megapixels * 1e6 / VIEW["width"]))
        if height <= min(most, STRIP):
            return await _strip(session, 0, height)
        if height <= most and await _expected(session, height) <= AT_ONCE:
            return await _strip(session, 0, height)
        strips = Strips(VIEW["width"])
        while strips.height < most and strips.size < limits.document * MIB:
            strips.add(await _strip(session, strips.height, min(STRIP, most - strips.height)))
        if strips.height < height:
            sight.missing.append(f"the screenshot shows the first {strips.height} of {height} px")
        return strips.png()
    except PlaywrightError as problem:
        sight.missing.append(f"no screenshot: {problem.message.splitlines()[0]}")
        return b""
    finally:
        with suppress(PlaywrightError, TimeoutError):  # a page that is held up answers to nothing
            async with asyncio.timeout(MOMENT):
                await session.detach()


async def _expected(session: CDPSession, height: int) -> int:
    """How many bytes a picture of the whole page will have, by the larger of two samples."""
    samples = [len(await _strip(session, place * height // 4, SAMPLE)) for place in (1, 3)]
    return max(samples) * height // SAMPLE


async def _strip(session: CDPSession, top: int, height: int) -> bytes:
    """The page from TOP px down for HEIGHT px, as PNG."""
    clip = {"x": 0, "y": top, "width": VIEW["width"], "height": height, "scale": 1}
    shot = await session.send(
        "Page.captureScreenshot",
        {"format": "png", "optimizeForSpeed": True, "captureBeyondViewport": True, "clip": clip},
    )
    return base64.b64decode(shot["data"])
