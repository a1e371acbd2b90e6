"""One tab of the volunteer's browser: hears what its pages ask for, and looks at each once it has come to rest."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Protocol

from playwright.async_api import Error as PlaywrightError

from config.platform import Platform
from config.settings import Limits
from crawler.beside import late, settle
from crawler.beside.address import led_to, same, shows
from crawler.beside.blackout import Own
from crawler.beside.cdp import Wire
from crawler.beside.frames import recorded
from crawler.beside.light import Light
from crawler.beside.own import Shown
from crawler.beside.seen import Beside, Looking, Seen
from crawler.beside.traffic import Paper, Traffic
from crawler.chromium.branch import Branch
from crawler.chromium.held import MIB
from crawler.chromium.sight import Sight
from crawler.reading.heads import kept

ATTACH = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
LOADING = 30.0  # s for a page itself; then it is looked at with what has come
UNLOADED = "what was still to be loaded when it was looked at"
SOURCE = "its source is shown, and not the page"
LEFT = "it was left before it had come to rest"
Told = dict[str, Any]


class Beholder(Protocol):
    """Whoever looks at what a tab shows."""

    site: Platform
    limits: Limits
    own: Own
    cards: str  # CSS of the cards of a search, as a browser understands it; "": none is known

    async def saw(self, seen: Seen) -> None:
        """Take what was SEEN."""

    def lost(self, url: str, why: str) -> None:
        """Hear WHY the page at URL was not recorded."""

    def abroad(self, asked: str, url: str) -> None:
        """Hear that ASKED, an address of the platform's, led to URL of another site."""

    def unanswered(self, asked: str) -> None:
        """Hear that at ASKED, an address of the platform's, no page came."""

    def relit(self) -> None:
        """Hear that the light of a tab went on or off."""

    def done(self, task: "asyncio.Task[None]") -> None:
        """Take whatever the tab did, once it is done."""


class Tab:
    """A tab from its beginning. It records the platform's own pages, and of others not a word."""

    def __init__(self, wire: Wire, name: str, frame: str, beholder: Beholder) -> None:
        self._wire, self._frame, self._to = wire, frame, beholder
        self._traffic = Traffic(beholder.site, frame, beholder.own, round(beholder.limits.document * MIB))
        self.session = wire.session(name, lambda event, told: self._hear(self._main, event, told))
        self._main = Branch(self.session, "page", "")
        self._traffic.join(name, self._main)
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = ""
        self._failed = ""  # the address at which no page came, while the browser says so
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
        asked += [("Network.configureDurableMessages", room | {"maxResourceBufferSize": room["maxTotalBufferSize"]})]
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
                self._do(self.light.show())
            case _ if event.startswith("Network."):
                self._traffic.hear(branch, event, told)

    def _grown(self, told: Told) -> None:
        """A frame of its own process, or a worker, has begun."""
        name, about = told["sessionId"], told["targetInfo"]
        session = self._wire.session(name, lambda event, said: self._hear(branch, event, said))
        branch = Branch(session, about["type"], about["url"])
        self._traffic.join(name, branch)
        more = ["Page.enable"] if about["type"] == "iframe" else []
        self._do(self._begun(branch, *more))

    def _went(self, frame: Told) -> None:
        """Another document is shown."""
        self._left()
        self.url = frame["url"] + frame.get("urlFragment", "")
        paper, led = self._traffic.arrived(frame["loaderId"], self.url)
        self._relit(on=paper is not None)
        if led and "unreachableUrl" not in frame:
            self._to.abroad(led, self.url)
        self._no_page(led or frame["unreachableUrl"] if "unreachableUrl" in frame else "")
        if paper is not None and not (paper.looked and self._lists(paper.asked)):
            self._do(self._looked(paper, self.url))

    def _went_within(self, url: str) -> None:
        """The page goes on by itself, without a document: a page of its own, if it shows something else."""
        if not recorded(self._to.site, url):
            self._left()
        elif self._traffic.paper is None or not self._shows(url):
            self._passed(self._traffic.paper)
            self._do(self._looked(self._traffic.again(url), url))
        self.url = url
        self._relit(on=self._traffic.paper is not None)

    def _no_page(self, asked: str) -> None:
        """No page came at ASKED; "": one did. The browser tries again by itself, which is told once."""
        if asked and asked != self._failed and recorded(self._to.site, asked):
            self._to.unanswered(asked)
        self._failed = asked

    def _relit(self, *, on: bool) -> None:
        if self.light.on is not on:
            self.light.on = on
            self._to.relit()
        self._do(self.light.show())

    def _left(self) -> None:
        """What is shown is left."""
        paper, self._traffic.paper = self._traffic.paper, None
        if paper is not None:
            paper.notes.end()
        self._passed(paper)

    def _passed(self, paper: Paper | None) -> None:
        """PAPER is shown no more: say so if it was not looked at."""
        if paper is not None and not paper.looked:
            self._to.lost(self.url, LEFT)

    async def _looked(self, paper: Paper, url: str) -> None:
        """Look at the page at URL when it has come to rest, and at a search again when it shows more cards."""
        with suppress(PlaywrightError):  # the page went on: nothing is to be seen of it any more
            with suppress(TimeoutError):
                async with asyncio.timeout(LOADING):
                    await settle.loaded(Beside(self.session, self._frame))
            if await self._is_source(paper, url):
                return
            before, wait = 0, 0.0
            while self._still(paper, url) and (cards := await self._look(paper, url)):
                before, wait = cards, settle.pause(wait, cards - before)
                await asyncio.sleep(wait)
                await settle.grown(Beside(self.session, self._frame), self._to.cards, cards)

    async def _is_source(self, paper: Paper, url: str) -> bool:
        """Whether the window shows the source of the page at URL; then that is said, and no more."""
        told = await self.session.send("Target.getTargetInfo", {"targetId": self._frame})
        if not told["targetInfo"]["url"].startswith("view-source:"):
            return False
        paper.looked = True
        self._to.lost(url, SOURCE)
        return True

    async def _look(self, paper: Paper, url: str) -> int:
        """Look at the page once; how many cards it had, if it is a search."""
        world = Beside(self.session, self._frame)
        await paper.notes.quiet()
        await settle.settled(world)
        searched = self._to.cards and led_to(self._to.site, paper.asked, url).term
        cards = await settle.count(world, self._to.cards) if searched else 0
        missing = () if await settle.complete(world) else (UNLOADED,)
        css = self._to.site.browsing.own if self._to.site.browsing else ()
        looking = Looking(self.session, self._frame, self._traffic.frames, self.light, css, self._to.limits)
        sight, own, view = await looking.look(whole=self._lists(paper.asked))
        if not self._still(paper, url) or (paper.looked and self._lists(paper.asked)):  # left, and come back to
            return 0
        paper.looked = True
        await self._to.saw(await self._seen(paper, url, sight, own, view, missing))
        paper.cached = False  # what more it shows was asked for
        return cards

    async def _seen(
        self, paper: Paper, url: str, sight: Sight, own: Shown, view: str, missing: tuple[str, ...]
    ) -> Seen:
        heads = tuple((name, str(value)) for name, value in paper.answer.get("headers", {}).items())
        exchanges = await paper.notes.so_far()
        listing = self._lists(paper.asked)
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
            within=paper.within,
        )

    def _still(self, paper: Paper, url: str) -> bool:
        return self._traffic.paper is paper and self._shows(url)

    def _shows(self, url: str) -> bool:
        """Whether URL shows the same as what is shown."""
        return same(self._to.site, url) == same(self._to.site, self.url)

    def _lists(self, url: str) -> bool:
        """Whether URL is a listing's: then the page is kept whole."""
        return bool(shows(self._to.site, url).key)

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(self._to.done)
