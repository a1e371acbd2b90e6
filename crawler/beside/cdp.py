"""Speaks CDP with a browser over its WebSocket (RFC 6455): every target has a session of its own.

Playwright hears of a new tab only after its first request; here a new tab waits until all is ready to record it.
"""

import asyncio
import base64
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10  # opcodes of frames
LAST = 0x80  # the bit of a message's last frame, and of a length that a mask follows
TWO, EIGHT = 126, 127  # lengths that stand in as many bytes behind
OVER = "the browser has ended"
Told = dict[str, Any]
Heard = Callable[[str, Told], None]  # an event and what it tells


class Session:
    """One target of the browser, as CDP speaks with it; the browser's own has no name."""

    def __init__(self, wire: "Wire", name: str) -> None:
        self._wire = wire
        self.name = name

    async def send(self, method: str, params: Told | None = None) -> Told:
        """The answer to METHOD; PlaywrightError where there is none."""
        return await self._wire.ask(self.name, method, params or {})


class Wire:
    """One open connection. `over` is done when the browser has ended, or hung up."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._outgoing = reader, writer
        self._waiting: dict[int, tuple[str, asyncio.Future[Told]]] = {}
        self._hearing: dict[str, Heard] = {}
        self._count = 0
        self.over = asyncio.ensure_future(self._read())

    @classmethod
    async def opened(cls, url: str) -> "Wire":
        """Connect to the browser at URL (ws://127.0.0.1:PORT/...). OSError where it does not answer."""
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        heads = f"Host: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        heads += f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        writer.write(f"GET {parts.path} HTTP/1.1\r\n{heads}\r\n".encode())
        try:
            answer = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            raise ConnectionError(OVER) from None
        if not answer.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(answer.partition(b"\r\n")[0].decode("latin-1"))
        return cls(reader, writer)

    def session(self, name: str, heard: Heard) -> Session:
        """The session NAME, whose events HEARD takes."""
        self._hearing[name] = heard
        return Session(self, name)

    def gone(self, name: str) -> None:
        """Let go of the session NAME: who waits for an answer of it gets none."""
        self._hearing.pop(name, None)
        for asked, waiting in list(self._waiting.values()):
            if asked == name and not waiting.done():
                waiting.set_exception(PlaywrightError("the target has ended"))

    async def ask(self, session: str, method: str, params: Told) -> Told:
        """The answer of SESSION to METHOD."""
        if self.over.done():
            raise PlaywrightError(OVER)
        self._count += 1
        number = self._count
        waiting: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self._waiting[number] = session, waiting
        message = {"id": number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        try:
            self._outgoing.write(_framed(TEXT, json.dumps(message).encode()))
            return await waiting
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """Hang up."""
        self.over.cancel()
        await asyncio.gather(self.over, return_exceptions=True)
        self._outgoing.close()
        with suppress(OSError):
            await self._outgoing.wait_closed()

    async def _read(self) -> None:
        """Take what comes until the browser ends or hangs up; then nobody waits any longer."""
        try:
            while (message := await self._message()) is not None:
                self._take(json.loads(message))
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            for _, waiting in list(self._waiting.values()):
                if not waiting.done():
                    waiting.set_exception(PlaywrightError(OVER))

    def _take(self, said: Told) -> None:
        if "id" not in said:
            heard = self._hearing.get(said.get("sessionId", ""))
            return heard(said["method"], said.get("params", {})) if heard else None
        _, waiting = self._waiting.get(said["id"], ("", None))
        if waiting is None or waiting.done():
            return None
        if "error" in said:
            return waiting.set_exception(PlaywrightError(str(said["error"].get("message", "no reason given"))))
        return waiting.set_result(said["result"])

    async def _message(self) -> bytes | None:
        """The next message, from as many frames as it takes; None where the browser says goodbye."""
        whole = b""
        while True:
            first, second = await self._reader.readexactly(2)
            length = second & ~LAST
            if length in {TWO, EIGHT}:
                length = int.from_bytes(await self._reader.readexactly(2 if length == TWO else 8))
            body = await self._reader.readexactly(length)
            kind = first & 0x0F
            if kind == CLOSE:
                return None
            if kind == PING:
                self._outgoing.write(_framed(PONG, body))
            elif kind != PONG:
                whole += body
                if first & LAST:
                    return whole


def _framed(kind: int, body: bytes) -> bytes:
    """BODY in one frame; clients mask theirs, and a mask of zeros leaves it as it is (RFC 6455 §5.3)."""
    length = len(body)
    if length < TWO:
        head = bytes((kind | LAST, LAST | length))
    elif length < 1 << 16:
        head = bytes((kind | LAST, LAST | TWO)) + length.to_bytes(2)
    else:
        head = bytes((kind | LAST, LAST | EIGHT)) + length.to_bytes(8)
    return head + b"\0\0\0\0" + body
