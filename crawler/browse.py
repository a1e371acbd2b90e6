"""Sits beside a volunteer's own browser and records what they see of one platform: no key is pressed for them."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import Error as PlaywrightError

from archive.facts import Ended
from archive.vault import Vault
from config.platform import Platform, element
from config.settings import Settings
from config.system import make_private
from crawler.beside.address import shows
from crawler.beside.blackout import Own, portraits
from crawler.beside.cdp import Session, Wire
from crawler.beside.keep import Keeper, reader
from crawler.beside.noted import Noted, What
from crawler.beside.seen import Seen
from crawler.beside.tab import ATTACH, Tab
from crawler.beside.window import Window, profile
from crawler.guard import open_way
from crawler.guest import Clock
from crawler.ways.way import Way

PAGES = {"filter": [{"type": "page"}]}
STOP = 5.0  # s for the browser to begin to end
OWN = "wildfree-own.json"  # in the profile: what was seen to be the account's own, for the next time
CLOSED = "the volunteer closed the window"
FAULT = "wildfree itself broke down"


class Listener(Protocol):
    """Who is told of a session while it goes on."""

    def begin(self) -> None:
        """Hear that the window is there."""

    def tell(self, noted: Noted) -> None:
        """Hear what became known of a page."""

    def light(self, tabs: int) -> None:
        """Hear how many tabs are recorded now."""

    def asked(self) -> str:
        """Who or what had the session end, where it was cancelled."""


class Browsing:
    """One session beside a volunteer; it is the Beholder of its tabs."""

    def __init__(
        self, vault: Vault, site: Platform, settings: Settings, clock: Clock, by: str, listener: Listener
    ) -> None:
        self._vault, self._settings, self._clock, self._by, self._to = vault, settings, clock, by, listener
        read = reader(site)
        self.site = site
        self.limits = settings.limits
        self.cards = element(read.search.grows) if read and read.search.grows else ""
        self.own = _known(vault.workspace, site)
        self._wire: Wire | None = None
        self._tabs: dict[str, Tab] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()  # one page at a time is kept
        self._keeping: set[asyncio.Task[None]] = set()
        self._first = asyncio.Event()  # a tab is there
        self._empty = asyncio.Event()  # none is left, or we cannot go on
        self._fault: BaseException | None = None  # of ours, or of the machine: then the session ends
        self._keeper: Keeper | None = None

    @property
    def began(self) -> bool:
        """Whether the window came to be opened, and the archive knows of the session."""
        return self._keeper is not None

    async def run(self, start: str, own: Iterable[str] = ()) -> str:
        """Open a window at START and record until it is closed, or we are cancelled: then all is ended in order.

        OWN: words that are the volunteer's own besides what the platform's file finds. What broke the session off,
        if nobody ended it; what was kept is kept.
        """
        self.own.given(own)
        practice = self._vault.kind == "practice"
        with open_way(self._settings.allowed(practice=practice)) as way:
            window = await Window.opened(self._vault.workspace, self.site.name, way.url)
            broke, because = FAULT, CLOSED
            try:
                broke = await self._until_it_ends(window, way, start)
            except asyncio.CancelledError:
                broke, because = "", self._to.asked()
                raise
            finally:
                await self._ended(window, broke, because)
        return broke

    async def _until_it_ends(self, window: Window, way: Way, start: str) -> str:
        """Record until the window is closed; what broke it off, if the browser ended by itself."""
        try:
            wire = await self._begun(window, way)
            await self._open_first(start)
            empty = asyncio.ensure_future(self._empty.wait())
            await asyncio.wait([wire.over, empty], return_when=asyncio.FIRST_COMPLETED)
            if wire.over.done():
                wire.over.result()  # a fault of ours, where it was one
        except (PlaywrightError, ConnectionError):
            if await window.code() is None:
                raise
        if self._empty.is_set() or (code := await window.code()) == 0:
            return ""
        return f"the browser ended by itself (its code: {code})"

    async def _begun(self, window: Window, way: Way) -> Wire:
        """Begin the session in the archive, and hear of every tab."""
        keeper = await asyncio.to_thread(
            Keeper, self._vault, self.site, self._settings, self.own, self._clock, self._by
        )
        await asyncio.to_thread(keeper.begin)
        self._keeper, keeper.address = keeper, way.address
        wire = self._wire = await Wire.opened(window.address)
        browser = wire.session("", lambda event, told: self._hear(wire, event, told))
        version = await browser.send("Browser.getVersion")
        keeper.browser = f"Chromium {version['product'].partition('/')[2]}"
        await browser.send("Target.setAutoAttach", ATTACH | PAGES)
        self._to.begin()
        return wire

    async def _open_first(self, start: str) -> None:
        """Go to START in the window's first tab, as a bookmark would; from then on only the volunteer acts."""
        await self._first.wait()
        await asyncio.gather(*self._opening)
        tab = next(iter(self._tabs.values()))
        await tab.session.send("Page.navigate", {"url": start})

    async def _ended(self, window: Window, broke: str, because: str) -> None:
        """Keep what is in hand, write the end, close the window; then raise the fault, if there was one."""
        for tab in self._tabs.values():
            tab.end()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        broke = FAULT if self._fault is not None else broke
        try:
            if self._keeper is not None:
                how = Ended.CUT_OFF if broke else Ended.COMPLETE
                await asyncio.to_thread(self._keeper.end, how, broke or because)
            _remember(self._vault.workspace, self.site.name, self.own)
        finally:
            if self._wire is not None:
                await _farewell(self._wire)
            await window.closed()
        if self._fault is not None:
            raise self._fault

    def _hear(self, wire: Wire, event: str, told: dict[str, Any]) -> None:
        """A tab has begun, or ended."""
        name: str = told.get("sessionId", "")
        if event == "Target.attachedToTarget" and told["targetInfo"]["type"] == "page":
            tab = self._tabs[name] = Tab(wire, name, told["targetInfo"]["targetId"], self)
            task = asyncio.ensure_future(tab.begin())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)
            task.add_done_callback(self.done)
            self._first.set()
        elif event == "Target.detachedFromTarget" and name in self._tabs:
            self._tabs.pop(name).end()
            self.relit()
            if not self._tabs:
                self._empty.set()

    def done(self, task: "asyncio.Task[None]") -> None:
        """End the session where TASK met a fault: what cannot be kept must be said."""
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._fault = self._fault or fault
            self._empty.set()

    def relit(self) -> None:
        """Tell how many tabs are recorded now."""
        self._to.light(sum(1 for tab in self._tabs.values() if tab.light.on))

    async def saw(self, seen: Seen) -> None:
        """Keep what was SEEN, whatever becomes of the tab meanwhile."""
        await asyncio.shield(self._kept(lambda keeper: keeper.take(seen)))

    def abroad(self, asked: str, url: str) -> None:
        """Keep that ASKED, an address of the platform's, led to URL of another site."""
        self._kept(lambda keeper: keeper.abroad(asked, url))

    def unanswered(self, asked: str) -> None:
        """Keep that at ASKED, an address of the platform's, no page came."""
        self._kept(lambda keeper: keeper.unanswered(asked))

    def lost(self, url: str, why: str) -> None:
        """Say WHY the page at URL was not recorded, if that is one to record."""
        what = shows(self.site, url)
        if what.key or what.term:
            self._to.tell(Noted(What.LOST, f"{what.term or what.key}: {why}", what.term, what.key))

    def _kept(self, what: Callable[[Keeper], list[Noted]]) -> "asyncio.Task[None]":
        task = asyncio.ensure_future(self._keep(what))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)
        task.add_done_callback(self.done)
        return task

    async def _keep(self, what: Callable[[Keeper], list[Noted]]) -> None:
        async with self._turn:
            for noted in await asyncio.to_thread(what, self._keeper) if self._keeper else ():
                self._to.tell(noted)


async def _farewell(wire: Wire) -> None:
    """Have the browser close its windows, as a person would, and hang up."""
    with suppress(PlaywrightError, TimeoutError):
        async with asyncio.timeout(STOP):
            await Session(wire, "").send("Browser.close")
    await wire.close()


def _known(workspace: Path, site: Platform) -> Own:
    """What earlier sessions saw to be the account's own."""
    own, file = Own(), profile(workspace, site.name) / OWN
    try:
        told = json.loads(file.read_bytes()) if file.is_file() else {}
        own.shown(told.get("words", ()), portraits(site, told.get("pictures", ())))
    except (ValueError, TypeError, AttributeError):
        print(f"wildfree: {file} is broken: what is your account's own is learnt anew", file=sys.stderr, flush=True)
    return own


def _remember(workspace: Path, platform: str, own: Own) -> None:
    """Keep in the profile, which never leaves this machine, what was seen to be the account's own."""
    file = profile(workspace, platform) / OWN
    draft = file.with_suffix(".new")
    draft.touch(mode=0o600)
    make_private(draft)
    told = {"words": own.names, "pictures": list(own.pictures)}
    draft.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    draft.replace(file)
