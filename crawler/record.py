"""Records over CDP what the browser was delivered as a page's document, byte for byte, and which of them it shows."""

import asyncio
import base64
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

LARGEST = 20 * 1024 * 1024  # bytes; a larger document is not kept
MOST = 3 * LARGEST  # bytes of documents held at once
AT_ONCE = 1024 * 1024  # bytes asked for in one message
BODILESS = frozenset({204, 205, 304})


@dataclass(frozen=True)
class Document:
    """One answered document of a page's main frame."""

    status: int
    media_type: str
    body: bytes | None  # content-decoded, else as delivered; None: too large, or a download
    headers: tuple[tuple[str, str], ...] = ()  # as delivered: order, case, doubles


class Recorder:
    """Watches one page from before its first request. A download or an empty answer is delivered but never shown."""

    def __init__(self, session: CDPSession, frame: str) -> None:
        self.session = session
        self.frame = frame
        self.refused = ""  # why a document was kept from the page
        self._passing: set[asyncio.Task[None]] = set()
        self._delivered: dict[str, Document] = {}  # by the loader that asked for it
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

    async def shown(self) -> tuple[str, Document | None]:
        """The loader of what the page shows, and its document: None where no answer brought it."""
        tree = await self.session.send("Page.getFrameTree")
        loader: str = tree["frameTree"]["frame"]["loaderId"]
        return loader, self._delivered.get(loader)

    def _paused(self, event: dict[str, Any]) -> None:
        task = asyncio.ensure_future(self._pass(event))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)

    async def _pass(self, event: dict[str, Any]) -> None:
        """Keep the answer that EVENT holds up, and let it go on to the page."""
        heads = {head["name"].lower(): head["value"] for head in event.get("responseHeaders", ())}
        status = event.get("responseStatusCode", 0)
        bodiless = status in BODILESS or (300 <= status < 400 and "location" in heads)
        request = {"requestId": event["requestId"]}
        try:
            if event["frameId"] != self.frame or not status or bodiless:
                await self.session.send("Fetch.continueRequest", request)
            elif _bounded(heads):
                self._keep(event, heads, await self._whole(request, heads))
                await self.session.send("Fetch.continueRequest", request)
            else:
                await self._streamed(event, heads)
        except PlaywrightError:
            return  # the page was closed, or went on by itself: whoever waits for it is told there

    def _keep(self, event: dict[str, Any], heads: dict[str, str], body: bytes | None) -> None:
        headers = tuple((head["name"], head["value"]) for head in event.get("responseHeaders", ()))
        document = Document(event["responseStatusCode"], heads.get("content-type", ""), body, headers)
        self._delivered[event.get("networkId", "")] = document
        while sum(len(each.body or b"") for each in self._delivered.values()) > MOST:
            del self._delivered[next(iter(self._delivered))]  # a page that always goes on must not fill us

    async def _whole(self, request: dict[str, str], heads: dict[str, str]) -> bytes | None:
        if _attached(heads) or int(heads["content-length"]) > LARGEST:
            return None
        answer = await self.session.send("Fetch.getResponseBody", request)
        return _bytes(answer, "body")

    async def _streamed(self, event: dict[str, Any], heads: dict[str, str]) -> None:
        """Read piece by piece what may have no end, or unpack to far more than was sent; then hand it to the page.

        Asked for whole, 400 MB end Playwright's driver. A stream that was taken cannot be put back: the page is
        given the very bytes and heads instead, or nothing where they are too many.
        """
        request = {"requestId": event["requestId"]}
        stream = (await self.session.send("Fetch.takeResponseBodyAsStream", request))["stream"]
        body = bytearray()
        ended = False
        while not ended and len(body) <= LARGEST:
            piece = await self.session.send("IO.read", {"handle": stream, "size": AT_ONCE})
            body += _bytes(piece, "data")
            ended = piece["eof"]
        await self.session.send("IO.close", {"handle": stream})
        if len(body) > LARGEST:
            self.refused = f"the document is longer than {LARGEST} bytes unpacked"
            await self.session.send("Fetch.failRequest", request | {"errorReason": "BlockedByClient"})
            return
        self._keep(event, heads, bytes(body))
        given = {
            "responseCode": event["responseStatusCode"],
            "responseHeaders": event["responseHeaders"],
            "body": base64.b64encode(body).decode(),
        }
        await self.session.send("Fetch.fulfillRequest", request | given)


def _attached(heads: dict[str, str]) -> bool:
    return heads.get("content-disposition", "").strip().lower().startswith("attachment")


def _bounded(heads: dict[str, str]) -> bool:
    """Whether the body is no longer than the heads say, or is not for the page anyway."""
    packed = heads.get("content-encoding", "identity").strip().lower() != "identity"
    return _attached(heads) or (not packed and heads.get("content-length", "").isdigit())


def _bytes(answer: dict[str, Any], name: str) -> bytes:
    text: str = answer[name]
    return base64.b64decode(text) if answer.get("base64Encoded") else text.encode()
