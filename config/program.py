"""Runs another program and hears what it says; standard library only, because the set-up uses it."""

from __future__ import annotations

from collections.abc import Sequence
from subprocess import DEVNULL, PIPE, STDOUT, Popen, TimeoutExpired

from config.system import apart, end


def run(command: Sequence[str], limit: float | None = None, *, shown: bool = False) -> tuple[bool, str]:
    """Whether COMMAND ended well, and what it said; past LIMIT seconds it is ended with all its children.

    SHOWN: it speaks to the person before the terminal, so that its progress is seen; then "" is what it said.
    """
    out = None if shown else PIPE
    try:
        with Popen(
            command, stdin=DEVNULL, stdout=out, stderr=out and STDOUT, encoding="utf-8", errors="replace", **apart()
        ) as it:
            try:
                said, _ = it.communicate(timeout=limit)
            except (TimeoutExpired, KeyboardInterrupt):
                end(it.pid)
                raise
    except (OSError, TimeoutExpired) as problem:
        return False, str(problem)
    return it.returncode == 0, said or ""
