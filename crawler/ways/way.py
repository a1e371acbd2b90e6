"""One way out: a proxy on a port of its own, with its own allow-list, its pinned addresses and its log."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import cast
from urllib.parse import urlsplit

from config.allow import Allowed
from crawler.ways.framing import AT_ONCE
from crawler.ways.lookup import Resolve, checked, found_at
from crawler.ways.passage import Arriving, Passage
from crawler.ways.place import NoWay, Place, Refused

FIRST = 3.0  # s for an address where others are left to try
LAST = 10.0  # s for the last one
MOST_AT_ONCE = 256  # connections
MOST_NOTED = 1000  # refusals and troubles that are remembered; all are counted
STOP = 10.0  # s to end in
FULL = "today's megabytes are used up"
PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Refusal:
    """Where the guard did not let us go, and why."""

    host: str
    port: int
    why: str


class Way:
    """A proxy that goes to public addresses, and to those it was told to allow. For use from any thread.

    An address is pinned to its host and port from the first connection on, until the way is closed or the
    address no longer takes a connection; then the name is looked up and checked anew.
    """

    def __init__(self, allow: Sequence[Allowed], resolve: Resolve, *, shut: bool, room: float) -> None:
        self._allow = allow
        self._resolve = resolve
        self._shut = shut  # lets nothing through
        self._room = room  # bytes that may come this way in all
        self._pinned: dict[tuple[str, int], str] = {}
        self._turns: defaultdict[tuple[str, int], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._answered: dict[tuple[str, int], str] = {}
        self._troubles: dict[tuple[str, int], NoWay] = {}
        self._refused: list[Refusal] = []
        self._passages: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.url = ""  # the proxy's address, as http://127.0.0.1:PORT
        self.count = 0  # of what was refused
        self.received = 0  # bytes that came from outside

    @property
    def open(self) -> bool:
        """Whether the proxy listens."""
        return self._server is not None

    @property
    def full(self) -> bool:
        """Whether as much came as may come; from then on nothing does."""
        return self.received > self._room

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """What was refused, in order; no more than the first MOST_NOTED."""
        return tuple(self._refused)

    def address(self, url: str) -> str:
        """The address that answered for the host and port of URL; "" where none has."""
        return self._answered.get(_key_of(url), "")

    def why(self, url: str) -> str:
        """Why the host and port of URL could not be asked the last time, in words; "" where they could."""
        return str(self._troubles.get(_key_of(url), ""))

    def refuses(self, url: str) -> bool:
        """Whether it was the guard that did not let us go to the host and port of URL."""
        return isinstance(self._troubles.get(_key_of(url)), Refused)

    def close(self) -> None:
        """End the proxy and all connections through it."""
        if self._loop is not None and self.open:
            asyncio.run_coroutine_threadsafe(self.end(), self._loop).result(STOP)

    def __enter__(self) -> "Way":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # On the guard's loop.

    async def begin(self) -> None:
        """Open the port."""
        loop = self._loop = asyncio.get_running_loop()

        def arriving() -> asyncio.StreamReaderProtocol:
            return asyncio.StreamReaderProtocol(Arriving(2 * AT_ONCE, loop), self._arrived, loop)

        self._server = await loop.create_server(arriving, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def end(self) -> None:
        """Close the port and every connection."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        passages = tuple(self._passages)
        for passage in passages:
            passage.cancel()
        await asyncio.gather(*passages, return_exceptions=True)
        await server.wait_closed()

    def _arrived(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.open or len(self._passages) >= MOST_AT_ONCE:
            writer.transport.abort()
            return
        passage = asyncio.ensure_future(Passage(self, cast("Arriving", reader), writer).run())
        self._passages.add(passage)
        passage.add_done_callback(lambda _: self._passed(passage, writer))

    def _passed(self, passage: asyncio.Task[None], writer: asyncio.StreamWriter) -> None:
        self._passages.discard(passage)
        if not writer.is_closing():  # it was cancelled before its first step
            writer.transport.abort()

    async def reach(self, place: Place) -> Ends:
        """A connection to PLACE, at an address that was checked; NoWay says why there is none."""
        try:
            return await self._reached(place)
        except Refused as problem:
            self.count += 1
            if len(self._refused) < MOST_NOTED:
                self._refused.append(Refusal(place.host, place.port, str(problem)))
            self.noted(place, Refused(f"the guard refused {Place(*place.itself)}: {problem}"))
            raise
        except NoWay as problem:
            self.noted(place, problem)
            raise

    def noted(self, place: Place, why: NoWay) -> None:
        """Remember that PLACE could not be asked, or not to the end, and WHY."""
        self._troubles[place.itself] = why
        if len(self._troubles) > MOST_NOTED:
            del self._troubles[next(iter(self._troubles))]

    def came(self, size: int) -> None:
        """Count SIZE bytes from outside; NoWay where there was no room for them any more."""
        self.received += size
        if self.full:
            raise NoWay(FULL)

    async def _reached(self, place: Place) -> Ends:
        if self.full:
            raise NoWay(FULL)
        if self._shut:
            raise Refused("nothing goes this way")
        found_at(place)
        key = place.itself
        if key not in self._pinned:
            async with self._turns[key]:
                if key not in self._pinned:
                    return await self._connected(place, await checked(place, self._allow, self._resolve))
        return await self._connected(place, [self._pinned[key]])

    async def _connected(self, place: Place, addresses: list[str]) -> Ends:
        key = place.itself
        said = []
        for address in addresses:
            seconds = LAST if address == addresses[-1] else FIRST
            there = Place(address, place.port)
            try:
                async with asyncio.timeout(seconds):
                    ends = await asyncio.open_connection(address, place.port, limit=2 * AT_ONCE)
            except ConnectionRefusedError:
                said.append(f"connection refused by {there}")
            except TimeoutError:
                said.append(f"no answer from {there} within {seconds:g} s")
            except OSError as problem:
                said.append(f"{there}: {problem.strerror or problem}")
            else:
                self._pinned[key] = self._answered[key] = address
                self._troubles.pop(key, None)
                return ends
        self._pinned.pop(key, None)
        raise NoWay("; ".join(said))


def _key_of(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return Place(parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)).itself
