"""Hashes files on every core: in threads, since Python lets go of its lock while it reads and while it hashes."""

import hashlib
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

LOT = 32_000_000  # bytes that a thread is given at once
FILES = 200  # and files at most
PIECE = 1 << 20  # bytes read at once


@dataclass(frozen=True)
class Hashed:
    """One file as it was found."""

    path: str
    sha256: str  # "" where it could not be read
    size: int
    mark: str  # changes whenever the file is written: size, times, number
    problem: str = ""  # why it could not be read


def hashed(path: str) -> Hashed:
    """The SHA-256 of the file PATH."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  (no Path is made for each of a million files)
            found = os.fstat(file.fileno())
            piece = min(PIECE, found.st_size + 1)  # no larger, since what is asked for is laid out first
            body = file.read(piece)
            made = hashlib.sha256(body)
            while len(body) == piece:
                body = file.read(piece)
                made.update(body)
    except OSError as problem:
        return Hashed(path, "", 0, "", problem.strerror or str(problem))
    return Hashed(path, made.hexdigest(), found.st_size, mark(found))


def mark(found: os.stat_result) -> str:
    """What changes whenever a file is written."""
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def lot(paths: list[str]) -> list[Hashed]:
    """All of PATHS."""
    return [hashed(path) for path in paths]


def each(paths: Iterable[tuple[str, int]]) -> Iterator[list[Hashed]]:
    """All of PATHS (each with how many bytes it has), lot by lot, in order, on every core."""
    cores = os.cpu_count() or 1
    with _workers(cores) as workers:
        waiting: deque[Future[list[Hashed]]] = deque()
        for one in lots(paths):
            waiting.append(workers.submit(lot, one))
            if len(waiting) > 2 * cores:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def lots(paths: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    """PATHS in lots of about the same work."""
    held: list[str] = []
    weight = 0
    for path, size in paths:
        held.append(path)
        weight += size
        if weight >= LOT or len(held) == FILES:
            yield held
            held, weight = [], 0
    if held:
        yield held


@contextmanager
def _workers(count: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that do not go on once nobody waits for them."""
    workers = ThreadPoolExecutor(count)
    try:
        yield workers
    finally:
        workers.shutdown(cancel_futures=True)
