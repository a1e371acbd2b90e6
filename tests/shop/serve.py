"""Starts the shop in a process of its own, and lets a test be its owner."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from tests.shop.wares import WARES, Ware

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0  # seconds for any one answer; seeding takes a few


@dataclass(frozen=True)
class Request:
    """One request that the shop received."""

    at: datetime  # UTC, when it came in
    method: str
    path: str  # as sent: percent-encoded, with its query
    agent: str


@dataclass
class Shop:
    """A running shop. Pages change by `delete`, `sell_out` and `edit`; `restore` undoes all of them."""

    folder: Path
    process: subprocess.Popen[str]
    base: str = ""  # scheme, host and port
    wares: tuple[Ware, ...] = WARES
    _paths: dict[str, str] = field(default_factory=dict)
    _ears: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))

    @classmethod
    def start(cls, folder: Path) -> "Shop":
        """Start a shop whose files stand in FOLDER; it is filled there once, and answers when this returns."""
        folder.mkdir(parents=True, exist_ok=True)
        shop = cls(folder, _process(folder))
        try:
            shop.base = f"http://127.0.0.1:{shop._answer()['port']}"
            shop._paths = shop._order("paths")
        except BaseException:
            shop.stop()
            raise
        return shop

    def stop(self) -> None:
        """End the shop's process and wait for its end."""
        cast(IO[str], self.process.stdin).close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._ears.shutdown()
        cast(IO[str], self.process.stdout).close()

    def url(self, title: str) -> str:
        """The address of the ware's page, even after it was deleted or edited."""
        return self.base + self._paths[title]

    def delete(self, title: str) -> None:
        """Take the ware out of the shop: its page becomes a 404, its search card goes."""
        self._order("delete", title)

    def sell_out(self, title: str) -> None:
        """Sell the last one: the page stays, 200, and says Unavailable."""
        self._order("sell_out", title)

    def edit(self, title: str, new_title: str) -> None:
        """Give the ware another title; its address stays."""
        self._order("edit", title, new_title)
        self._paths[new_title] = self._paths[title]

    def restore(self) -> None:
        """Bring the shop back to the day it opened, and forget the requests."""
        self._order("restore")
        self._paths = self._order("paths")

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every request since the last `restore`, in the order in which they came."""
        lines = (self.folder / "requests.tsv").read_text("utf-8").splitlines()
        parts = (line.split("\t") for line in lines)
        return tuple(Request(datetime.fromisoformat(at), *rest) for at, *rest in parts)

    @property
    def log(self) -> list[tuple[str, str]]:
        """(method, path) of every request since the last `restore`."""
        return [(request.method, request.path) for request in self.requests]

    def _order(self, *words: str) -> Any:
        stdin = cast(IO[str], self.process.stdin)
        stdin.write(json.dumps(words) + "\n")
        stdin.flush()
        return self._answer()["done"]

    def _answer(self) -> dict[str, Any]:
        try:
            line = self._ears.submit(cast(IO[str], self.process.stdout).readline).result(PATIENCE)
        except TimeoutError:
            self.process.kill()  # else the reader above would wait for ever
            raise
        if not line:
            raise RuntimeError(f"the shop ended: {(self.folder / 'errors.txt').read_text('utf-8')[-2000:]}")
        return cast(dict[str, Any], json.loads(line))


def _process(folder: Path) -> subprocess.Popen[str]:
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.shop.settings",
        "WILDFREE_SHOP": str(folder.resolve()),
        "PYTHONUTF8": "1",
    }
    with (folder / "errors.txt").open("w", encoding="utf-8") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.shop.inside"],
            cwd=ROOT,
            env=surroundings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        )
