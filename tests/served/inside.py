"""Inside a site's own process: serves it on a free port, and does what the tests order on its standard input.

An order is one JSON object a line, answered by one. At the end of the input the process ends, so that
no site outlives its tests.
"""

import json
import sqlite3
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler  # type: ignore[import-untyped]  # ships no types
from django.core.servers.basehttp import (  # type: ignore[import-untyped]  # ships no types
    ThreadedWSGIServer,
    WSGIRequestHandler,
)
from django.core.wsgi import get_wsgi_application  # type: ignore[import-untyped]  # ships no types
from django.db import connection  # type: ignore[import-untyped]  # ships no types

Orders = Mapping[str, Callable[..., Any]]


class RequestLog:
    """Every request that came in, one a line, in the file REQUESTS."""

    def __init__(self, requests: Path) -> None:
        self._requests = requests
        self._one_at_a_time = Lock()
        self.clear()

    def clear(self) -> None:
        """Forget all of them."""
        with self._one_at_a_time:
            self._requests.write_text("")

    def note(self, *words: str) -> None:
        """Write down a request, of which WORDS tell."""
        line = "\t".join((datetime.now(UTC).isoformat(), *(word.replace("\t", " ") for word in words)))
        with self._one_at_a_time, self._requests.open("a", encoding="utf-8") as log:
            log.write(line + "\n")


def serve(log: RequestLog, orders: Orders) -> None:
    """Serve the site of the Django settings until the input ends, noting requests in LOG, obeying ORDERS."""

    class Counter(WSGIRequestHandler):  # type: ignore[misc]  # its base ships no types
        """Takes a request, and notes it the moment it comes in."""

        disable_nagle_algorithm = True  # else every answer waits 40 ms

        def parse_request(self) -> bool:
            understood: bool = super().parse_request()
            if understood:
                log.note(self.command, self.path, self.headers.get("User-Agent", ""))
            return understood

        def log_message(self, *said: Any) -> None:
            """Silence: the requests are in their own file."""

    server = ThreadedWSGIServer(("127.0.0.1", 0), Counter)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    _answer(port=server.server_port)
    for line in sys.stdin:
        order, *words = json.loads(line)
        _answer(done=orders[order](*words))
        connection.close()
    server.shutdown()
    server.server_close()


def copy(source: Path, target: Path) -> None:
    """Copy the database SOURCE over TARGET in one transaction; visitors see the old or the new."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, timeout=20)) as new:
        old.backup(new)


def _answer(**said: Any) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
