"""Traps for the set-up on a bare machine: stubs that pass for browsers, downloads that hang, half an answer."""

import ast
import os
import select
import subprocess
import sys
import time
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import program
from config.errors import MachineError
from crawler.chromium import find as finder
from desk import machine

ROOT = Path(__file__).parent.parent
GET = "apt-get update && apt-get install -y --no-install-recommends "


def script(path: Path, lines: str) -> Path:
    """An executable shell script at PATH."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return path


@dataclass
class Bare:
    """A machine on which no browser is found; PATH holds nothing but an apt-get that notes what it is told."""

    home: Path
    patch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def command(self, name: str, lines: str) -> Path:
        return script(self.home / "bin" / name, lines)

    def apt_was_told(self) -> list[str]:
        notes = self.home / "notes"
        return notes.read_text().splitlines() if notes.exists() else []

    def lacks(self, *packages: str) -> None:
        """It lacks PACKAGES until its apt-get brings something, and nothing else."""
        needs = dict.fromkeys(packages, (self.home / "brought").exists)
        self.patch.setattr(machine, "NEEDS", {"there": lambda: True, **needs})

    def fails(self, step: str, *, uid: int = 1000, system: str = "debian") -> str:
        """What is said on standard error when STEP ends for want of something."""
        (self.home / "os-release").write_text(f'NAME="Some System"\nID={system}\nID_LIKE=debian\n')
        self.patch.setattr(machine, "OS_RELEASE", self.home / "os-release")
        self.patch.setattr(os, "geteuid", lambda: uid)
        assert machine.main([step]) == MachineError.exit_code
        return self.capsys.readouterr().err


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bare:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in (finder.BY_HAND, "PLAYWRIGHT_BROWSERS_PATH"):
        monkeypatch.delenv(name, raising=False)
    script(tmp_path / "bin" / "apt-get", f'echo "$*" >> {tmp_path / "notes"}')
    return Bare(tmp_path, monkeypatch, capsys)


def test_the_browser_found_on_this_machine_says_its_version() -> None:
    found = finder.chromium()
    assert found is not None
    assert "Chrom" in subprocess.check_output([found, "--version"], text=True, timeout=30)


def test_a_machine_without_fonts_lacks_them_whether_or_not_it_has_a_program_to_list_them(bare: Bare) -> None:
    """Where there is no such program, what is said of that is no font."""
    bare.patch.setattr(machine, "FONTS", [str(bare.home / "fonts")])
    assert not machine.has_cjk_font()
    bare.command("fc-list", "exit 0")
    assert not machine.has_cjk_font()
    bare.command("fc-list", "echo Noto Sans CJK SC; exit 0")
    assert machine.has_cjk_font()
    bare.command("fc-list", "echo no configuration; exit 1")
    assert not machine.has_cjk_font()
    (bare.home / "fonts").mkdir()
    (bare.home / "fonts" / "NotoSansCJK-Regular.ttc").touch()
    assert machine.has_cjk_font()


def test_nothing_is_lacking_once_the_set_up_is_done() -> None:
    assert machine.lacking() == []


def test_a_stub_that_only_names_a_package_is_no_browser_but_the_next_command_is_tried(bare: Bare) -> None:
    bare.command("chromium-browser", "echo this requires the chromium snap 1.2.3 to be installed >&2; exit 10")
    assert finder.chromium() is None
    assert bare.command("google-chrome", "echo Google Chrome 141.0.7390.54") == finder.chromium()


@pytest.mark.parametrize("said", ["", "echo hello", "echo Chromium 141.0.1.2 snap", "echo Chromium 141.0.1; exit 1"])
def test_a_command_without_a_full_answer_is_no_browser(bare: Bare, said: str) -> None:
    bare.command("chromium", said)
    assert finder.chromium() is None


def test_the_newest_download_by_number_comes_before_the_path(bare: Bare) -> None:
    bare.command("chromium", "echo Chromium 150.0.1.2")
    cache = bare.home / ".cache" / "ms-playwright"
    for revision in ("999", "1200"):
        script(cache / f"chromium-{revision}" / "chrome-linux" / "chrome", "echo Chrome for Testing 141.0.1.2")
    assert finder.chromium() == cache / "chromium-1200" / "chrome-linux" / "chrome"


def test_a_download_that_cannot_start_yields_to_the_path(bare: Bare) -> None:
    chromium = bare.command("chromium", "echo Chromium 150.0.1.2")
    broken = ".cache/ms-playwright/chromium-1200/chrome-linux64/chrome"
    script(bare.home / broken, "echo libnss3.so: cannot open shared object file; exit 127")
    assert finder.chromium() == chromium


def test_a_browser_named_by_hand_is_never_silently_replaced(bare: Bare) -> None:
    bare.command("chromium", "echo Chromium 150.0.1.2")
    bare.patch.setenv(finder.BY_HAND, str(bare.home / "mistyped"))
    assert finder.chromium() is None
    assert f"{finder.BY_HAND}={bare.home / 'mistyped'}" in bare.fails("browser")
    assert not bare.apt_was_told()


def test_an_ordinary_user_is_told_everything_in_one_command_on_one_line(bare: Bare) -> None:
    bare.lacks("python3-venv", "libpango-1.0-0")
    said = bare.fails("prepare")
    assert said.count("\n") == 1
    assert said.endswith(f"as root: {GET}python3-venv libpango-1.0-0 chromium chromium-sandbox\n")
    assert not bare.apt_was_told(), "an ordinary user must not call apt-get"


def test_an_ordinary_user_with_a_browser_is_not_told_to_install_another(bare: Bare) -> None:
    bare.command("google-chrome", "echo Google Chrome 141.0.7390.54")
    bare.lacks("fonts-noto-cjk")
    assert bare.fails("prepare").endswith(f"as root: {GET}fonts-noto-cjk\n")


def test_root_installs_just_what_is_missing_and_looks_again(bare: Bare) -> None:
    bare.command("apt-get", f'echo "$*" >> {bare.home}/notes; [ $1 = update ] || : > {bare.home}/brought')
    bare.lacks("fonts-noto-cjk")
    bare.patch.setattr(os, "geteuid", lambda: 0)
    assert machine.main(["prepare"]) == 0
    update, get = bare.apt_was_told()
    assert update.startswith("update -o ")
    assert get.startswith("install -y --no-install-recommends fonts-noto-cjk -o ")


def test_an_installation_that_changed_nothing_is_not_believed(bare: Bare) -> None:
    bare.lacks("python3-venv")
    assert "python3-venv" in bare.fails("prepare", uid=0)
    assert len(bare.apt_was_told()) == 2


def test_a_failing_apt_get_shows_what_it_said(bare: Bare) -> None:
    bare.command("apt-get", "echo Could not resolve the mirror; exit 100")
    bare.lacks("python3-venv")
    assert "Could not resolve the mirror" in bare.fails("prepare", uid=0)


def test_when_playwright_brings_no_browser_that_starts_root_asks_apt_get(bare: Bare) -> None:
    asked = bare.home / "asked"
    bare.patch.setattr(sys, "executable", str(bare.command("python", f'echo "$*" > {asked}')))
    assert finder.BY_HAND in bare.fails("browser", uid=0), "our apt-get brings none either"
    assert asked.read_text().split() == ["-m", "playwright", "install", "--no-shell", "chromium"]
    assert " chromium chromium-sandbox " in bare.apt_was_told()[1]


def test_on_ubuntu_whose_chromium_is_a_snap_apt_get_is_not_asked_for_it(bare: Bare) -> None:
    bare.patch.setattr(sys, "executable", str(bare.command("python", "exit 1")))
    assert finder.BY_HAND in bare.fails("browser", uid=0, system="ubuntu")
    assert not bare.apt_was_told()


def test_a_download_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    began = time.monotonic()
    well, said = program.run(["sh", "-c", f"sleep 60 & echo $! > {pid}"], limit=0.5)
    assert not well
    assert "0.5" in said
    with suppress(ProcessLookupError):
        child = os.pidfd_open(int(pid.read_text()))
        assert select.select([child], [], [], 10)[0], "the child that held the download lives on"
        os.close(child)
    assert time.monotonic() - began < 20


def test_a_command_that_is_not_there_is_a_no_and_not_a_crash() -> None:
    assert program.run(["no-such"]) == (False, "[Errno 2] No such file or directory: 'no-such'")


@pytest.mark.parametrize("version", [(3, 9, 2), (3, 14, 0)])
def test_a_python_out_of_range_is_told_so_in_one_line(bare: Bare, version: tuple[int, ...]) -> None:
    bare.patch.setattr(sys, "version_info", version)
    said = bare.fails("prepare")
    assert f"Python 3.{version[1]} will not do" in said
    assert said.count("\n") == 1


def test_the_range_of_pythons_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == f">=3.{machine.OLDEST[1]},<3.{machine.NEWEST[1] + 1}"


EARLY = (
    "config/__init__.py",
    "config/program.py",
    "config/system.py",
    "crawler/__init__.py",
    "crawler/chromium/find.py",
    "desk/__init__.py",
    "desk/download.py",
    "desk/machine.py",
)
OURS = {"config.program", "config.system", "crawler.chromium.find", "desk.download"}  # of these files


@pytest.mark.parametrize("file", EARLY)
def test_an_old_python_without_any_package_can_read_the_file(file: str) -> None:
    tree = ast.parse((ROOT / file).read_text("utf-8"), feature_version=(3, 9))
    plain = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    taken = {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in plain | taken - OURS} <= sys.stdlib_module_names
