"""The volunteer's own browser: a visible window with a profile of its own, started as an ordinary program."""

import asyncio
import re
from contextlib import ExitStack
from pathlib import Path

from filelock import FileLock, Timeout

from archive.vault import LOCKS
from config.errors import MachineError, WorkspaceError
from config.program import Program
from config.system import mend, no_window, root
from crawler.browser import FLAGS
from crawler.chromium.find import chromium

PROFILES = "profiles"  # the folder of the workspace that no backup and no bundle takes
LISTENS = re.compile(rb"DevTools listening on (ws://127\.0\.0\.1:\d+/\S+)")
STOP = 10.0  # s for an orderly end
HANDED_ON = (0, 21)  # codes of a Chromium whose profile another has open, here or on another machine
# What it would load by itself, and nobody opened; and its bubbles.
OURS = ["--remote-debugging-port=0", "--disable-features=Prerender2", "--proxy-bypass-list=<-loopback>"]
NO_SCREEN = (
    "there is no screen to open a window on. Run it in a graphical session (DISPLAY or WAYLAND_DISPLAY is set there)"
)


class Window:
    """One open window. `address` is where the browser speaks CDP, on the loopback alone."""

    def __init__(self, program: Program, address: str, lock: FileLock) -> None:
        self._program = program
        self._lock = lock
        self.address = address

    @classmethod
    async def opened(cls, workspace: Path, platform: str, way: str) -> "Window":
        """Open one with the profile for PLATFORM, whose only way out is the proxy at WAY.

        WorkspaceError where it is open already; MachineError where no window can be.
        """
        if no_window():
            raise MachineError(NO_SCREEN)
        lock = _held(workspace, platform)
        with ExitStack() as unless_opened:
            unless_opened.callback(lock.release)
            window = await asyncio.to_thread(cls._started, profile(workspace, platform), way, lock)
            unless_opened.pop_all()
        return window

    @classmethod
    def _started(cls, folder: Path, way: str, lock: FileLock) -> "Window":
        path = chromium()
        if path is None:
            raise MachineError(f"no Chromium on this machine. {mend('browser')}; then try again")
        sandbox = ["--no-sandbox"] if root() else []
        words = [str(path), f"--user-data-dir={folder}", f"--proxy-server={way}", *FLAGS, *OURS, *sandbox]
        program = Program([*words, "about:blank"])
        found, said = program.until(LISTENS)
        if found is not None:
            return cls(program, found[1].decode(), lock)
        if program.ended(STOP) in HANDED_ON:
            raise MachineError(f"{folder.name}: its window of last time is still open: close it; then try again")
        raise MachineError(f"{path} opened no window: {said or 'it said nothing'}")

    async def code(self) -> int | None:
        """The code that the browser ended with; None where it does not end by itself."""
        return await asyncio.to_thread(self._program.ended, STOP)

    async def closed(self) -> None:
        """See to it that the browser has ended, by force where it does not go, and let go of the profile."""
        try:
            if await self.code() is None:
                self._program.end()
                await self.code()
        finally:
            self._lock.release()


def profile(workspace: Path, platform: str) -> Path:
    """The folder of the volunteer's profile for PLATFORM, which nobody else can look into."""
    folder = workspace / PROFILES / platform
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, exist_ok=True)
    return folder


def _held(workspace: Path, platform: str) -> FileLock:
    """The lock that keeps a second window off the profile; the system lets go of it even if we are killed."""
    folder = workspace / LOCKS
    folder.mkdir(exist_ok=True)
    lock = FileLock(folder / f"browse-{platform}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise WorkspaceError(f"{workspace}: {platform} is being browsed already, in a window of its own") from None
    return lock
