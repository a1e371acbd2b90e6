"""Runs another program and hears what it says; standard library only, because the set-up uses it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from subprocess import DEVNULL, PIPE, STDOUT, Popen, TimeoutExpired
from threading import Thread, Timer

from config.system import apart, end, tied


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


class Program:
    """A Chromium that goes on by itself, but not for longer than we do, and what it says to standard error."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start COMMAND; OSError where it is none."""
        self._process = Popen(tied(command), stdin=PIPE, stdout=DEVNULL, stderr=PIPE, **apart())

    def until(self, said: re.Pattern[bytes]) -> tuple[re.Match[bytes] | None, str]:
        """Where it SAID what is waited for, and its last line; from then on nobody hears it."""
        found, line = None, b""
        for line in self._process.stderr or ():
            if found := said.search(line):
                break
        Thread(target=self._unheard, name="a program's words", daemon=True).start()
        return found, line.decode("utf-8", "replace").strip()

    def ended(self, limit: float) -> int | None:
        """The code that it ends with within LIMIT seconds; None: it goes on. Below zero: a signal ended it."""
        try:
            return self._process.wait(limit)
        except TimeoutExpired:
            return None

    def _unheard(self) -> None:
        """Let it say what it likes, to its end."""
        deque(self._process.stderr or (), 0)
        self._process.communicate()  # closes what led to it

    def end(self) -> None:
        """End it with all its children."""
        end(self._process.pid)


class Answering:
    """A program that answers whatever it is handed with one line."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start COMMAND; OSError where it is none."""
        self._process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, **apart())

    def ask(self, question: bytes, patience: float) -> bytes:
        """Its line on QUESTION; b"" if it died over it, or said nothing for PATIENCE seconds and was ended."""
        ending = Timer(patience, self._process.kill)
        ending.start()
        try:
            return self._answer(question)
        except OSError:
            return b""
        finally:
            ending.cancel()

    def end(self) -> int:
        """End it; the code it ended with."""
        self._process.kill()
        with suppress(OSError):  # what could not be handed to it any more
            self._process.communicate()
        return self._process.wait()

    def _answer(self, question: bytes) -> bytes:
        if self._process.stdin is None or self._process.stdout is None:
            raise OSError("no pipe")
        self._process.stdin.write(question)
        self._process.stdin.flush()
        line: bytes = self._process.stdout.readline()
        return line if line.endswith(b"\n") else b""
