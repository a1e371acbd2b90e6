"""A small site on the loopback whose answers a test writes, with a log of who asked for what, and when."""

import json
import re
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

HTML = "text/html; charset=utf-8"
CARDS = "".join(f'<li class="card"><a href="/item/{key}">象牙手镯 {key}</a></li>' for key in (1, 2, 3))
RESULTS = f"<html><body><ul>{CARDS}</ul></body></html>"
ITEM = "<html><body><h1>象牙手镯</h1></body></html>"


@dataclass(frozen=True)
class Asked:
    """One request that came in."""

    at: float  # seconds, monotonic
    path: str  # without the query
    agent: str


@dataclass(frozen=True)
class Answer:
    """What the site says."""

    body: str | bytes = ""
    status: int = 200
    kind: str = HTML
    to: str = ""  # where a redirect leads
    heads: tuple[tuple[str, str], ...] = ()  # more of them


@dataclass
class Site:
    """Answers by path; what has no answer here is a 404. `base` is its address while it is open."""

    answers: dict[str, Answer | Callable[[], Answer]] = field(default_factory=dict)
    base: str = ""
    log: list[Asked] = field(default_factory=list)

    def robots(self, text: str | bytes, **more: str | int) -> None:
        """Let the site have this robots.txt."""
        self.answers["/robots.txt"] = Answer(text, **({"kind": "text/plain"} | more))  # type: ignore[arg-type]

    def asked(self, path: str = "") -> list[str]:
        """The paths asked for that begin with PATH, in order."""
        return [asked.path for asked in self.log if asked.path.startswith(path)]

    @property
    def gaps(self) -> list[float]:
        """Seconds between each request and the one before."""
        times = [asked.at for asked in self.log]
        return [after - before for before, after in pairwise(times)]


class Stand(ThreadingHTTPServer):
    """The server; a visitor who hangs up is nothing to write home about."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say what went wrong here, and nothing of visitors."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # typed as one kind of socket


@contextmanager
def opened(papers: Path | None = None) -> Iterator[Site]:
    """A site with a search page and three listings, open until the end of the `with`; by TLS if it has PAPERS."""
    site = Site()
    site.answers |= {"/search": Answer(RESULTS)} | {f"/item/{key}": Answer(ITEM) for key in (1, 2, 3)}

    class Clerk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else every answer waits 40 ms

        def do_GET(self) -> None:
            site.log.append(Asked(time.monotonic(), self.path.partition("?")[0], self.headers["User-Agent"]))
            answer = site.answers.get(self.path.partition("?")[0], Answer("nothing here", 404))
            self._say(answer() if callable(answer) else answer)

        def _say(self, answer: Answer) -> None:
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body)))
            if answer.to:
                self.send_header("Location", answer.to)
            for name, value in answer.heads:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing: the log is the site's."""

    with Stand(("127.0.0.1", 0), Clerk) as server:
        server.daemon_threads = True
        site.base = f"{'https' if papers else 'http'}://127.0.0.1:{server.server_port}"
        if papers:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(papers)
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def admit(workspace: Path, base: str) -> None:
    """Let WORKSPACE ask the site at BASE, although it is on the loopback."""
    file = workspace / "wildfree.toml"
    text = file.read_text("utf-8")
    entry = json.dumps(urlsplit(base).netloc)
    longer, lists = re.subn(r"(?m)^allow = \[", f"allow = [{entry}, ", text, count=1)
    file.write_text(longer if lists else f"allow = [{entry}]\n{text}", "utf-8")


def describe(workspace: Path, base: str, delay: float) -> None:
    """Give WORKSPACE a platform file `stall` for the site at BASE."""
    admit(workspace, base)
    folder = workspace / "config" / "platforms"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "stall.toml").write_text(
        f"""
name = "stall"
title = "Stall"
base = "{base}"
read_on = 2026-11-21
verified = ["search"]
key = '/item/(\\d+)'
canonical = "/item/{{key}}"
[search]
url = "/search?q={{term}}"
canary = "case"
[search.card]
each = "li.card"
url = "a::attr(href)"
title = "a::text"
[listing]
title = "h1::text"
[manners]
delay = {delay}
""",
        "utf-8",
    )
