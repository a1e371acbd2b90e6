"""Shows in a window that its page is recorded: by a red edge, drawn by the browser and not in the page."""

from contextlib import suppress

from playwright.async_api import Error as PlaywrightError

from crawler.beside.wire import Session

NOTHING = {"r": 0, "g": 0, "b": 0, "a": 0}
RED = {"r": 220, "g": 0, "b": 0, "a": 1}


class Light:
    """The light of one tab."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.on = False

    async def turn(self, *, on: bool) -> None:
        """Turn it ON, as wide as the window is now, or off; a tab that is gone has none."""
        self.on = on
        with suppress(PlaywrightError):
            await (self._draw() if on else self._session.send("Overlay.hideHighlight"))

    async def _draw(self) -> None:
        await self._session.send("DOM.enable")
        await self._session.send("Overlay.enable")
        view = (await self._session.send("Page.getLayoutMetrics"))["cssLayoutViewport"]
        edge = {"x": 0, "y": 0, "width": view["clientWidth"], "height": view["clientHeight"]}
        await self._session.send("Overlay.highlightRect", edge | {"color": NOTHING, "outlineColor": RED})
