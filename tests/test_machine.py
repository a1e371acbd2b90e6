"""Traps for the set-up on a bare machine: stubs that pass for browsers, downloads that hang, half an answer."""

import ast
import os
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from config.errors import MachineError
from desk import machine

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "desk" / "machine.py"


def script(path: Path, lines: str) -> Path:
    """An executable shell script at PATH."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which no browser can be found; its PATH is the folder given back."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in (machine.BY_HAND, "PLAYWRIGHT_BROWSERS_PATH"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "bin"


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = tmp_path / "os-release"
    release.write_text('NAME="Debian GNU/Linux"\nID=debian\n')
    monkeypatch.setattr(machine, "OS_RELEASE", release)


def apt_that_brings(folder: Path, brought: Path, *, code: int = 0) -> Path:
    """An apt-get in FOLDER that notes its words, and touches BROUGHT when told to install; the notes."""
    notes = folder.parent / "apt-notes"
    touch = f'[ "$1" = install ] && : > {brought}' if code == 0 else "echo no such package"
    script(folder / "apt-get", f'echo "$*" >> {notes}\n{touch}\n[ "$1" = update ] || exit {code}')
    return notes


def test_the_browser_found_on_this_machine_says_its_version() -> None:
    found = machine.chromium()
    assert found is not None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    assert "Chrom" in said


def test_nothing_is_lacking_once_the_set_up_is_done() -> None:
    assert machine.lacking() == []


def test_a_stub_that_only_names_a_package_is_no_browser_but_the_next_command_is_tried(bare: Path) -> None:
    script(bare / "chromium-browser", "echo Command requires the chromium snap 1.2.3 to be installed >&2; exit 10")
    assert machine.chromium() is None
    chrome = script(bare / "google-chrome", "echo Google Chrome 141.0.7390.54")
    assert machine.chromium() == chrome


@pytest.mark.parametrize(
    "said", ["", "echo hello", "echo Chromium 141.0.7390.54 snap", "echo Chromium 141.0.1; exit 1"]
)
def test_a_command_without_a_full_answer_is_no_browser(bare: Path, said: str) -> None:
    script(bare / "chromium", said)
    assert machine.chromium() is None


def test_the_newest_download_by_number_comes_before_the_path(bare: Path) -> None:
    script(bare / "chromium", "echo Chromium 150.0.1.2")
    cache = bare.parent / ".cache" / "ms-playwright"
    for revision in ("999", "1200"):
        script(cache / f"chromium-{revision}" / "chrome-linux" / "chrome", "echo Chrome for Testing 141.0.1.2")
    assert machine.chromium() == cache / "chromium-1200" / "chrome-linux" / "chrome"


def test_a_download_that_cannot_start_yields_to_the_path(bare: Path) -> None:
    chromium = script(bare / "chromium", "echo Chromium 150.0.1.2")
    broken = bare.parent / ".cache/ms-playwright/chromium-1200/chrome-linux64/chrome"
    script(broken, "echo libnss3.so: cannot open shared object file; exit 127")
    assert machine.chromium() == chromium


def test_a_browser_named_by_hand_is_never_silently_replaced(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script(bare / "chromium", "echo Chromium 150.0.1.2")
    monkeypatch.setenv(machine.BY_HAND, str(bare / "mistyped"))
    assert machine.chromium() is None
    assert machine.main(["browser"]) == MachineError.exit_code
    assert f"{machine.BY_HAND}={bare / 'mistyped'}" in capsys.readouterr().err


def test_an_ordinary_user_is_told_everything_in_one_command_on_one_line(
    bare: Path, debian: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = apt_that_brings(bare, bare / "never")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    needs = {"python3-venv": lambda: False, "ca-certificates": lambda: True, "libpango-1.0-0": lambda: False}
    monkeypatch.setattr(machine, "NEEDS", needs)
    assert machine.main(["prepare"]) == MachineError.exit_code
    said = capsys.readouterr()
    command = "apt-get update && apt-get install -y --no-install-recommends "
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.rstrip().endswith(command + "python3-venv libpango-1.0-0 chromium chromium-sandbox")
    assert not notes.exists(), "an ordinary user must not call apt-get"


def test_an_ordinary_user_with_a_browser_is_not_told_to_install_another(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script(bare / "google-chrome", "echo Google Chrome 141.0.7390.54")
    apt_that_brings(bare, bare / "never")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(machine, "NEEDS", {"fonts-noto-cjk": lambda: False})
    assert machine.main(["prepare"]) == MachineError.exit_code
    assert capsys.readouterr().err.rstrip().endswith("--no-install-recommends fonts-noto-cjk")


def test_root_installs_just_what_is_missing_and_looks_again(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought = tmp_path / "brought"
    notes = apt_that_brings(bare, brought)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(machine, "NEEDS", {"python3-venv": lambda: True, "fonts-noto-cjk": brought.is_file})
    assert machine.main(["prepare"]) == 0
    update, get = notes.read_text().splitlines()
    assert update.startswith("update")
    assert get.startswith("install -y --no-install-recommends fonts-noto-cjk -o ")


def test_an_installation_that_changed_nothing_is_not_believed(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    apt_that_brings(bare, bare / "brought")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(machine, "NEEDS", {"python3-venv": lambda: False})
    assert machine.main(["prepare"]) == MachineError.exit_code
    assert "python3-venv" in capsys.readouterr().err


def test_a_failing_apt_get_shows_what_it_said(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    apt_that_brings(bare, bare / "never", code=100)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(machine, "NEEDS", {"python3-venv": lambda: False})
    assert machine.main(["prepare"]) == MachineError.exit_code
    assert "no such package" in capsys.readouterr().err


def test_when_playwright_brings_nothing_root_gets_debians_chromium(
    bare: Path, debian: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = apt_that_brings(bare, tmp_path / "brought")
    asked = tmp_path / "asked"
    playwright = f'echo "$*" > {asked}; printf "#!/bin/sh\\necho Chromium 150.0.1.2\\n" > {bare / "chromium"}'
    script(bare / "python", f"{playwright}; /bin/chmod 644 {bare / 'chromium'}; exit 1")
    monkeypatch.setattr(sys, "executable", str(bare / "python"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert machine.main(["browser"]) == MachineError.exit_code, "our apt-get brings no browser that starts"
    assert asked.read_text().split() == ["-m", "playwright", "install", "--no-shell", "chromium"]
    assert " chromium chromium-sandbox " in notes.read_text().splitlines()[1]


def test_on_ubuntu_whose_chromium_is_a_snap_apt_is_not_asked_for_it(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    release = tmp_path / "os-release"
    release.write_text('NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n')
    monkeypatch.setattr(machine, "OS_RELEASE", release)
    notes = apt_that_brings(bare, bare / "never")
    monkeypatch.setattr(sys, "executable", str(script(bare / "python", "exit 1")))
    assert machine.main(["browser"]) == MachineError.exit_code
    assert machine.BY_HAND in capsys.readouterr().err
    assert not notes.exists()


def test_a_download_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    began = time.monotonic()
    well, said = machine.run(["sh", "-c", f"sleep 60 & echo $! > {pid}; exit 0"], limit=0.5)
    assert not well
    assert "0.5" in said
    assert time.monotonic() - began < 10
    state = Path(f"/proc/{pid.read_text().strip()}/stat")
    assert not state.exists() or ") Z " in state.read_text()


def test_a_command_that_is_not_there_is_a_no_and_not_a_crash() -> None:
    well, said = machine.run(["wildfree-has-no-such-command"])
    assert not well
    assert "wildfree-has-no-such-command" in said


def test_a_python_out_of_range_is_told_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for version in ((3, 9, 2), (3, 14, 0)):
        monkeypatch.setattr(sys, "version_info", version)
        assert machine.main(["prepare"]) == MachineError.exit_code
        said = capsys.readouterr().err
        assert f"Python 3.{version[1]} will not do" in said
        assert said.count("\n") == 1


def test_the_range_of_pythons_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lowest, newest = machine.OLDEST[1], machine.NEWEST[1]
    assert project["requires-python"] == f">=3.{lowest},<3.{newest + 1}"


def test_an_old_python_without_any_package_can_read_the_file() -> None:
    tree = ast.parse(SOURCE.read_text("utf-8"), feature_version=(3, 9))
    plain = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    taken = {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in plain | taken} <= sys.stdlib_module_names


def test_its_exit_code_is_that_of_the_house() -> None:
    assert MachineError.exit_code == machine.LACKING


def test_a_word_it_does_not_know_is_an_error() -> None:
    done = subprocess.run([sys.executable, SOURCE, "prepair"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "prepare, browser" in done.stderr
