"""A screen of our own (Xvfb) on a free display, and what is to be seen on it."""

import asyncio
import os
import sqlite3
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

from PIL import Image

from archive.vault import DATABASE
from crawler.beside.cdp import Wire

WIDE, HIGH = 1300, 900
RED = (220, 0, 0)
PATIENCE = 90.0  # s


class Screen:
    """A running screen."""

    def __init__(self, display: str, folder: Path) -> None:
        self.display = display
        self._folder = folder

    def red(self) -> int:
        """How many pixels have the colour of the light."""
        raw = (self._folder / "Xvfb_screen0").read_bytes()  # in X's own form (XWD): a head, colours, rows
        head = struct.unpack(">25I", raw[:100])
        begin = head[0] + 12 * head[19]
        rows = raw[begin : begin + head[12] * head[5]]
        picture = Image.frombuffer("RGB", (head[4], head[5]), rows, "raw", "BGRX", head[12], 1)
        colours = picture.getcolors(WIDE * HIGH) or []
        return sum(count for count, colour in colours if colour == RED)


@contextmanager
def watched_on_a_screen(workspace: Path, platform: str) -> Iterator[None]:
    """A screen for a window that is closed, as a person would, once a search was kept."""
    own = tempfile.TemporaryDirectory()
    before = os.environ.get("DISPLAY")
    with own as folder, opened(Path(folder)) as screen, ThreadPoolExecutor(1) as other:
        os.environ["DISPLAY"] = screen.display
        try:
            closed = other.submit(_closed, workspace, platform)
            yield
            closed.result(PATIENCE)
        finally:
            os.environ.pop("DISPLAY")
            os.environ |= {"DISPLAY": before} if before else {}


def _closed(workspace: Path, platform: str) -> None:
    """Close the window of PLATFORM once the archive has a search of a person."""
    told = workspace / "profiles" / platform / "DevToolsActivePort"
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and not (told.is_file() and _searched(workspace)):
        time.sleep(0.1)
    port, path = told.read_text().split()
    asyncio.run(_end(f"ws://127.0.0.1:{port}{path}"))


def _searched(workspace: Path) -> bool:
    with closing(sqlite3.connect(workspace / DATABASE)) as archive:
        return bool(
            archive.execute("SELECT 1 FROM query JOIN sweep s ON s.id = sweep_id WHERE how = 'attended'").fetchone()
        )


async def _end(address: str) -> None:
    wire = await Wire.opened(address)
    await wire.session("", lambda event, told: None).send("Browser.close")
    await wire.close()


@contextmanager
def opened(folder: Path) -> Iterator[Screen]:
    """A screen until the end of the `with`; X itself chooses the display."""
    reading, writing = os.pipe()
    size = f"{WIDE}x{HIGH}x24"
    words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp", "-fbdir", str(folder)]
    process = subprocess.Popen(words, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield Screen(f":{told.readline().strip()}", folder)
    finally:
        process.terminate()
        process.wait(10)
