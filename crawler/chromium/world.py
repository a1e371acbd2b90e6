"""Waits until a page has drawn itself, and brings all of it to sight, from a world its scripts cannot reach."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from playwright.async_api import CDPSession, Page, Request
from playwright.async_api import Error as PlaywrightError

SETTLE = 5.0  # s to wait for the marks of a page that draws itself; then we look at what is there
QUIET = 0.6  # s in which a page that has more to show after a scroll, or an error to explain, will have begun
GROW = 5.0  # s to wait for more cards once it has asked
SCREENS = 30  # how far a listing is scrolled through, so that pictures loaded on sight are there
WENT_ON = "the page went on while it was read"

UNTIL = """(holds, most) => new Promise(done => {
    const until = performance.now() + most;
    const look = () => holds() ? done(true) : performance.now() > until ? done(false) : requestAnimationFrame(look);
    look();
})"""
WRITTEN = """marks.some(css => [...document.querySelectorAll(css)].some(element => element.textContent.trim()))"""
MORE = "document.querySelectorAll(css).length > before"


class World:
    """A page's tree, seen from beside its scripts: what they put in place of the browser's own is not there."""

    def __init__(self, session: CDPSession, frame: str) -> None:
        self._session = session
        self._frame = frame

    async def run(self, script: str, *told: Any) -> Any:
        """What SCRIPT, a function, answers to TOLD. PlaywrightError where the page went on meanwhile, or it threw."""
        return (await self._called(script, told)).get("value")

    async def told(self, script: str, most: int) -> AsyncIterator[str]:
        """The text that SCRIPT, an expression, makes of the page at one moment, MOST UTF-16 units at a time."""
        held = await self._called(f"() => ({{ all: {script} }})", (), by_value=False)
        at, length = 0, await self._of(held, "function () { return this.all.length }")
        while at < length:
            yield str(await self._of(held, f"function () {{ return this.all.slice({at}, {at + most}) }}"))
            at += most

    async def _called(self, script: str, told: tuple[Any, ...], *, by_value: bool = True) -> dict[str, Any]:
        made = await self._session.send("Page.createIsolatedWorld", {"frameId": self._frame, "worldName": "wildfree"})
        arguments = [{"value": each} for each in told]
        context = {"executionContextId": made["executionContextId"], "arguments": arguments}
        return await self._call(script, context | {"returnByValue": by_value})

    async def _of(self, held: dict[str, Any], script: str) -> Any:
        return (await self._call(script, {"objectId": held["objectId"], "returnByValue": True})).get("value")

    async def _call(self, script: str, more: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = await self._session.send(
                "Runtime.callFunctionOn", {"functionDeclaration": script, "awaitPromise": True} | more
            )
        except PlaywrightError as problem:
            raise PlaywrightError(WENT_ON if _gone(problem) else problem.message) from None
        except asyncio.CancelledError:  # a script holds the page up; with a call of ours waiting it cannot close
            with suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(QUIET):
                    await self._session.send("Runtime.terminateExecution")
            raise
        if "exceptionDetails" in answer:
            raise PlaywrightError(str(answer["exceptionDetails"].get("text", "a script of ours failed")))
        result: dict[str, Any] = answer["result"]
        return result


def _gone(problem: PlaywrightError) -> bool:
    """Whether what we talked to is no longer there, as the page went on."""
    return any(words in problem.message for words in ("Cannot find context", "context was destroyed", "navigated"))


async def drawn(world: World, marks: tuple[str, ...], status: int) -> None:
    """Wait until one of MARKS stands there with words in it; a page that shows none is looked at as it is."""
    if not marks:
        return
    seconds = SETTLE if status < 400 else QUIET
    try:
        async with asyncio.timeout(seconds + QUIET):
            while not await _tried(world, marks, seconds):
                await asyncio.sleep(QUIET / 4)  # the page led on: the world we looked from went with it
    except TimeoutError:
        return


async def _tried(world: World, marks: tuple[str, ...], seconds: float) -> bool:
    """Whether the page stayed to be looked at."""
    try:
        await world.run(f"(marks, most) => ({UNTIL})(() => {WRITTEN}, most)", list(marks), seconds * 1000)
    except PlaywrightError:
        return False
    return True


async def there(world: World, css: str) -> bool:
    """Whether something stands at CSS."""
    return bool(await world.run("css => document.querySelector(css) !== null", css))


# On a busy machine the page hears of it a frame or two later; what it has to do begins only then.
TO_THE_END = """async () => {
    window.scrollTo(0, document.documentElement.scrollHeight);
    for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame);
}"""


async def scrolled(page: Page, world: World, grows: str, scrolls: int) -> None:
    """Scroll to the end while that brings more of the cards that GROWS names, at most SCROLLS times."""
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108  (Playwright marks what it is handed)
    for _ in range(scrolls):
        before = await world.run("css => document.querySelectorAll(css).length", grows)
        asked.clear()
        await world.run(TO_THE_END)
        grown = await _grown(world, grows, before, QUIET)
        if not grown and not (asked and await _grown(world, grows, before, GROW)):
            return


async def _grown(world: World, css: str, before: int, seconds: float) -> bool:
    """Whether there are more cards than BEFORE within SECONDS."""
    script = f"(css, before, most) => ({UNTIL})(() => {MORE}, most)"
    return bool(await world.run(script, css, before, seconds * 1000))


async def looked_through(world: World, seconds: float) -> bool:
    """Scroll through the page and wait for its pictures, so that those loaded on sight are there; False: no time.

    A script of the page that held it up is ended then, so that the page can be read.
    """
    script = """async most => {
        for (let at = 0, screens = 0; at < document.documentElement.scrollHeight && screens < most; screens++) {
            window.scrollTo(0, at += window.innerHeight);
            await new Promise(requestAnimationFrame);
        }
        window.scrollTo(0, 0);
        await Promise.allSettled([...document.images].map(image => image.decode()));
    }"""
    try:
        async with asyncio.timeout(seconds):
            await world.run(script, SCREENS)
    except TimeoutError:
        return False
    return True
