"""Keeps the pictures that one page loads, as delivered, within the room that a page has."""

from archive.likeness import pixels
from config.settings import Limits
from crawler.chromium.held import GIVEN, MIB, Held
from crawler.chromium.journal import Journal


class Gallery:
    """The pictures of one page. What is too large is let go of before the page has it, and said to be missing."""

    def __init__(self, limits: Limits, journal: Journal | None, missing: list[str]) -> None:
        self.missing = missing  # where it says, in words, what could not be kept
        self._journal = journal  # None: nothing is kept
        self._most = round(limits.document * MIB)
        self._room = self._most  # bytes that may still come
        self._megapixels = limits.megapixels

    async def take(self, held: Held) -> None:
        """Keep the picture that HELD brings, and let it go on to the page."""
        length = held.length
        if held.failed or held.bodiless:
            await held.go_on()
        elif length is not None and length > self._most:
            await self._refuse(held, f"{length} bytes are more than the {self._most} that a page's pictures may have")
        elif length is not None and self._journal is None:
            await held.go_on()
        elif length is not None and length > self._room:
            self._lost(held, f"beyond the {self._most} bytes of a page's pictures")
            await held.go_on()
        elif length is not None:
            self._room -= length
            body = await held.whole()
            if broken_off := held.short(body):
                self.missing.append(f"picture {held.url}: {broken_off}")
            await (held.go_on() if self._fits(held, body) else held.fail())
        else:
            await self._streamed(held)

    async def _streamed(self, held: Held) -> None:
        """Read it piece by piece, so that what has no end ends here; all that come at once share the room."""
        pieces: list[bytes] = []
        async for piece in held.pieces():
            pieces.append(piece)
            self._room -= len(piece)
            if self._room < 0:
                self._room += sum(map(len, pieces))
                return await self._refuse(held, f"beyond the {self._most} bytes of a page's pictures, unpacked")
        body = b"".join(pieces)
        if self._journal is None:
            self._room += len(body)
        elif not self._fits(held, body, given=True):
            return await held.fail()
        if len(body) <= GIVEN:
            return await held.give(body)
        self.missing.append(f"picture {held.url} in the page: it has {len(body)} bytes and did not say so")
        return await held.fail()

    def _fits(self, held: Held, body: bytes, *, given: bool = False) -> bool:
        """Keep BODY; or say that nobody should draw a picture of that many pixels."""
        if pixels(body) > self._megapixels * 1e6:
            self._lost(held, f"it has more than {self._megapixels:g} megapixels")
            return False
        if self._journal is not None:
            self._journal.keep(held.loader, body, given=given)
        return True

    async def _refuse(self, held: Held, why: str) -> None:
        self._lost(held, why)
        await held.fail()

    def _lost(self, held: Held, why: str) -> None:
        self.missing.append(f"picture {held.url}: {why}")
        if self._journal is not None:
            self._journal.keep(held.loader, None, why)
