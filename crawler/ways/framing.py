"""How far one HTTP/1.1 message reaches (RFC 9112): its head, and its body passed on byte for byte as it comes.

What two readers could take for two different lengths is garbled: whoever writes it could slip an answer of his own
in between those of others.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from crawler.reading.heads import BODILESS

MOST_HEAD = 256 * 1024  # bytes; Chromium takes no more
AT_ONCE = 64 * 1024  # bytes held while they are passed on
STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: [^\r\n]*)?")
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?")
FRAMING = (b"content-length", b"transfer-encoding")
EMPTY = frozenset({b"\r\n", b"\n"})


class Garbled(Exception):  # noqa: N818 - what the world did; the words say how
    """What came is not HTTP/1.1, or could be read in two ways."""


class Length(Enum):
    """A body that does not say its length beforehand."""

    CHUNKED = "chunked"
    REST = "all until the connection ends"


Body = int | Length


@dataclass(frozen=True)
class Head:
    """The first line of a message, and the lines after it as they came."""

    start: bytes
    lines: tuple[bytes, ...]
    end: bytes  # the empty line

    @property
    def first(self) -> bytes:
        """The first line without its end."""
        return self.start.removesuffix(b"\n").removesuffix(b"\r")

    @property
    def version(self) -> bytes:
        """HTTP/1.1 or another: it stands first in an answer's first line, and last in a request's."""
        words = self.first.split(b" ")
        return words[0] if words[0].startswith(b"HTTP/") else words[-1]

    def values(self, name: bytes) -> list[bytes]:
        """The values of every line called NAME (in small letters), in order."""
        named = (line.partition(b":") for line in self.lines)
        return [value.strip(b" \t\r\n") for key, _, value in named if key.lower() == name]

    def body(self) -> Body | None:
        """How long the body says it is; None where it says nothing."""
        lengths, codings = (self.values(name) for name in FRAMING)
        if codings:
            if len(codings) > 1 or codings[0].lower() != b"chunked" or self.version != b"HTTP/1.1":
                raise Garbled(f"an unknown transfer encoding: {_shown(b', '.join(codings))}")
            return Length.CHUNKED
        if not lengths:
            return None
        if len(set(lengths)) > 1 or not re.fullmatch(rb"[0-9]{1,18}", lengths[0]):
            raise Garbled(f"no length: {_shown(b', '.join(lengths))}")
        return int(lengths[0])


async def head(reader: asyncio.StreamReader) -> Head | None:
    """The next head; None where the connection ends in order before one."""
    lines: list[bytes] = []
    room = MOST_HEAD
    while (line := await _line(reader)) not in EMPTY:
        if not line:
            if lines:
                raise Garbled("it broke off within its head")
            return None
        room -= len(line)
        if room < 0:
            raise Garbled(f"a head of more than {MOST_HEAD} bytes")
        lines.append(line)
    if not lines:
        raise Garbled("an empty line for a head")
    for before, each in zip((b"", *lines), lines, strict=False):
        _sound(before, each)
    return Head(lines[0], tuple(lines[1:]), line)


def _sound(before: bytes, line: bytes) -> None:
    """Refuse lines that one reader takes for a length, or for two lines, and another does not."""
    name = line.partition(b":")[0]
    folded = line[:1] in {b" ", b"\t"} and before.lower().startswith(FRAMING)
    spaced = name.strip().lower() in FRAMING and name.lower() not in FRAMING
    if folded or spaced or b"\0" in line or b"\r" in line.removesuffix(b"\r\n"):
        raise Garbled(f"a line that can be read in two ways: {_shown(line)}")


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The next line with its end; what stands before the connection's end where there is none."""
    try:
        return await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise Garbled("it broke off within a line") from None
        return b""
    except asyncio.LimitOverrunError:
        raise Garbled("a line without an end") from None


def asked(first: Head) -> Body:
    """The length of the body of a request."""
    if first.values(b"transfer-encoding") and first.values(b"content-length"):
        raise Garbled("two lengths")
    body = first.body()
    return 0 if body is None else body


def status(answer: Head) -> int:
    """The status of an answer."""
    found = STATUS_LINE.fullmatch(answer.first)
    if not found:
        raise Garbled(f"no HTTP/1.1 answer: {_shown(answer.first)}")
    return int(found[1])


def answered(answer: Head, method: bytes) -> Body:
    """The length of the body of an ANSWER to a request by METHOD."""
    if method == b"HEAD" or status(answer) in BODILESS or status(answer) < 200:
        return 0
    body = answer.body()
    return Length.REST if body is None else body


async def passed_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: Body, moved: Callable[[int], None]
) -> None:
    """Hand BODY on from READER to WRITER as it comes, holding little of it; MOVED is told of every piece."""
    if body is Length.CHUNKED:
        await _chunks(reader, writer, moved)
        return
    left = None if isinstance(body, Length) else body
    while left != 0:
        piece = await reader.read(AT_ONCE if left is None else min(AT_ONCE, left))
        if not piece:
            if left:
                raise Garbled(f"it broke off {left} bytes before its end")
            return
        await _written(writer, piece, moved)
        left = None if left is None else left - len(piece)


async def _chunks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, moved: Callable[[int], None]) -> None:
    size = -1
    while size != 0:
        line = await _line(reader)
        said = CHUNK_SIZE.fullmatch(line.removesuffix(b"\n").removesuffix(b"\r"))
        if not said:
            raise Garbled(f"no length of a piece: {_shown(line)}" if line else "it broke off between two pieces")
        await _written(writer, line, moved)
        size = int(said[1], 16)
        await passed_on(reader, writer, size, moved)
        if size and (line := await _line(reader)) not in EMPTY:
            raise Garbled("a piece longer than it says")
        if size:
            await _written(writer, line, moved)
    await _trailer(reader, writer, moved)


async def _trailer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, moved: Callable[[int], None]) -> None:
    """The lines after the last piece: as a rule the empty one alone."""
    room = MOST_HEAD
    line = b""
    while line not in EMPTY:
        line = await _line(reader)
        room -= len(line)
        if not line or room < 0:
            raise Garbled("no end of its trailer")
        await _written(writer, line, moved)


async def _written(writer: asyncio.StreamWriter, piece: bytes, moved: Callable[[int], None]) -> None:
    moved(len(piece))
    writer.write(piece)
    await writer.drain()


def _shown(line: bytes) -> str:
    return ascii(line[:60].decode("latin-1").strip())
