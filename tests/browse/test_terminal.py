"""What stands in the terminal beside the window: short, in columns, and never more tried than was."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from crawler.beside.noted import Noted, What
from desk.browsing import Beside, padded, readable
from desk.context import Desk, desk
from tests.browse.volunteer import made

TERMS = ["象牙", "虎骨酒", "ivory"]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with desk(made(tmp_path / "w", "")) as here:
        yield here


@pytest.fixture
def this(here: Desk) -> Beside:
    return Beside(here, here.platform("xianyu"), [*TERMS], {"812": "https://www.goofish.com/item?id=812"})


@pytest.mark.parametrize("what", [What.LOST, What.WALL, What.FAILED])
def test_what_was_not_seen_is_not_counted_as_tried(
    this: Beside, what: What, capsys: pytest.CaptureFixture[str]
) -> None:
    this.tell(Noted(what, "象牙: left", term="象牙"))
    this.tell(Noted(what, "812: left", key="812"))
    assert this.terms == TERMS
    assert list(this.looks) == ["812"]
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_what_was_seen_is_tried_and_one_line_says_what_is_next(
    this: Beside, capsys: pytest.CaptureFixture[str]
) -> None:
    this.tell(Noted(What.SEARCH, "象牙: hits 2 cards", term="象牙"))
    told = capsys.readouterr().out.splitlines()
    assert told[1:] == ["Try next (2 left): 虎骨酒, ivory"]
    this.tell(Noted(What.LISTING, "812: live", key="812"))
    assert this.looks == {}
    for term in TERMS[1:]:
        this.tell(Noted(What.SEARCH, f"{term}: hits 2 cards", term=term))
    this.tell(Noted(What.LOST, "ivory: left", term="ivory"))
    this.end("")
    told = capsys.readouterr().out.splitlines()
    assert "Every term was tried." in told
    assert told[-1] == "Ended in order. Recorded: 3 searches, 1 listing. Not recorded: 1. Left to try: 0 terms"


def test_the_beginning_tells_where_to_search_once_and_its_lists_are_no_wider_than_a_terminal(
    this: Beside, capsys: pytest.CaptureFixture[str]
) -> None:
    this.begin()
    told = capsys.readouterr().out.splitlines()
    assert "Type them there, or open: https://www.goofish.com/search?q=…" in told
    lists = told[told.index(next(line for line in told if line.startswith("Try next"))) :]
    assert len(lists) == 4
    assert [line for line in lists if cell_len(line) > 80 or "%" in line] == []


def test_a_platform_without_a_search_by_words_is_not_said_to_be_tried(
    here: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    telegram = here.platform("telegram")
    assert telegram.browse_url("x") is None
    this = Beside(here, telegram, [])
    this.begin()
    this.end("")
    told = capsys.readouterr().out
    assert "Every term was tried" not in told
    assert "names no search by words" in told
    assert "Left to try" not in told


@pytest.mark.parametrize("text", ["812", "象牙", "虎骨酒a", "not recorded", "a name of more columns than there are"])
def test_chinese_and_latin_words_end_at_the_same_column(text: str) -> None:
    assert cell_len(padded(text)) == max(12, cell_len(text))


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("https://a.example/s?q=%E8%B1%A1%E7%89%99", "https://a.example/s?q=象牙"),
        ("https://a.example/s?q=a%20b%26c%25", "https://a.example/s?q=a%20b%26c%25"),
        ("https://a.example/s?q=%CF%F3%D1%C0", "https://a.example/s?q=%CF%F3%D1%C0"),  # GBK
    ],
)
def test_an_address_is_read_as_it_is_meant_and_can_still_be_opened(url: str, read: str) -> None:
    assert readable(url) == read
