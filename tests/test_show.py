"""Tables: whole where a terminal has room, without what is spare where it has less, else a block for each row."""

import re

import pytest
from rich.cells import cell_len

from desk.show import table
from tests.conftest import Wildfree

HEADS = ("listing", "platform", "score", "title", "why")
ROWS = [
    (1, "facebook_marketplace", 0.98, "收藏级老象牙手镯 Loxodonta africana", "象牙: a name; borne out by 'ivory'"),
    (12, "xianyu", 0.5, "", "brought by hand"),
]
WHOLE = ("facebook_marketplace", "xianyu", "0.98", "Loxodonta", "africana", "brought by hand", "platform", "score")


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Standard output is a terminal, as far as anyone can see."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("TERM", raising=False)
    return monkeypatch


def plain(out: str) -> list[str]:
    """The lines of OUT without colours."""
    return [line.rstrip() for line in re.sub(r"\x1b\[[\d;]*m", "", out).splitlines()]


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_no_name_is_broken_and_no_line_is_longer_than_the_terminal(
    narrow: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    narrow.setenv("COLUMNS", str(columns))
    table(HEADS, ROWS, "2 waiting")
    lines = plain(capsys.readouterr().out)
    assert max(map(cell_len, lines)) <= columns
    assert [word for word in WHOLE if not any(word in line for line in lines)] == []
    assert ("platform: xianyu" in lines) is (columns < 80), "a block where the table has no room"
    assert not any(line.startswith("title:") and "title: 收" not in line for line in lines), "nothing has no line"


def test_what_is_spare_goes_first_and_is_named(
    narrow: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    narrow.setenv("COLUMNS", "60")
    table(HEADS, ROWS, spare=("why", "title"))
    lines = plain(capsys.readouterr().out)
    assert lines[0].split() == ["listing", "platform", "score", "title"]
    assert lines[-1] == "Not shown, for want of room: why. See --json, or a wider window"
    narrow.setenv("COLUMNS", "30")
    table(HEADS, ROWS, spare=("why", "title"))
    assert "platform: xianyu" in (few := plain(capsys.readouterr().out))
    assert "why: brought by hand" in few, "a block has room for everything"


def test_a_pipe_gets_the_whole_table_however_narrow_the_terminal_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    table(HEADS, ROWS, spare=("why",))
    head, first, second = plain(capsys.readouterr().out)
    assert head.split() == list(HEADS)
    assert first.endswith("borne out by 'ivory'")
    assert "xianyu" in second


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 160])
def test_the_list_of_platforms_names_each_whole_at_every_width(
    narrow: pytest.MonkeyPatch, wildfree: Wildfree, columns: int
) -> None:
    names = [each["name"] for each in wildfree("platform", "list", "--json").objects]
    assert len(names) > 20
    narrow.setenv("COLUMNS", str(columns))
    lines = plain(wildfree("platform", "list").out)
    firsts = [line.removeprefix("name: ").split(" ")[0] for line in lines]
    assert [name for name in names if name not in firsts] == []
    assert all(word in "\n".join(lines) for word in ("by browser", "unverified", "missing", "a person"))
    assert ("Not shown" in lines[-1]) is (columns in {80, 120})
    if columns < 160:
        assert max(cell_len(line) for line in lines if "Not shown" not in line) <= columns
