"""Starts a Django site in a process of its own, and carries a test's orders to it."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0  # seconds for any one answer; filling a site takes a few


@dataclass(frozen=True)
class Request:
    """One request that the site received."""

    at: datetime  # UTC, when it came in
    method: str
    path: str  # as sent: percent-encoded, with its query
    agent: str


class Served:
    """A running site whose code is the package tests.NAME and whose files stand in FOLDER."""

    def __init__(self, name: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._ears = ThreadPoolExecutor(max_workers=1)
        self._process = _started(name, folder)
        try:
            self.base = f"http://127.0.0.1:{self._answer()['port']}"  # scheme, host and port
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the site's process and wait for its end."""
        cast(IO[str], self._process.stdin).close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._ears.shutdown()
        cast(IO[str], self._process.stdout).close()

    def order(self, *words: str | int) -> Any:
        """Have the site do what it knows by the first of WORDS, and return what it answers."""
        stdin = cast(IO[str], self._process.stdin)
        stdin.write(json.dumps(words) + "\n")
        stdin.flush()
        return self._answer()["done"]

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every request since the site's log was last cleared, in the order in which they came."""
        lines = (self._folder / "requests.tsv").read_text("utf-8").splitlines()
        parts = (line.split("\t") for line in lines)
        return tuple(Request(datetime.fromisoformat(at), *rest) for at, *rest in parts)

    def _answer(self) -> dict[str, Any]:
        try:
            line = self._ears.submit(cast(IO[str], self._process.stdout).readline).result(PATIENCE)
        except TimeoutError:
            self._process.kill()  # else the reader above would wait for ever
            raise
        if not line:
            raise RuntimeError(f"the site ended: {(self._folder / 'errors.txt').read_text('utf-8')[-2000:]}")
        return cast(dict[str, Any], json.loads(line))


def _started(name: str, folder: Path) -> subprocess.Popen[str]:
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": f"tests.{name}.settings",
        f"WILDFREE_{name.upper()}": str(folder.resolve()),
        "PYTHONUTF8": "1",
    }
    with (folder / "errors.txt").open("w", encoding="utf-8") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", f"tests.{name}.inside"],
            cwd=ROOT,
            env=surroundings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        )
