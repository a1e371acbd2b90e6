"""Which pictures a light look asks for: the listing's own, as the platform's file names them."""

import asyncio

from playwright.async_api import Error as PlaywrightError

from crawler.chromium.held import Held
from crawler.chromium.world import World

PATIENCE = 5.0  # s for a page to be there so far that it can be asked which pictures are its own
OWN = """css => [...document.querySelectorAll(css)].flatMap(element => [...element.attributes])
    .flatMap(attribute => attribute.value.split(/[\\s,]+/))
    .flatMap(word => { try { return [new URL(word, document.baseURI).href] } catch { return [] } })"""


class Light:
    """One light look. `world` and `ready` (the page's tree is there) are set by whoever opens the page."""

    def __init__(self, css: str) -> None:
        self.world: World | None = None
        self.ready = asyncio.Event()
        self.left_out = 0
        self._css = css

    async def wants(self, held: Held) -> bool:
        """Whether what HELD asks for is one of the listing's own pictures."""
        wanted = held.kind == "Image" and bool(self._css) and held.url in await self._own()
        self.left_out += not wanted
        return wanted

    async def _own(self) -> list[str]:
        try:
            async with asyncio.timeout(PATIENCE):
                await self.ready.wait()
                return [str(each) for each in await self.world.run(OWN, self._css)] if self.world else []
        except (TimeoutError, PlaywrightError):
            return []
