"""Records over CDP what the browser was delivered as a page's document, byte for byte."""

import asyncio
import base64
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

LARGEST = 20 * 1024 * 1024  # bytes; a larger document is not kept


@dataclass(frozen=True)
class Document:
    """One answered document of a page's main frame."""

    status: int
    media_type: str
    body: bytes | None  # content-decoded, else as delivered; None: too large, or a download


class Recorder:
    """Watches one page from before its first request; the documents stand in the order they came."""

    def __init__(self, session: CDPSession, frame: str) -> None:
        self._session = session
        self._frame = frame
        self._passing: set[asyncio.Task[None]] = set()
        self.documents: list[Document] = []
        session.on("Fetch.requestPaused", self._paused)

    @classmethod
    async def watching(cls, page: Page) -> "Recorder":
        """Begin to watch PAGE."""
        session = await page.context.new_cdp_session(page)
        tree = await session.send("Page.getFrameTree")
        recorder = cls(session, tree["frameTree"]["frame"]["id"])
        documents = [{"resourceType": "Document", "requestStage": "Response"}]
        await session.send("Fetch.enable", {"patterns": documents})
        return recorder

    def _paused(self, event: dict[str, Any]) -> None:
        task = asyncio.ensure_future(self._pass(event))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)

    async def _pass(self, event: dict[str, Any]) -> None:
        """Keep the answer that EVENT holds up, and let it go on to the page."""
        heads = {head["name"].lower(): head["value"] for head in event.get("responseHeaders", ())}
        status = event.get("responseStatusCode", 0)
        redirect = 300 <= status < 400 and "location" in heads
        try:
            if event["frameId"] == self._frame and status and not redirect:
                body = await self._body(event["requestId"], heads)
                kept = Document(status, heads.get("content-type", ""), body)
                self.documents.append(kept)
            await self._session.send("Fetch.continueRequest", {"requestId": event["requestId"]})
        except PlaywrightError:
            return  # the page was closed, or went on by itself: whoever waits for it is told there

    async def _body(self, request: str, heads: dict[str, str]) -> bytes | None:
        size = heads.get("content-length", "")
        if heads.get("content-disposition", "").startswith("attachment") or (size.isdigit() and int(size) > LARGEST):
            return None
        answer = await self._session.send("Fetch.getResponseBody", {"requestId": request})
        body = base64.b64decode(answer["body"]) if answer["base64Encoded"] else str(answer["body"]).encode()
        return body if len(body) <= LARGEST else None
