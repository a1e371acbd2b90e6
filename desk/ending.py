"""Ends a long-running command at a signal: in order and at once, whatever it is doing."""

import _thread
import asyncio
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Event, Thread
from types import FrameType

from config.system import HANGUPS

ASKED: dict[signal.Signals, type[BaseException]] = {signal.SIGINT: KeyboardInterrupt}  # Ctrl-C: 130
ASKED |= dict.fromkeys((signal.SIGTERM, *HANGUPS), SystemExit)  # a system that shuts down, a closed terminal: 0
PATIENCE = 1.0  # s


@contextmanager
def ending() -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and the terminal's closing end what stands in the `with`, as ASKED says.

    What a signal raises may be swallowed: by a callback of Twisted's, or of a weak reference in the midst of an
    import. So a thread asks again every PATIENCE until we are out of the `with`; the main thread hears it with its
    next step in Python.
    """
    came: SimpleQueue[signal.Signals | None] = SimpleQueue()  # its `put` may interrupt itself
    over = Event()

    def ask(number: int, _: FrameType | None) -> None:
        came.put_nowait(signal.Signals(number))
        _end(ASKED[signal.Signals(number)])

    def insist() -> None:
        number = came.get()
        while number and not over.wait(PATIENCE):
            _thread.interrupt_main(number)

    before = {number: signal.signal(number, ask) for number in _heard(ASKED)}
    unraisable, sys.unraisablehook = sys.unraisablehook, _unless_asked
    Thread(target=insist, name="ending", daemon=True).start()
    try:
        yield
    finally:
        over.set()
        came.put_nowait(None)  # lets the thread go that still waits for one
        sys.unraisablehook = unraisable
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def as_ctrl_c() -> Iterator[list[signal.Signals]]:
    """Have SIGTERM and the terminal's closing end what stands in the `with` in order, as Ctrl-C does.

    Gives which of them came; only the first counts.
    """
    came: list[signal.Signals] = []
    terminals = [handle for handle in (1, 2) if os.isatty(handle)]  # that one was, nobody can tell afterwards

    def heard(number: int, _: FrameType | None) -> None:
        if came:
            return
        came.append(signal.Signals(number))
        for handle in terminals if number in HANGUPS else ():
            os.dup2(os.open(os.devnull, os.O_WRONLY), handle)
        signal.raise_signal(signal.SIGINT)

    before = {number: signal.signal(number, heard) for number in _heard((signal.SIGTERM, *HANGUPS))}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)  # one in the background has none
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _heard(numbers: Iterable[signal.Signals]) -> list[signal.Signals]:
    """NUMBERS but those of a closed terminal where our caller wants us to outlive it (nohup)."""
    return [each for each in numbers if each not in HANGUPS or signal.getsignal(each) is not signal.SIG_IGN]


def _unless_asked(problem: "sys.UnraisableHookArgs") -> None:
    """Say nothing of an end that was swallowed: the thread asks again."""
    if not issubclass(problem.exc_type, tuple(ASKED.values())):
        sys.__unraisablehook__(problem)


def _end(end: type[BaseException]) -> None:
    """Raise END; under a crawl from the event loop, which no callback stands around."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # none runs
        raise end from None
    loop.call_soon_threadsafe(_raise, end)


def _raise(end: type[BaseException]) -> None:
    raise end
