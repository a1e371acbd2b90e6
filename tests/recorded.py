"""A site that notes every request byte for byte, for tests that hold what was recorded against it."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from crawler import browser

HTML = ("Content-Type", "text/html; charset=utf-8")
SCRIPT = ("Content-Type", "text/javascript")
TEXT = ("Content-Type", "text/plain; charset=utf-8")
Heads = tuple[tuple[str, str], ...]


@dataclass
class Noting:
    """What the site answers by path, query left out, and what it was asked: the heads as they came."""

    pages: dict[str, tuple[int, Heads, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # heads, each line ended by CRLF
    sent: list[str] = field(default_factory=list)  # heads of answers, in the same form
    slow: threading.Event = field(default_factory=threading.Event)  # until it is set, /never is not answered
    base: str = ""

    @property
    def place(self) -> str:
        """Host and port."""
        return self.base.rpartition("/")[2]

    def paths(self) -> list[str]:
        """Method and target of every request, sorted."""
        return sorted(" ".join(head.split(" ")[:2]) for head in self.asked)

    def page(self, path: str, html: str, *heads: tuple[str, str]) -> bytes:
        """Let PATH show HTML."""
        whole = f'<!doctype html><html><head><link rel="icon" href="data:,"></head><body>{html}</body></html>'
        self.pages[path] = (200, (HTML, *heads), whole.encode())
        return whole.encode()

    def give(self, path: str, body: bytes, *heads: tuple[str, str], status: int = 200) -> bytes:
        """Let PATH bring BODY."""
        self.pages[path] = (status, heads, body)
        return body


class Till(BaseHTTPRequestHandler):
    """Answers by the `noting` of its server."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer waits 40 ms

    def do_GET(self) -> None:
        """Note what was asked and answer it."""
        noting: Noting = self.server.noting  # type: ignore[attr-defined]  # we put it there
        lines = [f"{name}: {value}" for name, value in self.headers.items()]
        noting.asked.append("".join(f"{line}\r\n" for line in (self.requestline, *lines)))
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = self.path.partition("?")[0]
        if path == "/never":
            noting.slow.wait(30)
        status, heads, body = noting.pages.get(path, (404, (TEXT,), b"nothing here"))
        told = (*heads, ("Content-Length", str(len(body))))
        answer = f"HTTP/1.1 {status} As It Is\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told)
        noting.sent.append(answer)
        try:
            self.wfile.write(answer.encode("latin-1") + b"\r\n" + body)
        except OSError:
            return

    do_POST = do_OPTIONS = do_GET  # noqa: N815  (named so by the library)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


class Quiet(ThreadingHTTPServer):
    """The server; who hangs up is no news."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@contextmanager
def noting(papers: Path | None = None) -> Iterator[Noting]:
    """A site, open until the end of the `with`; by TLS if it has PAPERS."""
    this = Noting()
    with Quiet(("127.0.0.1", 0), Till) as server:
        server.noting = this  # type: ignore[attr-defined]  # its handlers read it
        this.base = f"{'https' if papers else 'http'}://127.0.0.1:{server.server_port}"
        if papers:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(papers)
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield this
        finally:
            this.slow.set()
            server.shutdown()


@contextmanager
def trusting(pin: str) -> Iterator[browser.Browser]:
    """A browser of its own that trusts the certificate with this PIN."""
    flag = f"--ignore-certificate-errors-spki-list={pin}"
    browser.FLAGS.append(flag)
    one = browser.Browser()
    try:
        yield one
    finally:
        one.stop()
        browser.FLAGS.remove(flag)
