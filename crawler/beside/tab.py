"""One tab of the volunteer's browser: hears what its pages ask for, and looks at each once it has come to rest."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Error as PlaywrightError

from config.platform import Platform
from config.settings import Limits
from crawler.beside import late, rest
from crawler.beside.blackout import Own
from crawler.beside.frames import recorded
from crawler.beside.light import Light
from crawler.beside.own import Shown
from crawler.beside.seen import Beside, Looking, Seen
from crawler.beside.traffic import Paper, Traffic
from crawler.beside.wire import Wire
from crawler.chromium.branch import Branch
from crawler.chromium.held import MIB
from crawler.chromium.sight import Sight
from crawler.reading.heads import kept

ATTACH = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
LOADING = 30.0  # s for all that a page loads; then it is looked at with what has come
LEFT = "it was left before it had come to rest"
Told = dict[str, Any]


@dataclass(frozen=True)
class Beholder:
    """What a tab needs to know of whoever looks."""

    site: Platform
    limits: Limits
    own: Own
    saw: Callable[[Seen], Awaitable[None]]
    lost: Callable[[str, str], None]  # an address, and why its page was not recorded
    abroad: Callable[[str, str], None]  # an address of the platform's led to this one of another site
    whole: Callable[[str], bool]  # whether an address is a listing's: then MHTML is taken, too
    what: Callable[[str], str]  # what an address shows, so that two of the same are one page
    css: str  # of the cards of a search, as a browser understands it; "": none is known
    lit: Callable[[], None]  # told when the light of a tab goes on or off
    ended: Callable[[asyncio.Task[None]], None]  # handed whatever the tab did, once it is done


class Tab:
    """A tab from its beginning. It records the platform's own pages, and of others not a word."""

    def __init__(self, wire: Wire, name: str, frame: str, beholder: Beholder) -> None:
        self._wire, self._frame, self._to = wire, frame, beholder
        self._traffic = Traffic(beholder.site, frame, beholder.own, round(beholder.limits.document * MIB))
        self.session = wire.session(name, lambda event, told: self._hear(self._main, event, told))
        self._main = Branch(self.session, "page", "", _deaf, _idle)
        self._traffic.join(name, self._main)
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = ""
        self.light = Light(self.session)

    async def begin(self) -> None:
        """Hear all that it does from now on. Its first request waits until we do."""
        await self._begun(self._main, "Page.enable")
        with suppress(PlaywrightError):  # a tab that the browser opened by itself did not wait for us
            tree = (await self.session.send("Page.getFrameTree"))["frameTree"]
            if not self.url:
                self._went(tree["frame"])
                for child in tree.get("childFrames", ()):
                    self._hear(self._main, "Page.frameNavigated", child)

    async def _begun(self, branch: Branch, *more: str) -> None:
        room = {"maxTotalBufferSize": round(2 * self._to.limits.document * MIB)}
        asked: list[tuple[str, Told]] = [("Network.enable", room), ("Target.setAutoAttach", ATTACH)]
        asked += [(each, {}) for each in (*more, "Runtime.runIfWaitingForDebugger")]
        # All at once: a target that waits answers to nothing before it is let run.
        await asyncio.gather(*(branch.send(*each) for each in asked), return_exceptions=True)

    def end(self) -> None:
        """Let go of it: it was closed."""
        for name in self._traffic.branches:
            self._wire.gone(name)
        self._left()
        self._traffic.end()
        for task in self._tasks:
            task.cancel()

    def _hear(self, branch: Branch, event: str, told: Told) -> None:
        match event:
            case "Target.attachedToTarget":
                self._grown(told)
            case "Target.detachedFromTarget":
                self._traffic.branches.pop(told["sessionId"], None)
                self._wire.gone(told["sessionId"])
            case "Page.frameNavigated" if told["frame"]["id"] == self._frame:
                self._went(told["frame"])
            case "Page.frameNavigated":
                frame = told["frame"]
                self._traffic.frames.went(frame["id"], frame["url"], frame.get("parentId", ""))
            case "Page.navigatedWithinDocument" if told["frameId"] == self._frame:
                self._went_within(told["url"])
            case "Page.frameDetached" if told.get("reason") == "remove":
                self._traffic.frames.gone(told["frameId"])
            case "Page.frameResized" if self.light.on:
                self._do(self.light.turn(on=True))
            case _ if event.startswith("Network."):
                self._traffic.hear(branch, event, told)

    def _grown(self, told: Told) -> None:
        """A frame of its own process, or a worker, has begun."""
        name, about = told["sessionId"], told["targetInfo"]
        session = self._wire.session(name, lambda event, said: self._hear(branch, event, said))
        branch = Branch(session, about["type"], about["url"], _deaf, _idle)
        self._traffic.join(name, branch)
        more = ["Page.enable"] if about["type"] == "iframe" else []
        self._do(self._begun(branch, *more))

    def _went(self, frame: Told) -> None:
        """Another document is shown."""
        self._left()
        self.url = frame["url"] + frame.get("urlFragment", "")
        paper, led = self._traffic.arrived(frame["loaderId"], self.url)
        self.light.on = paper is not None
        self._do(self.light.turn(on=self.light.on))
        self._to.lit()
        if led:
            self._to.abroad(led, self.url)
        if paper is not None and not (paper.looked and self._to.whole(paper.asked)):
            self._do(self._looked(paper, self.url))

    def _went_within(self, url: str) -> None:
        """The page goes on by itself, without a document: a page of its own, if it shows something else."""
        other, paper = self._to.what(url) != self._to.what(self.url), self._traffic.paper
        self.url = url
        if other and paper is not None and recorded(self._to.site, url):
            paper.looked, paper.asked = False, url
            self._do(self._looked(paper, url))

    def _left(self) -> None:
        """What is shown is left."""
        paper, self._traffic.paper = self._traffic.paper, None
        if paper is not None:
            paper.notes.end()
            if not paper.looked:
                self._to.lost(self.url, LEFT)

    async def _looked(self, paper: Paper, url: str) -> None:
        """Look at the page at URL when it has come to rest, and again each time that it shows more cards."""
        missing: tuple[str, ...] = ()
        with suppress(PlaywrightError):  # the page went on: nothing is to be seen of it any more
            try:
                async with asyncio.timeout(LOADING):
                    await rest.loaded(Beside(self.session, self._frame))
            except TimeoutError:
                missing = (f"what was still to be loaded after {LOADING:g} s",)
            while self._still(paper, url):
                cards = await self._look(paper, url, missing)
                if not cards:
                    return
                await rest.grown(Beside(self.session, self._frame), self._to.css, cards)

    async def _look(self, paper: Paper, url: str, missing: tuple[str, ...]) -> int:
        """Look at the page once; how many cards it had."""
        world = Beside(self.session, self._frame)
        await paper.notes.quiet()
        await rest.settled(world)
        cards = await rest.count(world, self._to.css) if self._to.css else 0
        css = self._to.site.browsing.own if self._to.site.browsing else ()
        looking = Looking(self.session, self._frame, self._traffic.frames, self.light, css, self._to.limits)
        sight, own, view = await looking.look(whole=self._to.whole(paper.asked))
        if not self._still(paper, url):
            return 0
        paper.looked = True
        await self._to.saw(await self._seen(paper, url, sight, own, view, missing))
        return cards

    async def _seen(
        self, paper: Paper, url: str, sight: Sight, own: Shown, view: str, missing: tuple[str, ...]
    ) -> Seen:
        heads = tuple((name, str(value)) for name, value in paper.answer.get("headers", {}).items())
        exchanges = await paper.notes.so_far()
        listing = self._to.whole(paper.asked)
        if paper.unheard:
            exchanges = (await late.document(self.session, self._frame, paper), *exchanges)
        return Seen(
            url=url,
            asked=paper.asked or url,
            status=int(paper.answer.get("status") or 200),
            headers=kept(heads),
            cached=paper.cached,
            dom=sight.dom,
            text=sight.text,
            screenshot=sight.screenshot,
            view=view,
            mhtml=sight.mhtml,
            own=own,
            exchanges=exchanges,
            remembered=await late.pictures(self.session, exchanges, self._to.limits) if listing else (),
            missing=(*missing, *sight.missing),
        )

    def _still(self, paper: Paper, url: str) -> bool:
        return self._traffic.paper is paper and self._to.what(self.url) == self._to.what(url)

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(self._to.ended)


def _deaf(branch: Branch, event: str, told: Told) -> None:
    """Hear nothing: our sessions hear by themselves."""


async def _idle(branch: Branch) -> None:
    """Have nothing to do at its beginning."""
