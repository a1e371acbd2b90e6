"""Ends a long-running command at a signal: in order and at once, whatever it is doing."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ASKED = {signal.SIGINT: KeyboardInterrupt(), signal.SIGTERM: SystemExit(0)}  # Ctrl-C; a system that shuts down


@contextmanager
def ending() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end what stands in the `with`; the second one is not waited for by anyone."""
    before = {number: signal.signal(number, _ask) for number in ASKED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ask(number: int, _: FrameType | None) -> None:
    """Raise what ends us. Under a crawl the event loop does it: Twisted's callbacks would swallow it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end = ASKED[signal.Signals(number)]
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # none runs
        raise end from None
    loop.call_soon_threadsafe(_raise, end)


def _raise(end: BaseException) -> None:
    raise end
