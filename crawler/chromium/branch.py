"""One target of a page that CDP tells apart (a page, a frame of another site, a worker) and what grows from it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

ATTACH = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": False}  # Playwright passes on no flat ones
ENDED = "the target has ended"
Heard = Callable[["Branch", str, dict[str, Any]], None]
Begun = Callable[["Branch"], Awaitable[None]]


class Speaks(Protocol):
    """Whatever takes a command of CDP."""

    async def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer to METHOD; PlaywrightError where there is none."""


def _deaf(branch: "Branch", event: str, told: dict[str, Any]) -> None:
    """Hear nothing."""


async def _idle(branch: "Branch") -> None:
    """Have nothing to do at its beginning."""


class Branch:
    """A target and its session. HEARD is told every event of it, and of all that grow from it."""

    def __init__(self, speaks: Speaks, kind: str, url: str, heard: Heard = _deaf, begun: Begun = _idle) -> None:
        self.kind = kind  # page, iframe, worker, service_worker, ...
        self.url = url
        self._speaks: Speaks = speaks
        self._heard = heard
        self._begun = begun  # done with every branch before it may run
        self._grown: dict[str, tuple[Branch, _Through]] = {}
        self._beginning: set[asyncio.Task[None]] = set()

    @classmethod
    def page(cls, session: CDPSession, events: tuple[str, ...], heard: Heard, begun: Begun) -> "Branch":
        """The branch of a page by its own SESSION, of which EVENTS are heard."""
        branch = cls(session, "page", "", heard, begun)
        for event in (*events, "Target.attachedToTarget", "Target.receivedMessageFromTarget"):
            session.on(event, _with_name(branch, event))
        return branch

    async def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer to METHOD; PlaywrightError where there is none."""
        return await self._speaks.send(method, params)

    async def grow(self) -> None:
        """Attach to whatever grows from here from now on."""
        await self.send("Target.setAutoAttach", ATTACH)

    def hear(self, event: str, told: dict[str, Any]) -> None:
        """Take one EVENT of this target."""
        if event == "Target.attachedToTarget":
            self._attached(told)
        elif event == "Target.receivedMessageFromTarget":
            self._passed_on(told)
        elif event == "Target.detachedFromTarget":
            if gone := self._grown.get(told["sessionId"]):
                gone[1].end()
        else:
            self._heard(self, event, told)

    def end(self) -> None:
        """Wait for nothing any more, here and in what grew from here."""
        for task in self._beginning:
            task.cancel()
        for branch, through in self._grown.values():
            through.end()
            branch.end()

    def _attached(self, told: dict[str, Any]) -> None:
        about = told["targetInfo"]
        through = _Through(self, told["sessionId"])
        branch = Branch(through, about["type"], about["url"], self._heard, self._begun)
        self._grown[told["sessionId"]] = branch, through
        task = asyncio.ensure_future(_begin(branch))
        self._beginning.add(task)
        task.add_done_callback(self._beginning.discard)

    def _passed_on(self, told: dict[str, Any]) -> None:
        branch, through = self._grown[told["sessionId"]]
        message = json.loads(told["message"])
        if "method" in message:
            branch.hear(message["method"], message["params"])
        else:
            through.answered(message)


class _Through:
    """Speaks to a target through the one that it grew from."""

    def __init__(self, parent: Branch, session: str) -> None:
        self._parent = parent
        self._session = session
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._count = 0
        self._ended = False

    async def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        if self._ended:
            raise PlaywrightError(ENDED)
        self._count += 1
        waiting = self._waiting[self._count] = asyncio.get_running_loop().create_future()
        message = json.dumps({"id": self._count, "method": method, "params": params or {}})
        try:
            await self._parent.send("Target.sendMessageToTarget", {"sessionId": self._session, "message": message})
            answer: dict[str, Any] = await waiting
            return answer
        finally:
            waiting.cancel()

    def answered(self, message: dict[str, Any]) -> None:
        waiting = self._waiting.pop(message["id"], None)
        if waiting is None or waiting.done():
            return
        if "error" in message:
            waiting.set_exception(PlaywrightError(str(message["error"].get("message", "no reason given"))))
        else:
            waiting.set_result(message["result"])

    def end(self) -> None:
        self._ended = True
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(PlaywrightError(ENDED))


def _with_name(branch: Branch, event: str) -> Callable[[dict[str, Any]], None]:
    def told(params: dict[str, Any]) -> None:
        branch.hear(event, params)

    return told


async def _begin(branch: Branch) -> None:
    """Let BRANCH run once all is ready for it; it may be gone already."""
    try:
        await branch._begun(branch)  # noqa: SLF001  (of its own kind)
    except PlaywrightError:
        return
