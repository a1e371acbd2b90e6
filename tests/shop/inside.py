"""The shop's own process: serves on a free port, and does what the tests order on its standard input.

An order is one JSON object a line, answered by one. At the end of the input the process ends, so that
no shop outlives its tests.
"""

import json
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import django  # type: ignore[import-untyped]  # ships no types
from django.contrib.staticfiles.handlers import (  # type: ignore[import-untyped]  # ships no types
    StaticFilesHandler,
)
from django.core.cache import cache  # type: ignore[import-untyped]  # ships no types
from django.core.servers.basehttp import (  # type: ignore[import-untyped]  # ships no types
    ThreadedWSGIServer,
    WSGIRequestHandler,
)
from django.core.wsgi import get_wsgi_application  # type: ignore[import-untyped]  # ships no types
from django.db import connection  # type: ignore[import-untyped]  # ships no types
from oscar.core.loading import get_model  # type: ignore[import-untyped]  # ships no types

FOLDER = Path(os.environ["WILDFREE_SHOP"])
LIVE, SEEDED, REQUESTS = FOLDER / "live.sqlite3", FOLDER / "seeded.sqlite3", FOLDER / "requests.tsv"
ONE_AT_A_TIME = Lock()


class Counter(WSGIRequestHandler):  # type: ignore[misc]  # its base ships no types
    """Takes a request, and notes it the moment it comes in."""

    disable_nagle_algorithm = True  # else every answer waits 40 ms

    def parse_request(self) -> bool:
        understood: bool = super().parse_request()
        if understood:
            agent = self.headers.get("User-Agent", "").replace("\t", " ")
            line = "\t".join((datetime.now(UTC).isoformat(), self.command, self.path, agent))
            with ONE_AT_A_TIME, REQUESTS.open("a", encoding="utf-8") as log:
                log.write(line + "\n")
        return understood

    def log_message(self, *said: Any) -> None:
        """Silence: the requests are in their own file."""


def copy(source: Path, target: Path) -> None:
    """Copy the database SOURCE over TARGET in one transaction; visitors see the old or the new."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, timeout=20)) as new:
        old.backup(new)


def product(title: str) -> Any:
    """The ware of this title, as the shop's database has it now."""
    return get_model("catalogue", "Product").objects.get(title=title)


def delete(title: str) -> None:
    product(title).delete()


def sell_out(title: str) -> None:
    product(title).stockrecords.update(num_in_stock=0)


def edit(title: str, new_title: str) -> None:
    get_model("catalogue", "Product").objects.filter(pk=product(title).pk).update(title=new_title)


def restore() -> None:
    copy(SEEDED, LIVE)
    cache.clear()
    with ONE_AT_A_TIME:
        REQUESTS.write_text("")


def paths() -> dict[str, str]:
    """The path of every ware's page."""
    return {each.title: each.get_absolute_url() for each in get_model("catalogue", "Product").objects.all()}


ORDERS: dict[str, Callable[..., Any]] = {order.__name__: order for order in (delete, sell_out, edit, restore, paths)}


def opened() -> ThreadedWSGIServer:
    """A server that listens already, over a shop that is filled."""
    from tests.shop.seed import seed

    if not SEEDED.exists():
        seed()
        connection.close()
        copy(LIVE, SEEDED)
    restore()
    server = ThreadedWSGIServer(("127.0.0.1", 0), Counter)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    return server


def answer(**said: Any) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def main() -> None:
    django.setup()
    server = opened()
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    answer(port=server.server_port)
    for line in sys.stdin:
        order, *words = json.loads(line)
        answer(done=ORDERS[order](*words))
        connection.close()
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
