"""Playwright's driver, in a folder of its own for temporary files: when it goes, its processes and files go too."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Playwright, async_playwright

from config.errors import MachineError
from crawler.burden import Burden

PREFIX = "wf-"  # short: sockets stand in the folder, and their paths must not be long
STOP = 10.0  # s for an orderly end, and then for one by force
AGAIN = 0.05  # s between two tries to remove what a process still writes into
TEMPORARY = ("TMPDIR", "TEMP", "TMP")  # what names the folder for temporary files, whatever the system


class Driver:
    """One running driver. `burden` watches it and what it starts."""

    def __init__(self, playwright: Playwright, burden: Burden, folder: Path) -> None:
        self.playwright = playwright
        self.burden = burden
        self._folder = folder

    @classmethod
    async def started(cls) -> "Driver":
        """Start one, and take away what drivers of processes that died left behind."""
        _swept()
        mine = psutil.Process()
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{mine.pid}-"))
        before = set(mine.children())
        asyncio.get_running_loop().set_exception_handler(_not_its_end)
        with ExitStack() as unless_started:
            unless_started.callback(shutil.rmtree, folder, ignore_errors=True)
            with _temporary(folder):
                playwright = await async_playwright().start()
            driver = cls(playwright, Burden(_driver(set(mine.children()) - before)), folder)
            unless_started.pop_all()
        return driver

    async def end(self) -> None:
        """End it with all that it started, by force where it does not go, and take its files away."""
        with suppress(PlaywrightError, TimeoutError, OSError):
            async with asyncio.timeout(STOP):
                await self.playwright.stop()
        self.burden.end()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP):
                await self.burden.ended()
        await _taken_away(self._folder)


async def _taken_away(folder: Path) -> None:
    """Remove FOLDER: again where a process that is just ending wrote into it meanwhile."""
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP):
            while folder.exists():
                shutil.rmtree(folder, ignore_errors=True)
                await asyncio.sleep(AGAIN)


def _not_its_end(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what nobody looked at, but for Playwright's own note that its driver has ended: we know that."""
    if not str(context.get("exception")).startswith("Connection closed"):
        loop.default_exception_handler(context)


def _driver(begun: Iterable[psutil.Process]) -> psutil.Process:
    """Playwright's driver among the processes that have just BEGUN."""
    for process in begun:
        with suppress(psutil.NoSuchProcess):
            if "run-driver" in process.cmdline():
                return process
    raise MachineError("Playwright's driver ended as soon as it began. Is there memory left on this machine?")


@contextmanager
def _temporary(folder: Path) -> Iterator[None]:
    """Let what is started meanwhile keep its temporary files in FOLDER."""
    before = {name: os.environ.get(name) for name in TEMPORARY}
    os.environ.update(dict.fromkeys(TEMPORARY, str(folder)))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _swept() -> None:
    """Take away the folders of processes that are no more, and end what still runs in them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            _ended_in(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _ended_in(folder: Path) -> None:
    """End the browsers whose profile stands in FOLDER."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if any(f"={folder}{os.sep}" in word for word in process.cmdline()):
                process.kill()
