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
from crawler.reading.ocr import SIDE, TOO_LARGE, Part

COMMAND = (sys.executable, "-P", "-m", "crawler.ocr_worker")  # -P: never from the folder that we stand in
BEGIN = 180.0  # s for the models to be there; a slow disk needs long
PATIENCE = 60.0  # s for one part of a picture; a second is usual
FELL = "the reader fell over it, or took too long"
MOST_BYTES = 50 * 1024 * 1024  # of an encoded picture


@dataclass(frozen=True)
class Printed:
    """What was read in one picture."""

    text: str  # a line each, from top to bottom
    unread: str = ""  # why all or a part of it could not be read
    again: bool = False  # whether that may be another machine's, or another hour's, to read


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
        question, texts = LENGTH.pack(len(picture)) + picture, list[str]()
        while line := process.ask(question, PATIENCE):
            part = Part(**json.loads(line))
            texts.append(part.text)
            if not part.more:
                return Printed("\n".join(filter(None, texts)), part.unread)
            question = b""
        self._end()
        return Printed("\n".join(filter(None, texts)), f"{FELL}{_behind(len(texts))}", again=True)

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


def _behind(parts: int) -> str:
    return f": only its first {parts} parts were read" if parts else ""


def _begun() -> Answering:
    """The process, with its models loaded."""
    try:
        process = Answering(COMMAND)
    except OSError as problem:
        raise NoReader(f"it does not start: {problem}") from None
    if not process.ask(b"", BEGIN):
        raise NoReader(f"it ended before it had begun ({process.end()})")
    return process
