"""What is believed of a site that a person browses, and under which name it is kept: without a window."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.pause import Waiting, pause, paused
from archive.vault import Vault
from config.platform import Platform
from crawler.beside.blackout import Own
from crawler.beside.keep import Keeper
from crawler.beside.noted import Noted, What
from crawler.beside.own import Shown
from crawler.beside.seen import Seen
from desk.context import Desk, desk
from tests.browse.stall import FILE, cards
from tests.browse.volunteer import made, rows

SITE = "http://stall.test"
SIGNS = """
[[signs]]
means = "walled"
where = ".login"
says = ["log in"]
[[signs]]
means = "walled"
url = "/login$"
[[signs]]
means = "gone"
cause = "platform"
where = ".off"
says = ["该商品已下架"]
"""
WALL, OFF = '<div class="login">log in</div>', '<p class="off">该商品已下架</p>'
MISSING = "<h1>not found</h1>"
VISITS = "SELECT l.key, v.condition FROM visit v JOIN listing l ON l.id = v.listing_id ORDER BY v.id"
CONTROLS = "SELECT json_extract(environment, '$.control') FROM visit ORDER BY id"
QUERIES = "SELECT term, outcome, cards FROM query ORDER BY id"


class Beside:
    """A session without a window: pages are seen as they are told."""

    def __init__(self, here: Desk, by: str = "a volunteer") -> None:
        self.site: Platform = here.platform("stall")
        self.keeper = Keeper(here.vault, self.site, here.settings, Own(), lambda: datetime.now(UTC), by)
        self.keeper.begin()

    def sees(self, path: str, html: str, status: int = 200, *, cached: bool = False) -> list[Noted]:
        """What comes of it that the page at PATH shows HTML."""
        url = SITE + path
        return self.keeper.take(
            Seen(url, url, status, (), cached, f"<html><body>{html}</body></html>", "text", b"", "", b"",
                 Shown((), (), ()), (), (), ())
        )  # fmt: skip

    def item(self, key: int) -> list[Noted]:
        """The listing KEY, which is there."""
        return self.sees(f"/item/{key}", f"<h1>象牙手镯 {key}</h1>")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with desk(made(tmp_path / "w", "", stall=FILE.format(base=SITE) + SIGNS)) as here:
        yield here


@pytest.fixture
def this(here: Desk) -> Beside:
    return Beside(here)


def waits(vault: Vault) -> None:
    """Have the platform wait for a person."""
    with vault.writing() as session:
        pause(session, Waiting("stall", 1, datetime.now(UTC), "challenge: tick the box"))


def kept(here: Desk, question: str) -> list[tuple[object, ...]]:
    """What the archive answers to QUESTION."""
    return rows(here.vault.workspace, question)


def test_a_site_that_answers_404_to_all_behind_a_wall_took_nothing_down(here: Desk, this: Beside) -> None:
    for key in (1, 2, 3):
        this.item(key)
    this.sees("/home", WALL)
    for key in (1, 2, 3):
        this.sees(f"/item/{key}", MISSING, 404)
    assert kept(here, VISITS)[3:] == [("1", "unreadable"), ("2", "unreadable"), ("3", "unreadable")]
    assert [told for (told,) in kept(here, CONTROLS)[3:]] == [None, None, None]


def test_what_reads_live_proves_others_gone_and_never_itself(here: Desk, this: Beside) -> None:
    for key in (1, 2):
        this.item(key)
    this.sees("/item/1", MISSING, 404)
    this.sees("/item/2", MISSING, 404)
    assert kept(here, VISITS)[2:] == [("1", "gone"), ("2", "unreadable")]
    assert kept(here, CONTROLS)[2:] == [(f"{SITE}/item/2 read live before",), (None,)]


@pytest.mark.parametrize("html", [MISSING, "<h1></h1>"])
def test_a_failed_search_between_takes_the_proof_away(here: Desk, this: Beside, html: str) -> None:
    for key in (1, 2):
        this.item(key)
    this.sees("/search?q=x", html, 404)
    this.sees("/item/1", MISSING, 404)
    assert kept(here, VISITS)[2:] == [("1", "unreadable")]


def test_a_404_for_all_lets_no_sweep_go_on_and_a_listing_that_is_there_does(here: Desk, this: Beside) -> None:
    waits(here.vault)
    this.sees("/search?q=x", MISSING, 404)
    this.sees("/item/1", MISSING, 404)
    assert kept(here, VISITS) == [("1", "gone")]
    this.sees("/item/1", OFF)
    assert list(paused(here.vault)) == ["stall"], "nothing but failures came before"
    assert this.item(2)[-1].what is What.GOES_ON
    assert paused(here.vault) == {}


def test_a_page_that_says_in_its_place_that_it_was_taken_down_lets_a_sweep_go_on(here: Desk, this: Beside) -> None:
    waits(here.vault)
    assert this.sees("/item/1", OFF)[-1].what is What.GOES_ON
    assert paused(here.vault) == {}


def test_a_search_from_the_browsers_memory_is_neither_kept_nor_an_answer(here: Desk, this: Beside) -> None:
    waits(here.vault)
    (told,) = this.sees("/search?q=x", cards(1, 2), cached=True)
    assert (told.what, told.term) == (What.LOST, "x")
    assert this.sees("/search?q=x", cards(1, 2), cached=True) == [], "it is said once"
    assert kept(here, QUERIES) == []
    assert list(paused(here.vault)) == ["stall"]
    this.sees("/search?q=x", cards(1, 2, 3))  # one more has come by scrolling
    assert kept(here, QUERIES) == [("x", "hits", 1)]
    assert paused(here.vault) == {}


def test_a_wall_stands_under_what_was_asked_for_and_under_no_search_that_was_answered(
    here: Desk, this: Beside
) -> None:
    this.sees("/search?q=x", cards(1, 2))
    (home,) = this.sees("/home", WALL)
    (abroad,) = this.keeper.abroad(f"{SITE}/home", "http://passport.test/login")
    (listing,) = this.keeper.abroad(f"{SITE}/item/5", "http://passport.test/login")
    this.keeper.abroad(f"{SITE}/search?q=y", "http://passport.test/login")
    assert kept(here, QUERIES) == [
        ("x", "hits", 2), ("", "login_wall", 0), ("", "login_wall", 0), ("y", "login_wall", 0)
    ]  # fmt: skip
    assert kept(here, VISITS) == [("5", "walled")]
    assert kept(here, "SELECT capture, final_url FROM visit") == [("failed", f"{SITE}/item/5")]
    assert [each.what for each in (home, abroad, listing)] == [What.WALL] * 3
    assert home.words.startswith(f"{SITE}/home: login_wall")
    assert listing.key == "5"


def test_where_no_page_came_that_is_kept_and_nothing_counts_as_seen(here: Desk, this: Beside) -> None:
    (search,) = this.keeper.unanswered(f"{SITE}/search?q=x")
    (listing,) = this.keeper.unanswered(f"{SITE}/item/5")
    assert this.keeper.unanswered(f"{SITE}/home") == []
    assert [each.what for each in (search, listing)] == [What.FAILED] * 2
    assert kept(here, QUERIES) == [("x", "failed", 0)]
    assert kept(here, VISITS) == [("5", "unreachable")]


def test_a_session_that_was_killed_is_ended_by_the_next(here: Desk, this: Beside) -> None:
    again = Beside(here, "another volunteer")
    assert kept(here, "SELECT sweep_id, outcome FROM sweep_end") == [(this.keeper.sweep_id, "cut_off")]
    assert again.keeper.sweep_id > this.keeper.sweep_id
