"""Tricks on the way that a page takes: too long, too slow, in circles."""

import asyncio
from collections.abc import AsyncIterator

from starlette.responses import RedirectResponse, Response, StreamingResponse

from desk.practice.tricks.stage import UTF8, Stage

LONG = 100 * 1024 * 1024  # bytes
PIECE = b"<p>" + b"practice " * 7281 + b"</p>"  # 64 KiB
PAUSE = 0.2  # s between two bytes: a page takes ten minutes


def huge(stage: Stage) -> Response:
    """The page, and then 100 MB more of it, with no word of its length before."""
    return StreamingResponse(_long(bytes(stage.own.body)), media_type=UTF8)


def loop(stage: Stage) -> Response:
    """Led to the very address that was asked for."""
    asked = stage.request.url
    return RedirectResponse(f"{asked.path}?{asked.query}", 302)


def drip(stage: Stage) -> Response:
    """The page byte by byte."""
    return StreamingResponse(_slow(bytes(stage.own.body)), media_type=UTF8)


async def _long(page: bytes) -> AsyncIterator[bytes]:
    yield page
    for _ in range(LONG // len(PIECE)):
        yield PIECE


async def _slow(page: bytes) -> AsyncIterator[bytes]:
    for byte in page:
        yield bytes([byte])
        await asyncio.sleep(PAUSE)
