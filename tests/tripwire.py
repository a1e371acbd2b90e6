"""Birds on the loopback that nobody may wake: each sits on a port of its own and notes every connection."""

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType

import psutil

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n"
    b"Access-Control-Allow-Origin: *\r\nConnection: close\r\n\r\nawake"
)

CARDS = (each for card in psutil.net_if_addrs().values() for each in card if each.family == socket.AF_INET)
HOME = next(
    (each.address for each in CARDS if not each.address.startswith("127.")), "127.0.0.1"
)  # beyond the loopback


class Canary:
    """Listens by TCP on 127.0.0.1 and ::1, by UDP on 127.0.0.1 and HOME; `hits` counts what came, by bird."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self.ports: dict[str, int] = {}  # by bird
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="canary", daemon=True)
        self._open: list[asyncio.Server | asyncio.DatagramTransport] = []

    def port(self, bird: str) -> int:
        """The port on which BIRD sits."""
        if bird not in self.ports:
            self.ports[bird] = asyncio.run_coroutine_threadsafe(self._perched(bird), self._loop).result(10)
        return self.ports[bird]

    def awake(self, birds: set[str], seconds: float) -> set[str]:
        """Those of BIRDS that were hit, when all are or SECONDS are over."""
        until = time.monotonic() + seconds
        while not birds <= set(self.hits) and time.monotonic() < until:
            time.sleep(0.05)
        return birds & set(self.hits)

    def woken(self, bird: str, times: int, seconds: float) -> bool:
        """Whether BIRD was hit so many TIMES, when it is or SECONDS are over."""
        until = time.monotonic() + seconds
        while self.hits[bird] < times and time.monotonic() < until:
            time.sleep(0.05)
        return self.hits[bird] >= times

    async def _perched(self, bird: str) -> int:
        for _ in range(50):
            server = await self._loop.create_server(lambda: _Tcp(self._hit(bird)), "127.0.0.1", 0)
            port: int = server.sockets[0].getsockname()[1]
            self._open.append(server)
            try:
                self._open.append(await self._loop.create_server(lambda: _Tcp(self._hit(bird)), "::1", port))
                for host in {"127.0.0.1", HOME}:
                    udp, _ = await self._loop.create_datagram_endpoint(
                        lambda: _Udp(self._hit(bird)), local_addr=(host, port)
                    )
                    self._open.append(udp)
            except OSError:  # taken by another in one place
                continue
            return port
        raise OSError("no port that is free everywhere")

    def _hit(self, bird: str) -> Callable[[], None]:
        def noted() -> None:
            self.hits[bird] += 1

        return noted

    def __enter__(self) -> "Canary":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in self._open:
            self._loop.call_soon_threadsafe(each.close)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


class _Tcp(asyncio.Protocol):
    def __init__(self, hit: Callable[[], None]) -> None:
        self._hit = hit
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._hit()

    def data_received(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(ANSWER)
            self._transport.close()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, hit: Callable[[], None]) -> None:
        self._hit = hit

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        self._hit()


def knocked(host: str, port: int) -> bool:
    """Whether a C library that is asked for HOST, however it is written, gets a connection."""
    try:
        socket.create_connection((host, port), 2).close()
    except (OSError, UnicodeError):
        return False
    return True
