"""One connection through a way: tunnels (CONNECT), and plain requests, each checked for itself (RFC 9112 §3.2.2)."""

import asyncio
import re
import socket
import struct
from contextlib import suppress
from typing import Any, Protocol

from crawler.ways.framing import Body, Garbled, Head, Length, answered, asked, head, passed_on, status
from crawler.ways.place import NoWay, Place

IDLE = 120.0  # s without a byte in either direction
LINGER = 10.0  # s for the last bytes of a connection
CONNECT = re.compile(rb"CONNECT (?:[^ /?#\\]*@)?([^ /?#@\\]+):([0-9]{1,5}) HTTP/1\.[01]")
PLAIN = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) http://"
    rb"(?:[^ /?#\\]*@)?(\[[^]@]*\]|[^ /?#@:\\\[\]]+)(?::([0-9]{0,5}))?((?:[/?][^ ]*)?) (HTTP/1\.[01])",
    re.IGNORECASE,
)
THROUGH = b"HTTP/1.1 200 Connection established\r\n\r\n"
NOT_THROUGH = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
RESET = struct.pack("ii", 1, 0)  # linger, for no time at all; Windows reads the first half, which says the same
HOST = re.compile(rb"(?:[^@/]*@)?(\[[^]]*\]|[^:]*)(?::([0-9]*))?")
TO_US = re.compile(rb"proxy-", re.IGNORECASE)  # lines for the proxy alone


class Arriving(asyncio.StreamReader):
    """What our client sends, with a note when it has gone."""

    def __init__(self, limit: int, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit, loop)
        self.gone = asyncio.Event()

    def feed_eof(self) -> None:
        """Note that no more will come."""
        super().feed_eof()
        self.gone.set()

    def set_exception(self, exc: Exception) -> None:
        """Note that the connection broke."""
        super().set_exception(exc)
        self.gone.set()


class Outside(Protocol):
    """What a passage needs of its way."""

    async def reach(self, place: Place) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to PLACE; NoWay where there is none."""

    def noted(self, place: Place, why: NoWay) -> None:
        """Remember WHY PLACE could not be asked."""

    def came(self, size: int) -> None:
        """Count SIZE bytes from outside; NoWay where there was no room for them any more."""


class Passage:
    """One client's connection, and the one outside that it has at a time."""

    def __init__(self, way: Outside, reader: Arriving, writer: asyncio.StreamWriter) -> None:
        self._way = way
        self._near, self._back = reader, writer
        self._far: asyncio.StreamReader | None = None
        self._forth: asyncio.StreamWriter | None = None
        self._there: Place | None = None  # where far and forth lead
        self._asked: Place | None = None  # what the client waits for
        self._limit = asyncio.timeout(IDLE)

    async def run(self) -> None:
        """Serve the connection to its end. What breaks off outside breaks off here too: it is no end in order."""
        broken = True
        try:
            async with self._limit:
                while await self._served():
                    self._asked = None
            broken = False
        except NoWay:
            return  # the way has noted why
        except (Garbled, OSError) as problem:
            if self._asked is not None and not self._near.gone.is_set():
                self._way.noted(self._asked, NoWay(f"{self._asked}: {_in_words(problem)}"))
        finally:
            try:
                await _ended(self._back, broken=broken)
            except asyncio.CancelledError:
                broken = True  # the way is being closed: nothing is waited for
                raise
            finally:
                await self._let_go(broken=broken)

    async def _served(self) -> bool:
        """Answer one request; whether another may follow."""
        request = await head(self._near)
        if request is None:
            return False
        if request.first.upper().startswith(b"CONNECT "):
            if not (there := CONNECT.fullmatch(request.first)) or not await self._tunnel(there[1], there[2]):
                self._back.write(NOT_THROUGH)  # a client waits for a word here
            return False
        plain = PLAIN.fullmatch(request.first)
        if plain is None:
            raise Garbled("no request for a proxy")
        self._asked = _place(plain[2], plain[3] or b"80")
        hosts = request.values(b"host")
        if len(hosts) > 1 or any(not _names(host, self._asked) for host in hosts):  # many a site believes Host alone
            raise Garbled("its Host line names another place")
        target = plain[4] if plain[4].startswith(b"/") else b"/" + plain[4]
        return await self._exchange(request, plain[1], b" ".join((plain[1], target, plain[5])))

    async def _tunnel(self, host: bytes, port: bytes) -> bool:
        """Connect the client with HOST and PORT until either side ends; False where they cannot be reached."""
        try:
            self._asked = _place(host, port)
            far, forth = await self._outside(self._asked)
        except (NoWay, Garbled):
            return False
        self._back.write(THROUGH)
        both = (
            asyncio.ensure_future(passed_on(self._near, forth, Length.REST, self._moved)),
            asyncio.ensure_future(passed_on(far, self._back, Length.REST, self._came)),
        )
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for end in both:
                if end.done():
                    end.result()
        finally:
            await _cancelled(*both)
        return True

    async def _exchange(self, request: Head, method: bytes, first: bytes) -> bool:
        """Hand REQUEST on with FIRST for its first line, and its answer back; whether another may follow."""
        if self._asked is None:
            return False
        length = asked(request)
        far, forth = await self._outside(self._asked)
        sending = asyncio.ensure_future(self._sent(forth, request, first, length))
        answering = asyncio.ensure_future(self._answered(far, method))
        gone = asyncio.ensure_future(self._near.gone.wait())
        try:
            await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                return False
            whole = answering.result()
            return whole and sending.done() and sending.exception() is None
        finally:
            await _cancelled(sending, answering, gone)

    async def _sent(self, forth: asyncio.StreamWriter, request: Head, first: bytes, length: Body) -> None:
        forth.write(b"".join((first, b"\r\n", *_for_site(request), request.end)))
        await forth.drain()
        await passed_on(self._near, forth, length, self._moved)

    async def _answered(self, far: asyncio.StreamReader, method: bytes) -> bool:
        """Hand the answer back; whether the connection can bear another."""
        while True:
            answer = await head(far)
            if answer is None:
                raise Garbled("it closed the connection without an answer")
            length = answered(answer, method)
            if status(answer) == 101:
                raise Garbled("it changes the protocol, though nobody asked it to")
            whole = b"".join((answer.start, *answer.lines, answer.end))
            self._came(len(whole))
            self._back.write(whole)
            await self._back.drain()
            if status(answer) >= 200:
                await passed_on(far, self._back, length, self._came)
                return length is not Length.REST

    async def _outside(self, place: Place) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The connection to PLACE: the one we have, if it leads there and is idle, else a new one."""
        if self._far is None or self._forth is None or self._there != place or not await _idle(self._far):
            await self._let_go(broken=True)
            self._far, self._forth = await self._way.reach(place)
            self._there = place
        return self._far, self._forth

    async def _let_go(self, *, broken: bool) -> None:
        forth, self._forth = self._forth, None
        self._far = self._there = None
        if forth is not None:
            await _ended(forth, broken=broken)

    def _moved(self, size: int) -> None:
        self._limit.reschedule(asyncio.get_running_loop().time() + IDLE)

    def _came(self, size: int) -> None:
        self._way.came(size)
        self._moved(size)


def _in_words(problem: Exception) -> str:
    if isinstance(problem, TimeoutError):
        return f"silent for {IDLE:g} s"
    return getattr(problem, "strerror", "") or str(problem) or type(problem).__name__


def _place(host: bytes, port: bytes) -> Place:
    if not 0 < int(port) < 65536:
        raise Garbled("no port")
    return Place(host.decode("latin-1").lower().removeprefix("[").removesuffix("]"), int(port))


def _names(host: bytes, place: Place) -> bool:
    """Whether the value of a Host line names PLACE, however it writes it."""
    found = HOST.fullmatch(host)
    return found is not None and _place(found[1], found[2] or b"80").itself == place.itself


def _for_site(request: Head) -> list[bytes]:
    """The lines of REQUEST that are for the site, as they came; Proxy-Connection is Connection again."""
    called = request.values(b"connection")
    lines = []
    for line in request.lines:
        if line.lower().startswith(b"proxy-connection:") and not called:
            lines.append(line[len("proxy-") :])
        elif not TO_US.match(line):
            lines.append(line)
    return lines


async def _idle(reader: asyncio.StreamReader) -> bool:
    """Whether the other side has neither ended nor said more than it was asked for."""
    try:
        async with asyncio.timeout(0):
            await reader.read(1)
    except TimeoutError:
        return True
    except OSError:
        return False
    return False


async def _cancelled(*tasks: "asyncio.Future[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _ended(writer: asyncio.StreamWriter, *, broken: bool) -> None:
    """Close a connection when all is sent; a BROKEN one by reset, so that nobody takes what came for the whole."""
    try:
        with suppress(OSError):  # it is closed already, or takes too long
            if broken:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                return
            writer.close()
            async with asyncio.timeout(LINGER):
                await writer.wait_closed()
    finally:
        writer.transport.abort()
