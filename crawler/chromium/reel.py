"""Keeps the media that a page plays, as they come: the browser hands none of it out afterwards."""

import base64
from typing import Any

from playwright.async_api import Error as PlaywrightError

from config.settings import Limits
from crawler.chromium.held import MIB, Held
from crawler.chromium.journal import Journal

MEDIA = [{"resourceType": "Media", "requestStage": "Response"}]
DATA, ENDED = "Network.dataReceived", "Network.loadingFinished"


class Reel:
    """The films and sounds of one page. None is held back from the page; what is too long is said to be missing."""

    def __init__(self, limits: Limits, journal: Journal) -> None:
        self._journal = journal
        self._most = self._room = round(limits.document * MIB)  # bytes that may still come
        self._coming: dict[str, bytearray] = {}

    async def take(self, held: Held) -> None:
        """Have what HELD brings told to us as it comes, and let it go on to the page."""
        if not (held.failed or held.bodiless):
            try:
                self._coming[held.loader] = bytearray()
                self._add(held.loader, await held.told_as_it_comes())
            except PlaywrightError:  # a browser that knows no such thing: the journal says that there is no body
                self._coming.pop(held.loader, None)
        await held.go_on()

    def hear(self, event: str, told: dict[str, Any]) -> None:
        """Note what has come, and what has come to its end."""
        number = told.get("requestId", "")
        if event == DATA and number in self._coming:
            self._add(number, base64.b64decode(told.get("data", "")))
        elif event == ENDED and number in self._coming:
            self._journal.keep(number, bytes(self._coming.pop(number)))

    def _add(self, number: str, data: bytes) -> None:
        self._coming[number] += data
        self._room -= len(data)
        if self._room < 0:
            self._room += len(self._coming.pop(number))
            self._journal.keep(number, None, f"beyond the {self._most} bytes of what a page plays")
