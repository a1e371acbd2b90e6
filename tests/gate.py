"""A gate before a shop on the loopback: passes requests on, puts another page in place of all, or is shut."""

import socket
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

DROPPED = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    gate: "Gate"


class _Guard(BaseHTTPRequestHandler):
    """Answers one visitor with what the shop behind the gate says."""

    disable_nagle_algorithm = True  # else every answer waits 40 ms

    server: _Server

    def do_GET(self) -> None:
        gate = self.server.gate
        shown = self.path == "/robots.txt" or self.path.startswith("/static/")
        if gate.leads_to and not shown and self.path != gate.leads_to:
            self._say(302, [("Location", gate.leads_to)], b"")
            return
        status, headers, body = gate.fetched(self.path if shown or not gate.in_place else gate.in_place)
        self._say(status, headers, body)

    def _say(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        """Silence."""


class Gate:
    """The way to the shop at BASE; it keeps its own address whatever becomes of it."""

    def __init__(self, base: str) -> None:
        self._shop = urlsplit(base).netloc
        self._server: _Server | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{self._port}"
        self.in_place = ""  # the path whose page stands in place of all
        self.leads_to = ""  # the path to which all are sent

    def open(self) -> None:
        """Let everyone through."""
        self.in_place = self.leads_to = ""
        if self._server is None:
            self._server = _Server(("127.0.0.1", self._port), _Guard)
            self._server.gate = self
            Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def shut(self) -> None:
        """Let nobody through: the port is closed."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def wall(self, path: str) -> None:
        """Show the shop's page at PATH in place of every other, with status 200."""
        self.in_place = path

    def redirect(self, path: str) -> None:
        """Send everyone to PATH."""
        self.leads_to = path

    def fetched(self, path: str) -> tuple[int, list[tuple[str, str]], bytes]:
        """What the shop answers at PATH."""
        connection = HTTPConnection(self._shop, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": f"127.0.0.1:{self._port}"})
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        return answer.status, [pair for pair in answer.getheaders() if pair[0].lower() not in DROPPED], body

    def __enter__(self) -> "Gate":
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shut()
