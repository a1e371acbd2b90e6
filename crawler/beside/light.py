"""Shows in a window that its page is recorded: by a red edge, drawn by the browser and not in the page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from playwright.async_api import Error as PlaywrightError

from crawler.beside.cdp import Session

NOTHING = {"r": 0, "g": 0, "b": 0, "a": 0}
RED = {"r": 220, "g": 0, "b": 0, "a": 1}


class Light:
    """The light of one tab."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.on = False
        self._pictured = False

    async def show(self) -> None:
        """Draw it where it is on, as wide as the window is now; a tab that is gone has none."""
        with suppress(PlaywrightError):
            await (self._draw() if self.on and not self._pictured else self._hide())

    @asynccontextmanager
    async def out_of_sight(self) -> AsyncIterator[None]:
        """Let no picture show it that is taken in the `with`; it may come on or go off meanwhile."""
        self._pictured = True
        await self.show()
        try:
            yield
        finally:
            self._pictured = False
            await self.show()

    async def _hide(self) -> None:
        await self._session.send("Overlay.hideHighlight")

    async def _draw(self) -> None:
        await self._session.send("DOM.enable")
        await self._session.send("Overlay.enable")
        view = (await self._session.send("Page.getLayoutMetrics"))["cssLayoutViewport"]
        edge = {"x": 0, "y": 0, "width": view["clientWidth"], "height": view["clientHeight"]}
        await self._session.send("Overlay.highlightRect", edge | {"color": NOTHING, "outlineColor": RED})
