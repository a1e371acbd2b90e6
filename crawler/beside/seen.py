"""What is seen of one page, as it stands in the window at one moment: nothing is asked for, nothing scrolled."""

import asyncio
import base64
import io
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

from PIL import Image, ImageDraw
from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from archive.facts import Exchange, Exhibit
from config.settings import Limits
from crawler.beside.cdp import Session
from crawler.beside.frames import Frames, box_of
from crawler.beside.light import Light
from crawler.beside.own import Box, Shown, shown
from crawler.chromium.mhtml import packed
from crawler.chromium.sight import DOM, TEXT, Sight, written
from crawler.chromium.world import World
from crawler.reading.heads import Headers

NOWHERE = (0.0, 0.0, 0.0, 0.0)
TRIES = 3  # to draw a picture while nothing in it moves


class Beside(World):
    """A page's tree, seen from beside its scripts: none of them is ever stopped, whatever becomes of our question."""

    def __init__(self, session: Session, frame: str) -> None:
        super().__init__(cast("CDPSession", session), frame)

    async def _call(self, script: str, more: dict[str, Any]) -> dict[str, Any]:
        asked = {"functionDeclaration": script, "awaitPromise": True} | more
        answer = await self._session.send("Runtime.callFunctionOn", asked)
        if "exceptionDetails" in answer:
            raise PlaywrightError(str(answer["exceptionDetails"].get("text", "a script of ours failed")))
        result: dict[str, Any] = answer["result"]
        return result


@dataclass(frozen=True)
class Seen:
    """One page as it stood there; what is the volunteer's own is still in it, but for the picture."""

    url: str
    asked: str  # the address of the platform's that led to it
    status: int
    headers: Headers
    cached: bool  # it came from the browser's own memory, and the site was not asked
    dom: str
    text: str
    screenshot: bytes  # PNG, of what was in view; the account's own and other sites' frames are black in it
    view: str  # how large that is, and where in the page
    mhtml: bytes
    own: Shown
    exchanges: tuple[Exchange, ...]
    remembered: tuple[Exhibit, ...]  # pictures from the browser's own memory
    missing: tuple[str, ...]
    within: bool = False  # its document went on to it by itself, without loading: no answer brought it


@dataclass
class Looking:
    """One tab to look at."""

    session: Session
    frame: str
    frames: Frames
    light: Light
    own: tuple[str, ...]  # CSS of what is the volunteer's own
    limits: Limits
    sight: Sight = field(default_factory=Sight)

    async def look(self, *, whole: bool) -> tuple[Sight, Shown, str]:
        """What is to be seen, what of it is the volunteer's own, and how large the picture is; WHOLE: MHTML too.

        PlaywrightError where the page went on meanwhile.
        """
        world = Beside(self.session, self.frame)
        before = await self._own()
        self.sight.text = await written(world, TEXT, "the page's text", self.limits, self.sight)
        async with self.light.out_of_sight():
            view = await self._pictured(world)
        self.sight.dom = await written(world, DOM, "the page's tree", self.limits, self.sight)
        if whole:
            self.sight.mhtml = await packed(cast("CDPSession", self.session), self.limits, self.sight)
        after = await self._own()
        words, pictures = (*before.words, *after.words), (*before.pictures, *after.pictures)
        return self.sight, Shown(words, pictures, after.boxes), view

    async def _pictured(self, world: World) -> str:
        """Take the picture of what is in view, if what must be black in it stands still for that long."""
        try:
            for _ in range(TRIES):
                boxes = await self._boxes()
                shot = await self.session.send("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True})
                if boxes == await self._boxes():
                    png = base64.b64decode(shot["data"])
                    told = await self.session.send("Page.getLayoutMetrics")
                    view = told["cssVisualViewport"]
                    scale = float(await world.run("() => devicePixelRatio"))
                    self.sight.screenshot = await asyncio.to_thread(blackened, png, boxes, scale) if boxes else png
                    return _place(view, told["cssContentSize"])
            self.sight.missing.append("no screenshot: what must be black in it did not stand still")
        except PlaywrightError as problem:
            self.sight.missing.append(f"no screenshot: {problem.message.splitlines()[0]}")
        return ""

    async def _boxes(self) -> list[Box]:
        return [*(await self._own()).boxes, *await self.frames.boxes(self.session)]

    async def _own(self) -> Shown:
        """What the page and the platform's own frames in it show of the account."""
        parts = [await shown(self.session, self.frame, self.own)]
        if self.own:
            parts += [await self._within(frame) for frame in self.frames.ours]
        return Shown(
            tuple(word for part in parts for word in part.words),
            tuple(picture for part in parts for picture in part.pictures),
            tuple(box for part in parts for box in part.boxes),
        )

    async def _within(self, frame: str) -> Shown:
        """What FRAME shows of the account; where it cannot be asked, as of another process, it is all black."""
        place = None
        with suppress(PlaywrightError):  # it may be gone
            place = await box_of(self.session, frame, "content")
        try:
            found = await shown(self.session, frame, self.own)
        except PlaywrightError:
            return Shown((), (), (place,) if place else ())
        return found.within(place or NOWHERE)


def _place(view: dict[str, float], page: dict[str, float]) -> str:
    size = f"{view['clientWidth']:.0f}x{view['clientHeight']:.0f}"
    return f"{size} in view, from {view['pageY']:.0f} px of {page['height']:.0f}"


def blackened(png: bytes, boxes: Iterable[Box], scale: float) -> bytes:
    """PNG with BOXES black in it; SCALE: how many of its pixels make a CSS px."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as opened:
        picture = opened.convert("RGB")
    draw = ImageDraw.Draw(picture)
    for left, top, right, bottom in boxes:
        draw.rectangle((left * scale - 2, top * scale - 2, right * scale + 2, bottom * scale + 2), fill="black")
    made = io.BytesIO()
    picture.save(made, "PNG", compress_level=1)
    return made.getvalue()
