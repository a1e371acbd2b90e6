"""What a look says of the program, the machine, the clock and the collector: true, and no more than is meant."""

import hashlib
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawler import environment

NOW = datetime(2026, 11, 22, 3, 0, 30, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one file in one room."""
    (tmp_path / "crawler").mkdir()
    (tmp_path / "crawler" / "page.py").write_text("1\n")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    return tmp_path


def code() -> dict[str, str]:
    environment.program.cache_clear()
    return environment.program()


def test_the_code_is_another_once_a_byte_of_it_is(house: Path) -> None:
    first = code()["code_sha256"]
    assert code()["code_sha256"] == first
    (house / "crawler" / "__pycache__").mkdir()
    (house / "crawler" / "__pycache__" / "page.pyc").write_text("what Python keeps for itself")
    assert code()["code_sha256"] == first
    (house / "crawler" / "page.py").write_text("2\n")
    assert code()["code_sha256"] != first
    (house / "crawler" / "page.py").rename(house / "crawler" / "other.py")
    (house / "crawler" / "other.py").write_text("1\n")
    assert code()["code_sha256"] != first, "its name counts, too"


def test_the_commit_is_told_where_there_is_one(house: Path) -> None:
    assert "commit" not in code()
    (house / ".git" / "refs" / "heads").mkdir(parents=True)
    (house / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    assert "commit" not in code(), "a branch without a commit"
    (house / ".git" / "refs" / "heads" / "main").write_text("a" * 40 + "\n")
    assert code()["commit"] == "a" * 40
    (house / ".git" / "HEAD").write_text("b" * 40 + "\n")
    assert code()["commit"] == "b" * 40


def test_of_this_checkout_git_says_the_same() -> None:
    environment.program.cache_clear()
    said = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=environment.ROOT, capture_output=True, text=True, check=False
    )
    if said.returncode == 0:
        assert environment.program()["commit"] == said.stdout.strip()
    assert environment.program()["tool"].startswith("wildfree ")
    assert set(environment.machine()) == {"system", "python"}


@pytest.mark.parametrize(
    ("date", "ahead"),
    [
        ("Sun, 22 Nov 2026 03:00:00 GMT", "30"),
        ("Sun, 22 Nov 2026 04:00:30 GMT", "-3600"),
        ("", None),
        ("yesterday", None),
        ("Sun, 22 Nov 2026 03:00:00", None),
        ("Sun, 99 Nov 99999 03:00:00 GMT", None),
    ],
)
def test_how_far_our_clock_was_is_told_where_the_server_told_a_time(date: str, ahead: str | None) -> None:
    told = environment.clock(NOW, date, SHANGHAI)
    assert told["clock"] == "2026-11-22T03:00:30+00:00"
    assert told["zone"] == "Asia/Shanghai"
    assert told.get("clock_ahead_s") == ahead
    assert ("server_date" in told) == (ahead is not None)


def test_the_collector_is_a_hash_that_only_the_card_opens(tmp_path: Path) -> None:
    first = environment.collector(tmp_path, "王老师")
    assert first == environment.collector(tmp_path, "王老师"), "the same person is the same collector"
    assert environment.collector(tmp_path, "another") != first
    (card,) = (each for each in (tmp_path / "keys" / "cards").iterdir() if "王老师" in each.read_text("utf-8"))
    assert card.stat().st_mode & 0o777 == 0o600
    salt = json.loads(card.read_text("utf-8"))["salt"]
    assert hashlib.sha256(f"{salt}\n王老师".encode()).hexdigest() == first
    assert hashlib.sha256("王老师".encode()).hexdigest() != first
    (tmp_path / "elsewhere").mkdir()
    assert environment.collector(tmp_path / "elsewhere", "王老师") != first, "no two workspaces can be joined by it"
