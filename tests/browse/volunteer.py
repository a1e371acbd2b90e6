"""Plays a volunteer: starts `wildfree browse`, does with the window what a person does, and reads the terminal."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from archive.vault import Vault
from desk.main import main
from tests.conftest import UNREAD

PATIENCE = 60.0  # s for anything to come: the machine may be busy
WILDFREE = Path(sys.executable).parent / "wildfree"


class Terminal:
    """A command that runs, and the lines that it has printed so far."""

    def __init__(self, words: list[str], surroundings: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [str(WILDFREE), *words], env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.pid = self._process.pid
        self.lines: list[str] = []
        self._more = threading.Condition()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            with self._more:
                self.lines.append(line.rstrip("\n"))
                self._more.notify_all()
        with self._more:
            self._more.notify_all()

    def until(self, *words: str, after: int = 0) -> int:
        """Wait for a line that holds all of WORDS, from line AFTER on; how many lines there are by then."""
        with self._more:
            there = self._more.wait_for(lambda: self._found(words, after) or not self._runs(), PATIENCE)
            assert there, f"no line with {words} in:\n" + "\n".join(self.lines[after:])
            found = self._found(words, after)
            assert found, f"it ended without {words}:\n" + "\n".join(self.lines[after:])
            return found

    def _found(self, words: tuple[str, ...], after: int) -> int:
        for at, line in enumerate(self.lines[after:], after):
            if all(word in line for word in words):
                return at + 1
        return 0

    def _runs(self) -> bool:
        return self._reading.is_alive()

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Press Ctrl-C, and wait for the end."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Wait for the end; the exit code."""
        try:
            code = self._process.wait(PATIENCE)
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
        self._reading.join(PATIENCE)
        if self._process.stdout:
            self._process.stdout.close()
        return code


class Volunteer:
    """Somebody before an open window."""

    def __init__(self, context: BrowserContext, terminal: Terminal) -> None:
        self.context = context
        self.terminal = terminal
        self.page: Page = context.pages[0]

    def does(self, what: Callable[[], object], *words: str) -> None:
        """Do WHAT, and wait for the line of WORDS that comes of it."""
        before = len(self.terminal.lines)
        what()
        self.terminal.until(*words, after=before)

    def goes(self, url: str, *words: str) -> None:
        """Type URL, and wait for the line of WORDS."""
        self.does(lambda: self.page.goto(url), *words)

    def opens(self, css: str, *words: str, ctrl: bool = True) -> Page:
        """Click on CSS, which opens a new tab, look at it, and wait for the line of WORDS."""
        before = len(self.terminal.lines)
        with self.context.expect_page() as opening:
            self.page.locator(css).first.click(modifiers=["ControlOrMeta"] if ctrl else [])
        tab = opening.value
        tab.bring_to_front()
        self.terminal.until(*words, after=before)
        self.page.bring_to_front()
        return tab


def surroundings(workspace: Path, display: str) -> dict[str, str]:
    """What a command needs to know of where it runs."""
    return os.environ | {"WILDFREE_WORKSPACE": str(workspace), "WILDFREE_BY": "a volunteer", "DISPLAY": display}


@contextmanager
def beside(workspace: Path, display: str, platform: str, *words: str) -> Iterator[Volunteer]:
    """A volunteer before the window that `wildfree browse PLATFORM` opened; Ctrl-C ends it, if nothing did."""
    terminal = Terminal(["browse", platform, *words], surroundings(workspace, display))
    try:
        terminal.until("recording")
        with sync_playwright() as playwright:
            browser = playwright.chromium.connect_over_cdp(address(workspace, platform), no_defaults=True)
            yield Volunteer(browser.contexts[0], terminal)
            browser.close()
        assert terminal.end() == 0, "\n".join(terminal.lines)
    finally:
        terminal.end(signal.SIGKILL)


def address(workspace: Path, platform: str) -> str:
    """Where the window speaks CDP."""
    port, path = (workspace / "profiles" / platform / "DevToolsActivePort").read_text().split()
    return f"ws://127.0.0.1:{port}{path}"


@dataclass(frozen=True)
class Said:
    """What a command ended with."""

    returncode: int
    stdout: str


def said(workspace: Path, *words: str) -> Said:
    """What another command says."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(out):
        code = main([*words, "--workspace", str(workspace)])
    return Said(code, out.getvalue())


def made(folder: Path, settings: str, *, reads_pictures: bool = False, **platforms: str) -> Path:
    """A new practice workspace in FOLDER with these SETTINGS and files of PLATFORMS."""
    with redirect_stdout(StringIO()):
        assert main(["init", "--practice", str(folder)]) == 0
    (folder / "wildfree.toml").write_text(settings if reads_pictures else UNREAD + settings, "utf-8")
    own = folder / "config" / "platforms"
    own.mkdir(parents=True, exist_ok=True)
    for name, file in platforms.items():
        (own / f"{name}.toml").write_text(file, "utf-8")
    return folder


def rows(workspace: Path, question: str) -> list[tuple[object, ...]]:
    """What the archive's database answers to a QUESTION in SQL."""
    with Vault.open(workspace) as vault, vault.reading() as session:
        return [tuple(row) for row in session.connection().exec_driver_sql(question)]


def whole(workspace: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file of the workspace but those of the profiles."""
    for path in sorted(workspace.rglob("*")):
        if path.is_file() and path.relative_to(workspace).parts[0] != "profiles":
            yield path, path.read_bytes()


def settled(holds: Callable[[], bool]) -> bool:
    """Whether what HOLDS came to hold in time: a screen draws itself when it can."""
    end = time.monotonic() + PATIENCE / 4
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()
