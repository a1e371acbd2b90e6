"""However a session ends, the archive says what ended it, and no browser is left behind."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest

from crawler.beside.tab import Tab
from crawler.chromium.find import chromium
from desk.main import main
from tests.browse.screen import Screen
from tests.browse.stall import FILE, furnish
from tests.browse.volunteer import WILDFREE, Terminal, made, rows, settled, surroundings
from tests.recorded import Noting, noting
from tests.test_kills import MARK, children_of, marked

ENDS = "SELECT outcome, because FROM sweep_end"
FOUND = "hits 2 cards"


@pytest.fixture(scope="module")
def stall() -> Iterator[Noting]:
    with noting() as site:
        furnish(site)
        yield site


@pytest.fixture
def workspace(stall: Noting, tmp_path: Path) -> Path:
    return made(tmp_path / "w", f'allow = ["{stall.place}"]\n', stall=FILE.format(base=stall.base))


def environment(workspace: Path, screen: Screen) -> dict[str, str]:
    return surroundings(workspace, screen.display) | {MARK: str(workspace)}


@contextmanager
def browsing(workspace: Path, screen: Screen) -> Iterator[Terminal]:
    """A session in which a search was recorded."""
    terminal = Terminal(["browse", "stall"], environment(workspace, screen))
    try:
        terminal.until(FOUND)
        assert len(marked(str(workspace))) > 3, "no browser runs: this test proves nothing"
        yield terminal
    finally:
        terminal.end(signal.SIGKILL)


def nothing_left(workspace: Path) -> bool:
    return settled(lambda: marked(str(workspace)) == set())


@pytest.mark.parametrize(
    ("number", "because"),
    [(signal.SIGTERM, "the system had it end"), (signal.SIGHUP, "its terminal was closed")],
)
def test_a_system_that_shuts_down_and_a_closed_terminal_end_it_as_ctrl_c_does(
    screen: Screen, workspace: Path, number: signal.Signals, because: str
) -> None:
    with browsing(workspace, screen) as terminal:
        assert terminal.end(number) == 0
    assert any("Ended in order" in line for line in terminal.lines)
    assert marked(str(workspace)) == set()
    assert rows(workspace, ENDS) == [("complete", because)]


def test_a_terminal_that_is_gone_is_written_to_no_more(screen: Screen, workspace: Path) -> None:
    ours, theirs = os.openpty()
    with Popen([WILDFREE, "browse", "stall"], stdout=theirs, stderr=theirs, env=environment(workspace, screen)) as it:
        os.close(theirs)
        try:
            said = b""
            while FOUND.encode() not in said:
                said += os.read(ours, 1000)
            os.close(ours)
            it.send_signal(signal.SIGHUP)
            it.send_signal(signal.SIGHUP)  # the shell passes it on, too
            assert it.wait(60) == 0
        finally:
            it.kill()
    assert rows(workspace, ENDS) == [("complete", "its terminal was closed")]


def test_a_browser_does_not_outlive_us(screen: Screen, workspace: Path) -> None:
    with browsing(workspace, screen) as terminal:
        assert terminal.end(signal.SIGKILL) == -signal.SIGKILL
        assert nothing_left(workspace)
    assert rows(workspace, ENDS) == []


def test_a_browser_that_broke_down_is_not_said_to_have_been_closed(screen: Screen, workspace: Path) -> None:
    with browsing(workspace, screen) as terminal:
        for each in children_of(terminal.pid):
            os.kill(each, signal.SIGKILL)
        assert terminal.wait() == 6
    assert not any("in order" in line for line in terminal.lines)
    assert [line for line in terminal.lines if "ended by itself (its code: -9)" in line][1:]
    assert "wildfree browse stall" in terminal.lines[-1]
    assert rows(workspace, ENDS) == [("cut_off", "the browser ended by itself (its code: -9)")]


def test_a_fault_of_ours_is_not_said_to_be_the_volunteers_act(
    screen: Screen, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(*_: object) -> None:
        raise KeyError("frame")

    monkeypatch.setattr(Tab, "_went", faulty)
    monkeypatch.setenv("DISPLAY", screen.display)
    with pytest.raises(KeyError, match="frame"):
        main(["browse", "stall", "--by", "a volunteer", "--workspace", str(workspace)])
    assert rows(workspace, ENDS) == [("cut_off", "wildfree itself broke down")]


def test_a_window_of_last_time_that_is_still_open_is_told_in_plain_words(screen: Screen, workspace: Path) -> None:
    folder = workspace / "profiles" / "stall"
    folder.mkdir(parents=True)
    words = [str(chromium()), f"--user-data-dir={folder}", "--remote-debugging-port=0", "--no-first-run"]
    env = environment(workspace, screen)
    with Popen([*words, "--no-sandbox", "about:blank"], env=env, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert any("DevTools listening" in line for line in process.stderr or ())
            again = Terminal(["browse", "stall"], env)
            assert again.wait() == 6
            (told,) = again.lines
            assert told == "wildfree: stall: its window of last time is still open: close it; then try again"
        finally:
            process.terminate()
    assert rows(workspace, ENDS) == []
