"""Sits beside a volunteer's own browser and records what they see of one platform: no key is pressed for them."""

import asyncio
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.async_api import Error as PlaywrightError

from archive.vault import Vault
from config.platform import Platform, element
from config.settings import Settings
from config.system import make_private
from crawler.beside.address import same, shows
from crawler.beside.blackout import Own
from crawler.beside.keep import Keeper, Noted, What, reader
from crawler.beside.seen import Seen
from crawler.beside.tab import ATTACH, Beholder, Tab
from crawler.beside.window import Window, profile
from crawler.beside.wire import Session, Wire
from crawler.guard import open_way
from crawler.guest import Clock

PAGES = {"filter": [{"type": "page"}]}
STOP = 5.0  # s for the browser to begin to end
OWN = "wildfree-own.json"  # in the profile: what was seen to be the account's own, for the next time
CLOSED, ASKED = "the volunteer closed the window", "the volunteer ended it"
Tell = Callable[[Noted], None]


class Browsing:
    """One session beside a volunteer. TELL hears what was recorded, LIT how many tabs are recorded now."""

    def __init__(
        self, vault: Vault, site: Platform, settings: Settings, clock: Clock, by: str, tell: Tell,
        lit: Callable[[int], None],
    ) -> None:  # fmt: skip
        self._vault, self._site, self._settings, self._tell, self._lit = vault, site, settings, tell, lit
        self._clock, self._by = clock, by
        self._own = _known(vault.workspace, site.name)
        self._tabs: dict[str, Tab] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()  # one page at a time is kept
        self._keeping: set[asyncio.Task[None]] = set()
        self._first = asyncio.Event()  # a tab is there
        self._empty = asyncio.Event()  # none is left
        self._fault: BaseException | None = None  # of ours, or of the machine: then the session ends
        self._keeper: Keeper | None = None
        self.opened: Callable[[], None] = lambda: None  # called once the window is there

    @property
    def began(self) -> bool:
        """Whether the window came to be opened, and the archive knows of the session."""
        return self._keeper is not None

    async def run(self, start: str, own: Iterable[str] = ()) -> None:
        """Open a window at START and record until it is closed, or we are cancelled: then all is ended in order.

        OWN: words that are the volunteer's own besides what the platform's file finds.
        """
        self._own.shown(own, ())
        practice = self._vault.kind == "practice"
        with open_way(self._settings.allowed(practice=practice)) as way:
            window = await Window.opened(self._vault.workspace, self._site.name, way.url)
            why = ASKED
            wire = None
            try:
                self._keeper = await asyncio.to_thread(
                    Keeper, self._vault, self._site, self._settings, self._own, self._clock, self._by
                )
                self._keeper.address = way.address
                wire = opened = await Wire.opened(window.address)
                browser = wire.session("", lambda event, told: self._hear(opened, event, told))
                version = await browser.send("Browser.getVersion")
                self._keeper.browser = f"Chromium {version['product'].partition('/')[2]}"
                await browser.send("Target.setAutoAttach", ATTACH | PAGES)
                self.opened()
                await self._open_first(start)
                empty = asyncio.ensure_future(self._empty.wait())
                await asyncio.wait([wire.over, empty], return_when=asyncio.FIRST_COMPLETED)
                why = CLOSED
            finally:
                await self._ended(wire, window, why)
        if self._fault is not None:
            raise self._fault

    async def _open_first(self, start: str) -> None:
        """Go to START in the window's first tab, as a bookmark would; from then on only the volunteer acts."""
        await self._first.wait()
        await asyncio.gather(*self._opening)
        tab = next(iter(self._tabs.values()))
        await tab.session.send("Page.navigate", {"url": start})

    async def _ended(self, wire: Wire | None, window: Window, why: str) -> None:
        """Keep what is in hand, write the end, close the window."""
        for tab in self._tabs.values():
            tab.end()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        try:
            if self._keeper is not None:
                await asyncio.to_thread(self._keeper.end, why)
            _remember(self._vault.workspace, self._site.name, self._own)
        finally:
            if wire is not None:
                await _farewell(wire)
            await window.closed()

    def _hear(self, wire: Wire, event: str, told: dict[str, Any]) -> None:
        """A tab has begun, or ended."""
        name: str = told.get("sessionId", "")
        if event == "Target.attachedToTarget" and told["targetInfo"]["type"] == "page":
            tab = self._tabs[name] = Tab(wire, name, told["targetInfo"]["targetId"], self._beholder())
            task = asyncio.ensure_future(tab.begin())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)
            self._first.set()
        elif event == "Target.detachedFromTarget" and name in self._tabs:
            self._tabs.pop(name).end()
            self._relit()
            if not self._tabs:
                self._empty.set()

    def _beholder(self) -> Beholder:
        read = reader(self._site)
        return Beholder(
            site=self._site,
            limits=self._settings.limits,
            own=self._own,
            saw=self._saw,
            lost=self._lost,
            abroad=self._abroad,
            whole=lambda url: bool(shows(self._site, url).key),
            what=lambda url: same(self._site, url),
            css=element(read.search.grows) if read and read.search.grows else "",
            lit=self._relit,
            ended=self._faulty,
        )

    def _faulty(self, task: "asyncio.Task[None]") -> None:
        """End the session where TASK met a fault: what cannot be kept must be said."""
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._fault = self._fault or fault
            self._empty.set()

    def _relit(self) -> None:
        self._lit(sum(1 for tab in self._tabs.values() if tab.light.on))

    async def _saw(self, seen: Seen) -> None:
        """Keep what was SEEN, whatever becomes of the tab meanwhile."""
        await asyncio.shield(self._kept(lambda keeper: keeper.take(seen)))

    def _abroad(self, asked: str, url: str) -> None:
        self._kept(lambda keeper: keeper.abroad(asked, url))

    def _lost(self, url: str, why: str) -> None:
        what = shows(self._site, url)
        if what.key or what.term:
            self._tell(Noted(What.LOST, f"{what.term or url}: {why}", what.term, what.key))

    def _kept(self, what: Callable[[Keeper], list[Noted]]) -> "asyncio.Task[None]":
        task = asyncio.ensure_future(self._keep(what))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)
        task.add_done_callback(self._faulty)
        return task

    async def _keep(self, what: Callable[[Keeper], list[Noted]]) -> None:
        async with self._turn:
            for noted in await asyncio.to_thread(what, self._keeper) if self._keeper else ():
                self._tell(noted)


async def _farewell(wire: Wire) -> None:
    """Have the browser close its windows, as a person would, and hang up."""
    with suppress(PlaywrightError, TimeoutError):
        async with asyncio.timeout(STOP):
            await Session(wire, "").send("Browser.close")
    await wire.close()


def _known(workspace: Path, platform: str) -> Own:
    """What earlier sessions saw to be the account's own."""
    file = profile(workspace, platform) / OWN
    told = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return Own(set(told.get("words", ())), set(told.get("pictures", ())))


def _remember(workspace: Path, platform: str, own: Own) -> None:
    """Keep in the profile, which never leaves this machine, what was seen to be the account's own."""
    file = profile(workspace, platform) / OWN
    file.touch(mode=0o600)
    make_private(file)
    told = {"words": sorted(own.words), "pictures": sorted(own.pictures)}
    file.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
