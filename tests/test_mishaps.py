"""Whatever happens to the machine, the archive verifies afterwards, and the same work is done in the end."""

import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from archive.vault import DATABASE, EVIDENCE, Vault
from archive.verify.fault import Found
from archive.verify.whole import verify
from config.errors import WildfreeError
from config.system import root
from desk.practice.market import Market
from tests import dying
from tests.conftest import Wildfree
from tests.test_kills import (
    Rows,
    _sighted,
    _visits_due,
    asked,
    awaited,
    birth,
    children_of,
    nothing_lost,
    rows,
    started,
)

ACTS: dict[str, Callable[[Path], int]] = {"look": dying.look, "verdict": dying.say, "seal": dying.sealed}
MOUNTS = pytest.mark.skipif(not root() or not shutil.which("mount"), reason="only root mounts disks")


@pytest.fixture
def ripe(workspace: Path) -> Path:
    """A workspace in which two listings wait for their first look."""
    with Vault.open(workspace) as vault:
        _sighted(vault)
    return workspace


@contextmanager
def mounted(place: Path, *words: str) -> Iterator[None]:
    """Something mounted at PLACE till the end of the `with`."""
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", *words, str(place)], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def sound(folder: Path) -> None:
    found = verify(folder, Found())
    assert found.faults == []
    assert found.checked["entries"] >= 3


@MOUNTS
@pytest.mark.parametrize("act", ACTS)
def test_a_disk_that_fills_up_loses_nothing_and_the_work_goes_on_when_there_is_room(
    ripe: Path, tmp_path: Path, act: str
) -> None:
    before, disk = rows(ripe), tmp_path / "disk"
    went = [_on_a_disk(ripe, disk, room, act, before) for room in (0, 4, 8, 16, 24, 32, 40, 56, 80, 120, 200, 900)]
    assert went.count(False) >= 1
    assert went.count(True) >= 1


def _on_a_disk(ripe: Path, disk: Path, room: int, act: str, before: Rows) -> bool:
    """Whether ACT could be done with ROOM KiB left, the archive having been sound in either case."""
    with mounted(disk, "-t", "tmpfs", "-o", "size=100m", "tmpfs"):
        here = disk / "w"
        shutil.copytree(ripe, here)
        used = (shutil.disk_usage(disk).used + 1023) // 1024
        subprocess.run(["mount", "-o", f"remount,size={used + room}k", str(disk)], check=True)
        said = _tried(here, act)
        subprocess.run(["mount", "-o", "remount,size=100m", str(disk)], check=True)
        nothing_lost(before, rows(here))
        sound(here)
        ACTS[act](here)
        sound(here)
    assert not said or "room" in said, said
    return not said


def _tried(folder: Path, act: str) -> str:
    """What is said where ACT cannot be done; "" where it was."""
    try:
        ACTS[act](folder)
    except WildfreeError as problem:
        return str(problem)
    return ""


@MOUNTS
@pytest.mark.parametrize("act", ACTS)
def test_a_store_that_can_only_be_read_keeps_nothing_and_is_still_verified(ripe: Path, act: str) -> None:
    before = rows(ripe)
    store = ripe / EVIDENCE
    with mounted(store, "--bind", str(store)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(store)], check=True)
        with pytest.raises(WildfreeError, match="can only be read"):
            ACTS[act](ripe)
        assert rows(ripe) == before
        sound(ripe)
    ACTS[act](ripe)
    sound(ripe)
    assert rows(ripe) != before


@pytest.mark.slow
@pytest.mark.parametrize("act", ACTS)
def test_a_database_that_another_keeps_locked_takes_nothing_and_is_still_verified(ripe: Path, act: str) -> None:
    before = rows(ripe)
    with closing(sqlite3.connect(ripe / DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WildfreeError, match="Another command writes to it"):
            ACTS[act](ripe)
        sound(ripe)
    assert rows(ripe) == before
    ACTS[act](ripe)
    sound(ripe)


@pytest.mark.slow
def test_a_browser_that_is_killed_in_the_middle_spoils_no_look(
    market_workspace: Path, market: Market, wildfree: Wildfree
) -> None:
    _visits_due(market_workspace, market, 4)
    with started(market_workspace, "visit", "market") as child:
        awaited(lambda: bool(asked(market_workspace, "SELECT 1 FROM visit")), "the first look")
        browsers = [pid for pid in children_of(child.pid) if b"chrom" in _called(pid).lower()]
        assert browsers, "there was no browser to kill: this test proves nothing"
        for pid in browsers:
            if birth(pid):
                os.kill(pid, signal.SIGKILL)
        child.wait(120)
    found = verify(market_workspace, Found())
    assert found.faults == []
    assert wildfree("visit", "market").code == 0
    sound(market_workspace)


def _called(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
