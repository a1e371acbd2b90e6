"""Dies at its Nth write: `python -m tests.dying`, then lines of JSON, [N, WORKSPACE, ACT...], each done in a fork.

Answers each line by one: the write that it died at, or "done CODE". An ACT is the words of a command, or
`look`: take the first looks that are due, with pages of our own making; `verdict`: say something of the first
listing; `seal`: seal what no seal covers yet. It finds the writes by itself: files opened for writing, synced,
linked, moved, unlinked; rows; commits.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from archive import capture, intake, key, seal, store, todo
from archive.facts import Decision, Exhibit, Opinion, Reading, Role, Snapshot
from archive.rows import verdict
from archive.vault import Vault
from config.platform import Condition
from desk.main import main
from tests.field import exchange
from tests.letters import case

CALLS = ("fsync", "link", "unlink", "mkdir", "replace")
WRITES = ("INSERT", "UPDATE", "DELETE")


screenshot = cache(case.screenshot)  # drawing one takes longer than dying


def look(workspace: Path) -> int:
    """Take every first look that is due; answer how many."""
    with Vault.open(workspace) as vault:
        due = todo.due(vault, todo.Kind.VISIT, datetime.now(UTC))
        for task in due:
            seen = snapshot(task)
            said = Reading(
                Condition.LIVE, "the title stands at h1", title=f"老料象牙手镯 {task.detail['key']}", price="¥9"
            )
            capture.take(vault, task, task.detail["url"], seen, said)
    return len(due)


def say(workspace: Path) -> int:
    """Say something of the first listing; answer how often."""
    with Vault.open(workspace) as vault:
        this = Opinion(1, None, "a reviewer", datetime.now(UTC), Decision.ILLEGAL, "Loxodonta africana", why="seen")
        intake.take(vault, verdict.said(this))
    return 1


def sealed(workspace: Path) -> int:
    """Seal what no seal covers yet; answer how many entries the seal covers."""
    own = key.found(workspace)
    assert own is not None
    with Vault.open(workspace) as vault:
        return seal.seal(vault, own.name, own.key, datetime.now(UTC)).size


ACTS = {"look": look, "verdict": say, "seal": sealed}


def snapshot(task: todo.Task) -> Snapshot:
    """A page with pictures: real PNGs, one of them shared by all listings."""
    key, url = int(task.detail["key"]), task.detail["url"]
    page = f"<html><body><h1>老料象牙手镯 {key}</h1></body></html>".encode()
    kept = (
        Exhibit(Role.DOM, page + b"\n", "text/html; charset=utf-8"),
        Exhibit(Role.TEXT, f"老料象牙手镯 {key}".encode(), "text/plain; charset=utf-8"),
        Exhibit(Role.SCREENSHOT, screenshot(key % 3), "image/png"),
    )
    now = datetime.now(UTC)
    picture = exchange(f"{url}/picture", screenshot(1), now, kind="Image", media_type="image/png")
    delivered = (exchange(url, page, now), picture)
    return Snapshot(url, url, 200, now, {"tool": "test", "vantage": "browser"}, delivered, kept)


def _mortal(nth: int) -> None:
    """From here on, every write is counted, and this process kills itself at the Nth."""
    left = nth

    def step(what: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.write(1, f"{what}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    for name in CALLS:
        setattr(os, name, _around(getattr(os, name), name, step))
    Path.open = _watched(Path.open, step)  # type: ignore[method-assign]  # that is the trick
    store._write = _halved(store._write, step)  # noqa: SLF001  (that is the trick)
    Path.write_bytes = _halved(Path.write_bytes, step)  # type: ignore[method-assign]  # that too
    event.listen(Engine, "before_cursor_execute", lambda *call: step("row") if call[2].startswith(WRITES) else None)
    event.listen(Engine, "commit", lambda _: step("before commit"))
    event.listen(Session, "after_commit", lambda _: step("after commit"))


def _watched(real: Callable[..., Any], step: Callable[[str], None]) -> Callable[..., Any]:
    """REAL(path, mode), counted where it opens for writing."""

    def call(path: Path, mode: str = "r", *words: Any, **more: Any) -> Any:
        if not set(mode) & set("wxa+"):
            return real(path, mode, *words, **more)
        step("before open")
        answer = real(path, mode, *words, **more)
        step("after open")
        return answer

    return call


def _around(real: Callable[..., Any], name: str, step: Callable[[str], None]) -> Callable[..., Any]:
    def call(*words: Any, **more: Any) -> Any:
        step(f"before {name}")
        answer = real(*words, **more)
        step(f"after {name}")
        return answer

    return call


def _halved(real: Callable[..., Any], step: Callable[[str], None]) -> Callable[..., Any]:
    """REAL(path, body), with a moment at which only half of the body is there."""

    def write(path: Path, body: bytes) -> Any:
        with path.open("xb") as file:
            file.write(body[: len(body) // 2])
        step("half written")
        path.unlink()
        return real(path, body)

    return write


def _done(nth: int, workspace: str, act: Sequence[str]) -> None:
    """Do ACT in a fork that dies at its NTH write, and say what became of it."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        out = os.dup(1)
        _mortal(nth)
        if act[0] in ACTS:
            code = 0 * ACTS[act[0]](Path(workspace))
        else:
            sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (it ends with us)
            code = main([*act, "--workspace", workspace])
        os.write(out, f"done {code}\n".encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.write(1, b"over\n")  # only now has the system let go of all that it held


if __name__ == "__main__":
    import desk.writing  # noqa: F401  (heavy: once for all forks)

    for drawn in range(3):
        screenshot(drawn)
    for asked in sys.stdin:
        number, place, *words = json.loads(asked)
        _done(number, place, words)
