"""The practice market: a small invented shop on this machine that misbehaves as real ones do."""

import socket
from collections.abc import Iterable
from threading import Event, Thread
from types import TracebackType
from typing import Self

import uvicorn

from config.errors import MachineError
from config.system import keep_port
from desk.practice.pages import Pages
from desk.practice.playing import Playing
from desk.practice.wares import Ware

HOST = "127.0.0.1"
PATIENCE = 10.0  # seconds that opening or closing may take


class _Server(uvicorn.Server):
    """A server that says when it is open."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.open = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open, then say so."""
        await super().startup(sockets)
        self.open.set()


class Market(Playing):
    """A shop of WARES in a thread of this process, closed at first.

    What Stock can do to a listing, and the tricks that Playing switches on, show at once.
    """

    def __init__(self, wares: Iterable[Ware]) -> None:
        super().__init__(wares)
        self._server: _Server | None = None
        self._thread: Thread | None = None
        self._socket: socket.socket | None = None
        self.base = ""  # scheme, host and port while it is open

    def start(self, port: int = 0) -> None:
        """Open on the loopback at PORT (0: a free one); MachineError where that cannot be."""
        if self._server is not None:
            raise MachineError(f"the practice market is open already, at {self.base}")
        self._socket = _bound(port)
        self.base = f"http://{HOST}:{self._socket.getsockname()[1]}"
        self._server = _Server(_settings(self))
        self._thread = Thread(target=self._server.run, args=([self._socket],), name="practice market", daemon=True)
        self._thread.start()
        if not self._server.open.wait(PATIENCE):
            self.stop()
            raise MachineError(f"the practice market did not open within {PATIENCE:.0f} s; see the log for why")

    def stop(self) -> None:
        """Close: the thread has ended and the port is free afterwards. Nothing happens where it is closed."""
        if self._server is None or self._thread is None or self._socket is None:
            return
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._socket.close()
        if self._thread.is_alive():
            raise MachineError(f"the practice market did not close within {PATIENCE:.0f} s")
        self._server = self._thread = self._socket = None
        self.base = ""

    def __enter__(self) -> Self:
        """The market, open at a free port until the block is left."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _settings(market: Playing) -> uvicorn.Config:
    return uvicorn.Config(
        Pages(market).app(),
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
    )


def _bound(port: int) -> socket.socket:
    """A socket bound to the loopback at PORT."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    keep_port(bound)
    try:
        bound.bind((HOST, port))
    except OSError as problem:
        bound.close()
        raise MachineError(f"{HOST}:{port} cannot be used ({problem.strerror}); choose another port") from None
    return bound
