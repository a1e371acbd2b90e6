"""The locks of a workspace, each a file: who holds one keeps other processes out, and dying lets go of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from archive.vault import LOCKS
from config.errors import MachineError, WorkspaceError, why


def lock(workspace: Path, name: str, *, any_thread: bool = False) -> FileLock:
    """The lock NAME of WORKSPACE, not yet held, and let go of by the thread that takes it, unless by ANY_THREAD.

    MachineError where it cannot be written.
    """
    folder = workspace / LOCKS
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise MachineError(f"{folder}: cannot be written: {why(problem)}") from None
    return FileLock(folder / f"{name}.lock", thread_local=not any_thread)


def held(workspace: Path, name: str, busy: str, wait: float = 0.0) -> FileLock:
    """The lock NAME of WORKSPACE, held; WorkspaceError, which says BUSY, where another has it for WAIT s."""
    this = lock(workspace, name)
    try:
        this.acquire(timeout=wait)
    except Timeout:
        raise WorkspaceError(f"{workspace}: {busy}") from None
    return this


@contextmanager
def alone(workspace: Path, name: str, busy: str, wait: float = 0.0) -> Iterator[None]:
    """Hold it, as `held` does, until the end of the `with`."""
    this = held(workspace, name, busy, wait)
    try:
        yield
    finally:
        this.release()
