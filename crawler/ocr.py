"""Has the text that stands in pictures read by another process, which may fall over one of them and is begun anew."""

import json
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from types import TracebackType
from typing import Self

from config.program import Answering
from crawler.ocr_worker import LENGTH
from crawler.reading.ocr import SIDE, TOO_LARGE

COMMAND = (sys.executable, "-P", "-m", "crawler.ocr_worker")  # -P: never from the folder that we stand in
BEGIN = 180.0  # s for the models to be there; a slow disk needs long
PATIENCE = 60.0  # s for one picture; a second is usual
MOST_BYTES = 50 * 1024 * 1024  # of an encoded picture


@dataclass(frozen=True)
class Printed:
    """What was read in one picture."""

    text: str  # a line each, from top to bottom
    unread: str = ""  # why all or a part of it could not be read


class NoReader(Exception):  # noqa: N818 - it is no fault of a picture
    """The process that reads does not start on this machine."""


@cache
def method() -> str:
    """What reads: its name, version and setting."""
    return f"rapidocr-{version('rapidocr')}/{SIDE}"


class Reader:
    """Reads pictures one after the other; its process is begun with the first, and ends with the `with`."""

    def __init__(self) -> None:
        self._process: Answering | None = None

    def read(self, picture: bytes) -> Printed:
        """The text in PICTURE; NoReader where nothing can be read at all."""
        if len(picture) > MOST_BYTES:
            return Printed("", TOO_LARGE)
        process = self._process = self._process or _begun()
        line = process.ask(LENGTH.pack(len(picture)) + picture, PATIENCE)
        if not line:
            self._end()
            return Printed("", "the reader fell over it, or took too long")
        return Printed(**json.loads(line))

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()


def _begun() -> Answering:
    """The process, with its models loaded."""
    try:
        process = Answering(COMMAND)
    except OSError as problem:
        raise NoReader(f"it does not start: {problem}") from None
    if not process.ask(b"", BEGIN):
        raise NoReader(f"it ended before it had begun ({process.end()})")
    return process
