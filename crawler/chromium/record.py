"""Records over CDP what one page is delivered, byte for byte, and keeps it from going where it may not."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from config.settings import Limits
from crawler.chromium.branch import Branch
from crawler.chromium.gallery import Gallery
from crawler.chromium.held import GIVEN, MIB, Held
from crawler.chromium.journal import Journal
from crawler.chromium.light import Light
from crawler.chromium.reel import MEDIA, Reel
from crawler.reading.heads import Headers
from crawler.unanswered import NotAdmitted, Unanswered

PATTERNS = [
    {"resourceType": "Document", "requestStage": "Request"},
    {"resourceType": "Document", "requestStage": "Response"},
    {"resourceType": "Image", "requestStage": "Response"},
]
PICTURES = [{"resourceType": "Image", "requestStage": "Response"}]
HEAVY = frozenset({"Image", "Font", "Media"})  # what a light look leaves out
LIGHT = [{"resourceType": kind, "requestStage": "Request"} for kind in sorted(HEAVY)]
Admits = Callable[[str], Awaitable[str]]  # an address -> why we may not go there, or ""; asked on the browser's loop


@dataclass(frozen=True)
class Document:
    """One answered document of a page's main frame."""

    url: str
    status: int
    media_type: str
    body: bytes | None  # content-decoded, else as delivered; None: a download
    headers: Headers = ()  # as delivered: order, case, doubles; without secrets


class Recorder:
    """Watches one page from before its first request. A download or an empty answer is delivered but never shown."""

    def __init__(
        self,
        session: CDPSession,
        frame: str,
        limits: Limits,
        admits: Admits | None,
        light: Light | None,
        *,
        keep: bool,
    ) -> None:
        self.session = session
        self.frame = frame
        self.over: asyncio.Future[str] = asyncio.get_running_loop().create_future()  # why the look ends, or raises
        self._most = round(limits.document * MIB)
        self.journal = Journal(self._most) if keep else None
        self.missing: list[str] = []  # what could not be kept, in words
        self.gallery = Gallery(limits, self.journal, self.missing)
        self.reel = Reel(limits, self.journal) if self.journal and not light else None
        self.light = light
        self._admits = admits
        self._redirects = limits.redirects
        self._led = -1  # how often the page led on; the first address is the one that was asked for
        self._passing: dict[asyncio.Task[None], Held] = {}
        self._delivered: dict[str, Document] = {}  # by the loader that asked for it
        self._page: Branch | None = None
        session.on("Fetch.requestPaused", self._paused)
        session.on("Fetch.authRequired", self._paused)

    @classmethod
    async def watching(
        cls, page: Page, limits: Limits, admits: Admits | None, light: Light | None, *, keep: bool
    ) -> "Recorder":
        """Begin to watch PAGE; KEEP all that it loads, too, or where it is to be LIGHT, what that leaves."""
        session = await page.context.new_cdp_session(page)
        tree = await session.send("Page.getFrameTree")
        recorder = cls(session, tree["frameTree"]["frame"]["id"], limits, admits, light, keep=keep)
        patterns = PATTERNS + recorder._more
        await session.send("Fetch.enable", {"patterns": patterns, "handleAuthRequests": True})
        if recorder.journal is not None:
            roster = recorder.journal.roster
            page.context.on("request", lambda request: roster.append(request))  # noqa: PLW0108  (Playwright marks it)
            await recorder._branch_out(recorder.journal)
        return recorder

    async def _branch_out(self, journal: Journal) -> None:
        """Hear what the page, its frames and its workers ask for."""
        self._page = page = Branch.page(self.session, journal.events, self._heard, self._begun)
        await journal.begin(page)
        await page.grow()

    async def _begun(self, branch: Branch) -> None:
        """Have a new BRANCH watched before it runs."""
        try:
            if self.journal is not None:
                await self.journal.begin(branch)
            if branch.kind == "iframe":
                patterns = PICTURES + self._more
                await branch.send("Fetch.enable", {"patterns": patterns, "handleAuthRequests": True})
            await branch.grow()
        finally:
            await branch.send("Runtime.runIfWaitingForDebugger")

    @property
    def _more(self) -> list[dict[str, str]]:
        """What is held up besides documents and pictures."""
        return LIGHT if self.light else MEDIA if self.reel else []

    def _heard(self, branch: Branch, event: str, told: dict[str, Any]) -> None:
        if event.startswith("Fetch."):
            self._hold(Held(branch, told))
        elif self.journal is not None:
            if self.reel is not None:
                self.reel.hear(event, told)
            self.journal.hear(branch, event, told)

    @property
    def last(self) -> Document | None:
        """The document that came last, if any did; a download is none."""
        return next((each for each in reversed(self._delivered.values()) if each.body is not None), None)

    async def shown(self) -> tuple[str, Document | None]:
        """The loader of what the page shows, and its document: None where no answer brought it."""
        tree = await self.session.send("Page.getFrameTree")
        loader: str = tree["frameTree"]["frame"]["loaderId"]
        return loader, self._delivered.get(loader)

    async def let_go(self) -> None:
        """Let go of what is still on its way, and say which pictures that were.

        What is cut off goes before its way out is shut: the end that this puts to it looks like its own.
        """
        passing = dict(self._passing)
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)
        late = (held.url for held in passing.values() if held.kind == "Image")
        self.missing += [f"picture {url}: it had not come when we left" for url in late]

    async def close(self) -> None:
        """Hear no more, and let go of what was asked for meanwhile."""
        await self.let_go()
        if self.journal is not None:
            await self.journal.leave()
        if self._page is not None:
            self._page.end()
        self.over.cancel()

    def _paused(self, event: dict[str, Any]) -> None:
        self._hold(Held(self.session, event))

    def _hold(self, held: Held) -> None:
        task = asyncio.ensure_future(self._pass(held))
        self._passing[task] = held
        task.add_done_callback(self._passing.pop)

    async def _pass(self, held: Held) -> None:
        """Keep what HELD brings, and let it go on to the page."""
        try:
            if held.asks_who:
                await held.unnamed()
            elif self.light and held.kind in HEAVY and not (held.status or held.failed):
                await (held.go_on() if await self.light.wants(held) else held.fail())
            elif held.kind == "Image":
                await self.gallery.take(held)
            elif held.kind == "Media" and self.reel is not None:
                await self.reel.take(held)
            elif held.frame != self.frame or held.failed:
                await held.go_on()
            elif held.status:
                await self._document(held)
            else:
                await self._address(held)
        except PlaywrightError:
            return  # the page was closed, or went on by itself: whoever waits for it is told there

    async def _address(self, held: Held) -> None:
        """Let the page go where it is led, unless we may not go there or it was led too often."""
        self._led += 1
        if self._led > self._redirects:
            await self._refuse(held, Unanswered(f"the page led on more than {self._redirects} times"))
        elif self._led and self._admits and (why := await self._admits(held.url)):
            await self._refuse(held, NotAdmitted(f"the page led on to {held.url}: {why}"))
        else:
            await held.go_on()

    async def _document(self, held: Held) -> None:
        """Keep the document, read piece by piece where it may have no end or unpack to far more than was sent."""
        if held.bodiless:
            await held.go_on()
        elif held.attached:
            self._keep(held, None)
            await held.go_on()
        elif held.length is None:
            await self._streamed(held)
        elif held.length <= self._most:
            body = await held.whole()
            if broken_off := held.short(body):
                self.missing.append(f"the document's end: {broken_off}")
            self._keep(held, body, given=not body)
            await (held.go_on() if body else held.give(body))
        else:
            await self._too_long(held)

    async def _streamed(self, held: Held) -> None:
        pieces: list[bytes] = []
        length = 0
        async for piece in held.pieces():
            pieces.append(piece)
            length += len(piece)
            if length > self._most:
                return await self._too_long(held)
        body = b"".join(pieces)
        self._keep(held, body, given=True)
        if length <= GIVEN:
            return await held.give(body)
        if not self.over.done():
            self.over.set_result(f"the document has {length} bytes and did not say so, so the page was not drawn")
        return await held.fail()

    def _keep(self, held: Held, body: bytes | None, *, given: bool = False) -> None:
        if self.journal is not None and body is not None:
            self.journal.keep(held.loader, body, given=given)
        document = Document(held.url, held.status, held.heads.get("content-type", ""), body, held.headers)
        self._delivered[held.loader] = document
        while sum(len(each.body or b"") for each in self._delivered.values()) > 2 * self._most:
            del self._delivered[next(iter(self._delivered))]  # a page that always goes on must not fill us

    async def _too_long(self, held: Held) -> None:
        await self._refuse(held, Unanswered(f"the document is longer than {self._most} bytes unpacked"))

    async def _refuse(self, held: Held, why: Unanswered) -> None:
        """End the load: HELD is not let on, and whoever waits for the page is told WHY."""
        if not self.over.done():
            self.over.set_exception(why)
        await held.fail()
