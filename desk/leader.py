"""Lets one process at a time keep a workspace's schedule."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import Timeout

from archive.lock import lock
from archive.vault import LOCKS
from config.errors import WorkspaceError

SCHEDULE = "schedule"  # its lock
PATIENCE = 2.0  # s: whoever only asks `kept_by` lets go at once


@contextmanager
def leading(workspace: Path) -> Iterator[None]:
    """Keep the schedule of WORKSPACE; WorkspaceError says who does already.

    The system lets go of it for us, even if we are killed.
    """
    this = lock(workspace, SCHEDULE)
    try:
        this.acquire(timeout=PATIENCE)
    except Timeout:
        raise WorkspaceError(
            f"{workspace}: its schedule is kept already, by {_noted(workspace)}. Leave it to that one, or stop that"
        ) from None
    try:
        _note(workspace).write_text(_self(), "utf-8")
        yield
    finally:
        this.release()


def kept_by(workspace: Path) -> str:
    """Which process keeps the schedule of WORKSPACE now; "" if none does."""
    try:
        with lock(workspace, SCHEDULE).acquire(timeout=0):
            return ""
    except Timeout:
        return _noted(workspace)


def _note(workspace: Path) -> Path:
    """Beside the lock, which on Windows nobody else can read."""
    return workspace / LOCKS / "schedule.txt"


def _self() -> str:
    return f"process {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def _noted(workspace: Path) -> str:
    """Who wrote the note last; between its lock and its note the leader is unknown for a moment."""
    try:
        return _note(workspace).read_text("utf-8")
    except FileNotFoundError:
        return "another process"
