"""What our manners or the site put off stays due, is said in one line, and is gone on with by the same command."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from archive import todo
from archive.facts import Outcome
from archive.lane import Lane
from archive.models import Query, Sweep, SweepEnd, Visit
from archive.todo import Unit
from archive.vault import Vault
from config.errors import ConfigError
from crawler.manners import LEAST, UNSAID, asked_to_wait
from crawler.ways.way import FULL
from desk.context import NOT_LET_IN, PUT_OFF
from desk.practice.market import Market
from tests.conftest import Ran, Wildfree
from tests.gate import Gate
from tests.site import HTML, ITEM, RESULTS, Answer, Site, admit, describe, opened

TERMS = ("--term", "a", "--term", "b", "--term", "c")
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def site(workspace: Path) -> Iterator[Site]:
    """A stall that everyone may ask, known to the workspace by its file."""
    with opened() as site:
        describe(workspace, site.base, delay=0.0)
        site.robots("User-agent: *\nAllow: /\n")
        yield site


def mind(workspace: Path, manners: str) -> None:
    """Put MANNERS at the end of the stall's file, into its [manners]."""
    with (workspace / "config" / "platforms" / "stall.toml").open("a", encoding="utf-8") as file:
        file.write(f"{manners}\n")


def by_browser(workspace: Path) -> None:
    """Let the stall need a browser."""
    file = workspace / "config" / "platforms" / "stall.toml"
    file.write_text(file.read_text("utf-8").replace("[search]", "browser = true\n[search]"), "utf-8")


def another_day(workspace: Path) -> None:
    """Make it so that what the lane was asked was asked yesterday, and that it is shut no longer."""
    with Vault.open(workspace) as vault, vault.writing() as session:
        session.execute(update(Lane).values(day="2020-01-01", shut_until=0.0))


def rows(workspace: Path, kind: type[Any]) -> list[Any]:
    with Vault.open(workspace) as vault, vault.reading() as session:
        return list(session.scalars(select(kind)))


def told(ran: Ran) -> list[str]:
    """What the command itself said on standard error; the stall, in this process too, may say something there."""
    return [line for line in ran.err.splitlines() if line.startswith(("Put off", "Stopped", "wildfree", "The "))]


def open_units(workspace: Path, kind: todo.Kind) -> list[Unit]:
    return [unit for unit in rows(workspace, Unit) if unit.kind == kind and unit.done_at is None]


def busy(seconds: str = "1800", status: int = 429) -> Answer:
    return Answer("slow down", status, heads=(("Retry-After", seconds),))


def test_a_sweep_stops_at_the_days_budget_and_the_same_sweep_goes_on_the_next_day(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    mind(workspace, "requests = 3")
    first = wildfree("sweep", "stall", *TERMS, "--json")
    assert first.code == PUT_OFF
    assert site.asked() == ["/robots.txt", "/search", "/search"], "three requests, the look-up of robots.txt counted"
    assert [one["outcome"] for one in first.objects] == ["hits", "hits", "postponed"]
    assert first.objects[-1]["because"].startswith("3 requests today, the budget of stall is 3: goes on from ")
    assert first.objects[-1]["because"].endswith(" 00:00 +08:00")
    assert [line[:26] for line in told(first)] == ["Put off. 3 requests today,"]
    assert rows(workspace, SweepEnd) == []

    again = wildfree("sweep", "stall", *TERMS, "--json")
    assert again.code == PUT_OFF
    assert len(site.log) == 3, "nothing is asked while the budget is used up"

    another_day(workspace)
    mind(workspace, "# read again")
    last = wildfree("sweep", "stall", *TERMS, "--json")
    assert last.code == PUT_OFF, "robots.txt and the canary are asked anew, then one term"
    another_day(workspace)
    assert wildfree("sweep", "stall", *TERMS).code == 0
    assert len(rows(workspace, Sweep)) == 1
    hits = [row.term for row in rows(workspace, Query) if row.outcome is Outcome.HITS]
    assert sorted(set(hits)) == ["a", "b", "c", "case"]
    assert [term for term in hits if term != "case"] == ["a", "b", "c"], "each once"


def test_without_json_the_reason_and_the_time_stand_in_one_line(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    mind(workspace, "requests = 1")
    ran = wildfree("sweep", "stall", "--term", "a")
    assert ran.code == PUT_OFF
    assert "postponed" in ran.out
    assert "Stopped" not in ran.out
    (line,) = told(ran)
    assert line.startswith("Put off. 1 request today, the budget of stall is 1: goes on from ")
    assert line.endswith(" 00:00 +08:00. What is left stays due: the same command goes on then.")


def test_the_megabytes_of_plain_pages_and_of_pages_in_the_browser_are_counted_alike(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    padding = "x" * 300_000
    site.answers["/search"] = Answer(RESULTS + padding)
    site.answers["/item/1"] = Answer(ITEM + f"<img src=/big.jpg><!-- {padding} -->")
    site.answers["/big.jpg"] = Answer("y" * 400_000, kind="image/jpeg")
    mind(workspace, "megabytes = 1.2")
    assert wildfree("sweep", "stall", "--term", "象牙").code == 0
    (lane,) = rows(workspace, Lane)
    assert 600_000 <= lane.received < 620_000, "the canary and one term"
    ran = wildfree("visit", "stall", "--json")
    assert ran.code == PUT_OFF
    assert [look["key"] for look in ran.objects] == ["1"], "its picture would have used up more than the day's bytes"
    assert [look["capture"] for look in ran.objects] == ["partial"]
    assert "1 MB today, the budget of stall is 1.2" in ran.err
    (lane,) = rows(workspace, Lane)
    assert 1_200_000 <= lane.received < 1_300_000
    (visit,) = rows(workspace, Visit)
    assert FULL in visit.missing


def test_a_page_that_loads_without_end_gets_no_more_than_the_day_has_left(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    greedy = "<script>(async () => { for (;;) await fetch('/big?' + Math.random()) })()</script>"
    site.answers["/item/1"] = Answer(ITEM + greedy)
    site.answers["/big"] = Answer("y" * 400_000, kind="text/plain")
    mind(workspace, "megabytes = 2")
    assert wildfree("sweep", "stall", "--term", "象牙").code == 0
    ran = wildfree("visit", "stall", "--json")
    assert ran.code == PUT_OFF
    (lane,) = rows(workspace, Lane)
    assert 2_000_000 <= lane.received < 2_100_000
    (visit,) = rows(workspace, Visit)
    assert (visit.capture, visit.condition) == ("partial", "live")
    assert FULL in visit.missing


def test_in_quiet_hours_nothing_is_asked_at_all(workspace: Path, site: Site, wildfree: Wildfree) -> None:
    here = datetime.now(UTC) + timedelta(hours=8)  # the workspace's
    mind(workspace, f'quiet = ["{here - timedelta(hours=2):%H:%M}-{here + timedelta(hours=2):%H:%M}"]')
    ran = wildfree("sweep", "stall", *TERMS, "--json")
    assert ran.code == PUT_OFF
    assert site.log == []
    assert [one["outcome"] for one in ran.objects] == ["postponed"]
    assert "quiet hours of stall" in ran.objects[0]["because"]
    ended = f"{here + timedelta(hours=2):%Y-%m-%d %H:%M} +08:00"
    assert ran.objects[0]["because"].endswith(f"goes on from {ended}")


def test_a_sweep_under_way_when_quiet_hours_begin_stops_between_two_requests(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    """With an hour between two requests, the second one's turn lies in the hours that begin in half an hour."""
    here = datetime.now(UTC) + timedelta(hours=8)
    describe(workspace, site.base, delay=3600.0)
    mind(workspace, f'quiet = ["{here + timedelta(minutes=30):%H:%M}-{here + timedelta(hours=2):%H:%M}"]')
    began = time.monotonic()
    ran = wildfree("sweep", "stall", *TERMS, "--json")
    assert ran.code == PUT_OFF
    assert site.asked() == ["/robots.txt"]
    assert time.monotonic() - began < 60, "it waited for a turn that it could not take"
    assert rows(workspace, SweepEnd) == []


def test_politeness_runs_by_the_real_clock_whatever_a_practice_workspace_pretends(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    mind(workspace, "requests = 1")
    assert wildfree("sweep", "stall", "--term", "a").code == PUT_OFF
    ran = wildfree("sweep", "stall", "--term", "a", "--now", "2027-11-21T12:00+08:00", "--json")
    assert ran.code == PUT_OFF
    assert site.asked() == ["/robots.txt"]
    assert (
        f"goes on from {datetime.now(UTC) + timedelta(hours=8, days=1):%Y-%m-%d} 00:00" in ran.objects[-1]["because"]
    )


def test_a_workspaces_own_file_gives_the_manners_and_nothing_else_does(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    for bad, mend in (
        ("delay = -1", "delay = -1"),
        ('quiet = ["25:00-3"]', "write it like '23:00-07:30'"),
        ('quiet = ["00:00-12:00", "12:00-00:00"]', "leaves no time of the day"),
        ("request = 5", "Did you mean 'requests'?"),
    ):
        describe(workspace, site.base, delay=0.0)
        file = workspace / "config" / "platforms" / "stall.toml"
        text = file.read_text("utf-8")
        file.write_text(text.replace("delay = 0.0", "") if bad.startswith("delay") else text, "utf-8")
        mind(workspace, bad)
        ran = wildfree("sweep", "stall", "--term", "a")
        assert ran.code == ConfigError.exit_code
        assert ran.err.count("\n") == 1
        assert ran.err.startswith("wildfree: config/platforms/stall.toml: [manners")
        assert mend in ran.err
    assert site.log == []


# The site asks us to wait.


@pytest.mark.parametrize(
    ("status", "said", "seconds"),
    [
        (429, None, UNSAID),
        (429, "", UNSAID),
        (429, "soon", UNSAID),
        (429, "-5", UNSAID),
        (429, "1e3", UNSAID),
        (429, "½", UNSAID),
        (429, "٣٠٠", UNSAID),
        (429, "Wed, 99 Oct 99999 07:28:00 GMT", UNSAID),
        (429, "21 Oct 9999999999999 1:1:1", UNSAID),
        (429, "300", 300),
        (429, " 300 ", 300),
        (503, "300", 300),
        (503, "soon", UNSAID),
        (429, "0", LEAST),
        (429, "Sat, 21 Nov 2015 12:00:00 GMT", LEAST),
        (429, "Sat, 21 Nov 2026 12:10:00 GMT", 600),
        (429, "Saturday, 21-Nov-26 12:10:00 GMT", 600),
        (429, "Sat Nov 21 12:10:00 2026", 600),
        (429, "Sat, 21 Nov 2026 12:10:00 -0000", 600),
        (429, "86401", 86400),
        (429, "9" * 5000, 86400),
        (429, "Fri, 31 Dec 9999 23:59:59 GMT", 86400),
        (503, None, None),
        (200, "300", None),
        (404, "300", None),
    ],
)
def test_what_an_answer_asks_us_to_wait_is_read_with_care(
    status: int, said: str | None, seconds: float | None
) -> None:
    assert asked_to_wait(status, said, NOW) == seconds


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("browser", [False, True], ids=["plain", "browser"])
def test_a_site_that_asks_us_to_wait_is_left_alone_by_every_command_until_then(
    workspace: Path, site: Site, wildfree: Wildfree, status: int, browser: bool
) -> None:
    if browser:
        by_browser(workspace)
    assert wildfree("sweep", "stall", "--term", "象牙").code == 0
    site.answers["/search"] = busy(status=status)
    site.log.clear()
    began = time.time()
    ran = wildfree("sweep", "stall", "--term", "b", "--json")
    assert ran.code == PUT_OFF
    assert site.asked("/search") == ["/search"], "not asked a second time"
    assert [(one["term"], one["outcome"]) for one in ran.objects] == [("case", "postponed")]
    assert ran.objects[0]["because"].startswith(f"HTTP {status}: stall asked us to wait: goes on from ")
    assert "Put off. HTTP" in ran.err
    (lane,) = rows(workspace, Lane)
    assert began + 1800 - 1 < lane.shut_until < time.time() + 1800
    site.log.clear()
    for command in (("sweep", "stall", "--term", "b"), ("visit", "stall")):
        again = wildfree(*command)
        assert again.code == PUT_OFF
        assert "stall asked us to wait: goes on from " in told(again)[0]
    assert site.log == []
    assert rows(workspace, Visit) == []
    assert len(open_units(workspace, todo.Kind.VISIT)) == 3
    another_day(workspace)
    site.answers["/search"] = Answer(RESULTS)
    assert wildfree("sweep", "stall", "--term", "b").code == 0
    assert len(rows(workspace, Sweep)) == 2, "the sweep that was put off went on"


def test_a_listing_that_leads_on_to_another_site_cannot_have_that_one_shut_the_platform_for_a_day(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    assert wildfree("sweep", "stall", "--term", "象牙").code == 0
    with opened() as other:
        admit(workspace, other.base)
        other.answers["/robots.txt"] = busy("86400")
        site.answers["/item/1"] = Answer(status=302, to=f"{other.base}/item/1")
        with opened() as third:
            admit(workspace, third.base)
            third.answers["/item/2"] = busy("86400")
            site.answers["/item/2"] = Answer(f"<script>location.replace('{third.base}/item/2')</script>")
            ran = wildfree("visit", "stall", "--json")
        assert other.asked() == ["/robots.txt"]
    looks = [(look["key"], look["condition"]) for look in ran.objects]
    assert looks == [("1", "unreachable"), ("2", "rate_limited")], "the first, as its robots.txt could not be had"
    assert ran.code == PUT_OFF, "it may be the platform's own wall, so we leave, but not for long"
    assert time.time() < rows(workspace, Lane)[0].shut_until < time.time() + UNSAID


def test_an_http_date_is_waited_for_too(workspace: Path, site: Site, wildfree: Wildfree) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3)
    site.answers["/search"] = busy(format_datetime(until, usegmt=True))
    assert wildfree("sweep", "stall", "--term", "a").code == PUT_OFF
    (lane,) = rows(workspace, Lane)
    assert lane.shut_until == pytest.approx(until.timestamp(), abs=1.0)


def test_a_robots_txt_that_asks_us_to_wait_puts_the_sweep_off(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    site.answers["/robots.txt"] = busy()
    ran = wildfree("sweep", "stall", "--term", "a", "--json")
    assert ran.code == PUT_OFF
    assert site.asked() == ["/robots.txt"]
    assert ran.objects[0]["outcome"] == "postponed"
    assert "robots.txt: HTTP 429: stall asked us to wait" in ran.objects[0]["because"]
    assert rows(workspace, SweepEnd) == []


def test_a_page_whose_words_ask_us_to_slow_shuts_the_lane_without_any_head(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    sign = '[[signs]]\nmeans = "rate_limited"\nwhere = "p.slow"\nsays = ["访问过于频繁"]\n'
    file = workspace / "config" / "platforms" / "stall.toml"
    file.write_text(file.read_text("utf-8").replace("[manners]", f"{sign}[manners]"), "utf-8")
    site.answers["/search"] = Answer("<p class=slow>您的访问过于频繁</p>")
    began = time.time()
    assert wildfree("sweep", "stall", "--term", "a").code == PUT_OFF
    (lane,) = rows(workspace, Lane)
    assert began + UNSAID - 1 < lane.shut_until < time.time() + UNSAID


def test_a_challenge_stays_one_though_its_status_is_429(workspace: Path, site: Site, wildfree: Wildfree) -> None:
    sign = '[[signs]]\nmeans = "challenged"\nwhere = "p.who"\nsays = ["验证"]\n'
    file = workspace / "config" / "platforms" / "stall.toml"
    file.write_text(file.read_text("utf-8").replace("[manners]", f"{sign}[manners]"), "utf-8")
    site.answers["/search"] = Answer("<p class=who>请完成验证</p>", 429, HTML)
    ran = wildfree("sweep", "stall", "--term", "a", "--json")
    assert ran.code == NOT_LET_IN
    assert [one["outcome"] for one in ran.objects] == ["challenge"]
    (lane,) = rows(workspace, Lane)
    assert lane.shut_until > time.time(), "and it asked us to wait all the same"


def test_a_visit_that_meets_the_limit_keeps_what_it_saw_and_leaves_every_listing_due(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    assert wildfree("sweep", "stall", "--term", "象牙").code == 0
    site.answers["/item/2"] = busy()
    ran = wildfree("visit", "stall", "--json")
    assert ran.code == PUT_OFF
    assert [(look["key"], look["condition"]) for look in ran.objects] == [("1", "live"), ("2", "rate_limited")]
    assert "Put off. HTTP 429: stall asked us to wait" in ran.err
    assert "Stopped" not in ran.err
    due = open_units(workspace, todo.Kind.VISIT)
    assert [(unit.detail["key"], unit.attempts) for unit in due] == [("2", 0), ("3", 0)]
    assert all(unit.due_at <= datetime.now(UTC) for unit in due), "the limit says nothing of the listing"
    another_day(workspace)
    site.answers["/item/2"] = Answer(ITEM)
    assert [look["key"] for look in wildfree("visit", "stall", "--json").objects] == ["2", "3"]


def test_a_look_that_was_not_made_leaves_no_row_and_a_check_goes_on_days_later(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    assert wildfree("sweep", "stall", "--term", "象牙").code == 0
    assert wildfree("visit", "stall").code == 0
    another_day(workspace)
    mind(workspace, "requests = 2")
    ran = wildfree("check", "stall", "--json")
    assert ran.code == PUT_OFF
    assert [(look["key"], look["condition"]) for look in ran.objects] == [("1", "live")]
    assert len(rows(workspace, Visit)) == 4
    due = open_units(workspace, todo.Kind.CHECK)
    assert sorted(unit.detail["key"] for unit in due) == ["2", "3"]
    assert wildfree("check", "stall").out.count("Nothing was due") == 0
    another_day(workspace)
    later = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%dT%H:%M}Z"
    again = wildfree("check", "stall", "--json", "--now", later)
    assert [look["key"] for look in again.objects] == ["2"], "not all three anew"
    another_day(workspace)
    assert wildfree("check", "stall", "--json", "--now", later).code == 0
    assert open_units(workspace, todo.Kind.CHECK) == []


@pytest.mark.parametrize(("put_off", "days", "goes_on"), [(True, 6, True), (True, 8, False), (False, 2, False)])
def test_a_sweep_that_was_put_off_is_not_thrown_away_after_a_day_as_one_that_was_cut_off(
    workspace: Path, site: Site, wildfree: Wildfree, put_off: bool, days: int, goes_on: bool
) -> None:
    mind(workspace, "requests = 3")
    assert wildfree("sweep", "stall", *TERMS).code == PUT_OFF
    if not put_off:  # as if it had died after its last answer
        with Vault.open(workspace) as vault, vault.writing() as session:
            session.execute(update(Query).where(Query.outcome == Outcome.POSTPONED).values(outcome=Outcome.HITS))
    another_day(workspace)
    later = f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT%H:%M}Z"
    wildfree("sweep", "stall", *TERMS, "--now", later)
    assert len(rows(workspace, Sweep)) == (1 if goes_on else 2)


def test_a_sweep_of_many_days_lives_from_its_last_search_not_from_its_beginning(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    mind(workspace, "requests = 3")
    for day in (0, 5, 10):
        another_day(workspace)
        wildfree("sweep", "stall", *TERMS, "--now", f"{datetime.now(UTC) + timedelta(days=day):%Y-%m-%dT%H:%M}Z")
    assert len(rows(workspace, Sweep)) == 1
    assert [end.outcome for end in rows(workspace, SweepEnd)] == ["complete"]


# The market is closed.


@pytest.fixture
def gate(workspace: Path, market: Market) -> Iterator[Gate]:
    """The way to the market, which can be shut."""
    with Gate(market.base) as gate:
        with (workspace / "wildfree.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[bases]\nmarket = "{gate.base}"\n')
        yield gate


@pytest.mark.parametrize("command", ["sweep", "visit", "check"])
def test_a_closed_practice_market_is_met_with_a_word_on_how_to_open_it(
    gate: Gate, wildfree: Wildfree, command: str
) -> None:
    hint = "The practice market is closed. Open it in a window of its own: wildfree practice"
    if command != "sweep":
        opening = wildfree("sweep", "market", "--term", "虎骨")
        assert opening.code == 0
        assert hint not in opening.err
    if command == "check":
        assert wildfree("visit").code == 0
    gate.shut()
    words = ("sweep", "market", "--term", "象牙") if command == "sweep" else (command,)
    ran = wildfree(*words)
    assert ran.code == (NOT_LET_IN if command == "sweep" else 0), "two looks are too few to leave for"
    assert told(ran).count(hint) == 1


def test_a_practice_market_that_was_never_opened_is_met_with_the_same_word(
    workspace: Path, wildfree: Wildfree
) -> None:
    ran = wildfree("sweep", "market", "--term", "象牙")
    assert ran.code == NOT_LET_IN
    assert told(ran) == ["The practice market is closed. Open it in a window of its own: wildfree practice"]
