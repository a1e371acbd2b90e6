"""Ends a long-running command at a signal: in order and at once, whatever it is doing."""

import _thread
import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Event, Thread
from types import FrameType

ASKED = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: SystemExit}  # Ctrl-C: 130; a system that shuts down: 0
PATIENCE = 1.0  # s


@contextmanager
def ending() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end what stands in the `with`, by KeyboardInterrupt and SystemExit.

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

    before = {number: signal.signal(number, ask) for number in ASKED}
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
