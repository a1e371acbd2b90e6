"""One request that the browser holds up for us over CDP: what it says, its body, and how it goes on."""

import base64
from collections.abc import AsyncIterator
from functools import cached_property
from typing import Any

from crawler.chromium.branch import Speaks
from crawler.reading.heads import BODILESS, Headers, kept

MIB = 1024 * 1024
AT_ONCE = MIB  # bytes asked for in one message; asked for whole, 400 MB end Playwright's driver
GIVEN = 6 * MIB  # bytes that the driver can be handed at once; it copies a message again for each part that it reads
ENCODED = {"base64Encoded": True}
EMPTY = BODILESS | {205}  # that one may have a body on the way, but shows none (RFC 9110 §15.3.6)


class Held:
    """A request held up before it goes, or once the heads of its answer are there."""

    def __init__(self, session: Speaks, event: dict[str, Any]) -> None:
        self._session = session
        self._event = event
        self._request = {"requestId": event["requestId"]}
        self.url: str = event["request"]["url"] + event["request"].get("urlFragment", "")
        self.kind: str = event["resourceType"]
        self.frame: str = event["frameId"]
        self.loader: str = event.get("networkId", "")
        self.status: int = event.get("responseStatusCode", 0)  # 0: it has not gone yet, or failed
        self.failed = "responseErrorReason" in event
        self.asks_who = "authChallenge" in event

    @cached_property
    def heads(self) -> dict[str, str]:
        """The heads by their names in small letters; of doubles the first."""
        found: dict[str, str] = {}
        for head in self._event.get("responseHeaders", ()):
            found.setdefault(head["name"].lower(), head["value"].strip())
        return found

    @property
    def headers(self) -> Headers:
        """The heads as they came (order, case, doubles), but without what is secret in them."""
        return kept(tuple((head["name"], head["value"]) for head in self._event["responseHeaders"]))

    @property
    def length(self) -> int | None:
        """How many bytes the body has; None where the heads do not say, or may say it of something packed."""
        packed = self.heads.get("content-encoding", "identity").lower() != "identity"
        length = self.heads.get("content-length", "")
        return int(length) if length.isascii() and length.isdigit() and not packed else None

    @property
    def bodiless(self) -> bool:
        """Whether the answer has nothing for the page: it leads elsewhere, or is empty."""
        return self.status in EMPTY or (300 <= self.status < 400 and "location" in self.heads)

    @property
    def attached(self) -> bool:
        """Whether the answer is a download."""
        return self.heads.get("content-disposition", "").lower().startswith("attachment")

    def short(self, body: bytes) -> str:
        """In words, that BODY is not all that the heads promised; "" where it is, or where they promise nothing."""
        whole = self.length or 0
        return f"it broke off: {len(body)} of {whole} bytes came" if len(body) < whole else ""

    async def go_on(self) -> None:
        """Let it go on by itself."""
        await self._session.send("Fetch.continueRequest", self._request)

    async def unnamed(self) -> None:
        """Give no name and no password: then the page is what is shown to those who have none."""
        answer = {"authChallengeResponse": {"response": "CancelAuth"}}
        await self._session.send("Fetch.continueWithAuth", self._request | answer)

    async def fail(self) -> None:
        """Let nothing of it come to the page."""
        await self._session.send("Fetch.failRequest", self._request | {"errorReason": "BlockedByClient"})

    async def whole(self) -> bytes:
        """The body at once, for one whose length is known; it can go on afterwards."""
        return _bytes(await self._session.send("Fetch.getResponseBody", self._request), "body")

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body piece by piece, unpacked, for one that may have no end. Afterwards it can be given, or fail."""
        stream = (await self._session.send("Fetch.takeResponseBodyAsStream", self._request))["stream"]
        ended = False
        while not ended:
            piece = await self._session.send("IO.read", {"handle": stream, "size": AT_ONCE})
            ended = piece["eof"]
            yield _bytes(piece, "data")
        await self._session.send("IO.close", {"handle": stream})

    async def told_as_it_comes(self) -> bytes:
        """Have Network.dataReceived hand us what is still to come, and hand out what has come; it can go on then."""
        ask = {"requestId": self.loader}
        return _bytes(await self._session.send("Network.streamResourceContent", ask) | ENCODED, "bufferedData")

    async def give(self, body: bytes) -> None:
        """Give the page BODY, the very bytes and heads that came: a stream that was taken cannot be put back.

        An empty one is given as a blank: for an error without a page Chromium would show one of its own.
        """
        given = {
            "responseCode": self.status,
            "responseHeaders": self._event["responseHeaders"],
            "body": base64.b64encode(body or b" ").decode(),
        }
        await self._session.send("Fetch.fulfillRequest", self._request | given)


def _bytes(answer: dict[str, Any], name: str) -> bytes:
    text: str = answer[name]
    return base64.b64decode(text) if answer.get("base64Encoded") else text.encode()
