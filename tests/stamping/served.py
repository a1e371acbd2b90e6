"""An HTTP server on the loopback that a test starts, and that keeps what it was asked."""

import ssl
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

from archive.stamps.asking import Reach
from config.proof import Witness


@dataclass(frozen=True)
class Request:
    """What one visitor asked."""

    method: str
    path: str
    body: bytes
    kind: str  # Content-Type


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    served: "Served"


class _Visitor(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Request(self.command, self.path, body, self.headers.get("Content-Type") or "")
        self.server.served.asked.append(asked)
        self.server.served.answer(self, asked)

    do_POST = do_GET  # noqa: N815  (the server's own name for it)

    def say(self, status: int, body: bytes, kind: str = "text/html", length: int | None = None, **heads: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **heads}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def drip(self, ended: Event) -> None:
        """A head, then one letter at a time until the test is over: every single wait is short."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        try:
            while not ended.wait(0.05):
                self.wfile.write(b"x")
        except OSError:
            """They hung up."""

    def log_message(self, *said: Any) -> None:
        """Silence."""


Visitor = _Visitor


class Served:
    """A witness that answers every visitor by `answer`, which each kind of witness writes for itself."""

    def __init__(self, papers: Path | None = None) -> None:
        self.asked: list[Request] = []
        self.ended = Event()
        self._server = _Server(("127.0.0.1", 0), _Visitor)
        self._server.served = self
        if papers:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(papers)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if papers else 'http'}://127.0.0.1:{self._server.server_port}"

    def answer(self, visitor: Visitor, asked: Request) -> None:
        raise NotImplementedError

    @property
    def reach(self) -> Reach:
        """The way to this witness alone, as a practice workspace has it."""
        return Reach((Witness(name="test", url=self.url, source="made for the tests"),), practice=True)

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, it: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
