"""A wall in mid-sweep has the platform wait for a person, and the same sweep goes on when they have dealt with it."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from archive import intake, pause
from archive.facts import Outcome, Searched
from archive.pause import STALE, Waiting
from archive.rows import pause as wall
from archive.rows import sweep
from archive.vault import Vault
from config.schedule import Job
from desk import work
from desk.clock import Clock
from desk.context import NOT_LET_IN, PUT_OFF, desk
from desk.practice.market import Market
from tests.conftest import PLATFORMS, Wildfree
from tests.forum.fixture import know
from tests.forum.serve import Forum
from tests.gate import Gate
from tests.site import Site, describe, opened
from tests.test_kills import asked, awaited, killed_when, started

TERMS = ("象牙", "虎骨", "犀角")
WORDS = ("sweep", "market", *(word for term in TERMS for word in ("--term", term)))
WALLS = {"login_wall": "login_wall", "app_only": "login_wall", "challenge_pass": "challenge"}


@pytest.fixture
def here(market_workspace: Path) -> Path:
    """The workspace, asking the market by plain HTTP and without delay."""
    return plainly(market_workspace)


def plainly(workspace: Path, delay: float = 0.0) -> Path:
    own = workspace / "config" / "platforms"
    own.mkdir(parents=True, exist_ok=True)
    shipped = (PLATFORMS / "market.toml").read_text("utf-8")
    for old, new in (("\nbrowser   = true ", "\nbrowser = false "), ("\ndelay = 0.2", f"\ndelay = {delay}")):
        assert old in shipped
        shipped = shipped.replace(old, new)
    (own / "market.toml").write_text(shipped, "utf-8")
    return workspace


def searches(workspace: Path) -> list[tuple[int, str, str]]:
    return [
        (row[0], row[1], row[2]) for row in asked(workspace, "SELECT sweep_id, term, outcome FROM query ORDER BY id")
    ]


def ends(workspace: Path) -> list[tuple[int, str]]:
    return [(row[0], row[1]) for row in asked(workspace, "SELECT sweep_id, outcome FROM sweep_end ORDER BY 1")]


def waits(workspace: Path) -> list[tuple[str, int]]:
    return [(row[0], row[1]) for row in asked(workspace, "SELECT platform, sweep_id FROM pause")]


def market_of(wildfree: Wildfree) -> dict[str, object]:
    (market,) = [each for each in wildfree("platform", "list", "--json").objects if each["name"] == "market"]
    return market


def line_on(err: str, beginning: str) -> str:
    (line,) = [line for line in err.splitlines() if line.startswith(beginning)]
    return line


@pytest.mark.parametrize("trick", WALLS)
def test_a_wall_in_mid_sweep_has_the_platform_wait_and_the_same_sweep_goes_on_where_it_was(
    here: Path, market: Market, wildfree: Wildfree, trick: str
) -> None:
    market.play(trick, "虎骨")
    met = wildfree(*WORDS)
    assert met.code == PUT_OFF, met.err
    told = line_on(met.err, "market waits for a person since ")
    for words in (f": {WALLS[trick]}: ", "wildfree browse market", "wildfree platform go-on market", "same sweep"):
        assert words in told
    assert "Stopped" not in met.out
    before = searches(here)
    assert before == [(1, "手机壳", "hits"), (1, "象牙", "hits"), (1, "虎骨", WALLS[trick])]
    assert (ends(here), waits(here)) == ([], [("market", 1)])
    assert asked(here, "SELECT key FROM unit WHERE kind = 'search' AND done_at IS NULL ORDER BY id") == [
        ("search:1:虎骨:1",),
        ("search:1:犀角:1",),
    ]

    listed = wildfree("platform", "list").out
    assert line_on(listed, "market waits for a person since ") == told
    known = market_of(wildfree)
    assert known["not_let_in"] is None
    assert isinstance(known["waits"], dict)
    assert known["waits"]["sweep"] == 1
    assert known["waits"]["because"].startswith(f"{WALLS[trick]}: ")

    (left,) = [each for each in wildfree("report", "--json").objects if each.get("what") == "sweep"]
    assert (left["outcome"], left["because"]) == ("open", f"it waits for a person: {known['waits']['because']}")

    for command in (WORDS, ("sweep", "market", "--json"), ("sweep", "market", "--term", "玳瑁")):
        alone = wildfree(*command)
        assert (alone.code, alone.out) == (PUT_OFF, "")
        assert line_on(alone.err, "market waits for a person since ") == told
    assert searches(here) == before, "a platform that waits was asked"

    market.cease(trick)
    assert wildfree(*WORDS).code == PUT_OFF, "nobody said that it was dealt with"
    gone_on = wildfree("platform", "go-on", "market")
    assert (gone_on.code, "same sweep" in gone_on.out) == (0, True)
    assert market_of(wildfree)["waits"] is None
    assert wildfree(*WORDS).code == 0
    assert searches(here)[3:] == [(1, "手机壳", "hits"), (1, "虎骨", "hits"), (1, "犀角", "hits")]
    assert (ends(here), waits(here)) == ([(1, "complete")], [])
    again = wildfree("platform", "go-on", "market")
    assert (again.code, again.out) == (0, "market waits for nobody. See: wildfree platform list\n")
    assert wildfree("platform", "go-on", "markt").code == 2


def test_a_wall_that_still_stands_when_the_sweep_goes_on_has_it_wait_again_and_nothing_is_lost(
    here: Path, market: Market, wildfree: Wildfree
) -> None:
    market.play("app_only", "虎骨")
    assert wildfree(*WORDS).code == PUT_OFF
    market.play("challenge_pass")
    assert wildfree("platform", "go-on", "market").code == 0
    ran = wildfree(*WORDS)
    assert ran.code == PUT_OFF
    assert searches(here)[-1] == (1, "手机壳", "challenge"), "at its canary, which had been let in before"
    assert (ends(here), waits(here)) == ([], [("market", 1)])
    market.reset()
    assert wildfree("platform", "go-on", "market").code == 0
    assert wildfree(*WORDS).code == 0
    assert {row[0] for row in searches(here)} == {1}


def test_a_wall_at_the_first_canary_ends_the_sweep_and_the_volunteer_is_told_what_to_do(
    here: Path, market: Market, wildfree: Wildfree
) -> None:
    market.play("login_wall")
    shut = wildfree(*WORDS)
    assert shut.code == NOT_LET_IN
    assert "Stopped: the canary '手机壳' brought no cards: login_wall" in shut.out
    assert "wildfree browse market" in shut.out
    assert (ends(here), waits(here)) == ([(1, "not_let_in")], []), "there is nothing to go on with"
    assert (
        line_on(wildfree("platform", "list").out, "market did not let us in, ").count("wildfree browse market") == 1
    )
    known = market_of(wildfree)
    assert known["waits"] is None
    assert isinstance(known["not_let_in"], dict)
    market.cease("login_wall")
    assert wildfree(*WORDS).code == 0, "nobody had to say anything"
    assert market_of(wildfree)["not_let_in"] is None
    assert ends(here) == [(1, "not_let_in"), (2, "complete")]


def test_a_wall_that_nobody_dealt_with_for_days_is_replaced_by_the_next_sweep_and_no_sooner(
    here: Path, market: Market, wildfree: Wildfree
) -> None:
    market.play("login_wall", "虎骨")
    assert wildfree(*WORDS).code == PUT_OFF
    market.reset()
    now = datetime.now(UTC)
    early, late = (f"{now + STALE + timedelta(hours=hours):%Y-%m-%dT%H:%M}Z" for hours in (-1, 1))
    assert wildfree(*WORDS, "--now", early).code == PUT_OFF
    assert len(searches(here)) == 3
    assert wildfree(*WORDS, "--now", late).code == 0
    assert ends(here) == [(1, "abandoned"), (2, "complete")]
    assert asked(here, "SELECT because FROM sweep_end WHERE sweep_id = 1") == [("another sweep took its place",)]
    assert waits(here) == []
    assert asked(here, "SELECT 1 FROM unit WHERE kind = 'search' AND done_at IS NULL") == []


def test_a_wall_that_was_dealt_with_lets_the_sweep_go_on_days_later_too(
    here: Path, market: Market, wildfree: Wildfree
) -> None:
    market.play("login_wall", "虎骨")
    assert wildfree(*WORDS).code == PUT_OFF
    market.reset()
    assert wildfree("platform", "go-on", "market").code == 0
    assert wildfree(*WORDS, "--now", f"{datetime.now(UTC) + 2 * STALE:%Y-%m-%dT%H:%M}Z").code == 0
    assert ends(here) == [(1, "complete")]


def test_a_stale_wall_that_still_stands_is_met_once_and_told(here: Path, market: Market, wildfree: Wildfree) -> None:
    market.play("login_wall", "虎骨")
    assert wildfree(*WORDS).code == PUT_OFF
    market.play("login_wall")
    late = f"{datetime.now(UTC) + STALE + timedelta(hours=1):%Y-%m-%dT%H:%M}Z"
    assert wildfree(*WORDS, "--now", late).code == NOT_LET_IN
    assert (ends(here), waits(here)) == ([(1, "abandoned"), (2, "not_let_in")], [])


def test_the_wall_and_that_the_platform_waits_are_kept_together_or_not_at_all(workspace: Path) -> None:
    now = datetime.now(UTC)
    this = Searched(1, "象牙", 1, "http://x", Outcome.LOGIN_WALL, "a login", now, ())
    with Vault.open(workspace) as vault:
        rows = wall.met(sweep.searched(this, None, False), Waiting("market", 1, now, None), None)  # type: ignore[arg-type]
        with pytest.raises(IntegrityError):
            intake.take(vault, rows)
    assert (searches(workspace), waits(workspace)) == ([], [])


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="watches processes in /proc")
def test_killed_as_it_begins_to_wait_and_killed_again_as_it_goes_on_it_is_still_the_same_sweep(
    market_workspace: Path, market: Market, wildfree: Wildfree
) -> None:
    here = plainly(market_workspace, delay=0.3)
    market.play("challenge_pass", "虎骨")
    with started(here, *WORDS) as child:
        awaited(lambda: bool(waits(here)) or child.poll() is not None, "a wall")
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    assert (waits(here), ends(here), len(searches(here))) == ([("market", 1)], [], 3)
    assert wildfree(*WORDS).code == PUT_OFF
    market.cease("challenge_pass")
    assert wildfree("platform", "go-on", "market").code == 0
    killed_when(here, "query", 1, *WORDS)
    assert ends(here) == []
    assert wildfree(*WORDS).code == 0
    assert ends(here) == [(1, "complete")]
    got = [term for _, term, outcome in searches(here) if outcome == "hits" and term != "手机壳"]
    assert sorted(got) == sorted(TERMS), "each once"


@pytest.fixture
def stall(here: Path) -> Iterator[Site]:
    """A second platform, which lets everyone in."""
    with opened() as site:
        describe(here, site.base, delay=0.0)
        site.robots("User-agent: *\nAllow: /\n")
        (here / "config" / "terms").mkdir(exist_ok=True)
        yield site


def test_the_schedule_leaves_a_platform_that_waits_alone_and_searches_the_others_once(
    here: Path, stall: Site, market: Market
) -> None:
    few(here)
    job = Job.model_validate({"do": "sweep", "platforms": ["market", "stall"], "at": "sun 09:00"})
    market.play("login_wall", "虎骨")
    since = datetime.now(UTC)

    def done() -> work.Done:
        with desk(here) as opened_desk:
            return work.do(opened_desk, job, "the clock", since)

    first = done()
    assert first.put_off
    assert "stall complete (" in first.told
    assert "market put off: a wall came up (3 searches" in first.told
    assert "market waits for a person since " in first.told
    asked_before, searched = len(stall.log), len(searches(here))
    second = done()
    assert second.put_off
    assert second.told.startswith("market waits for a person since ")
    assert (len(stall.log), len(searches(here))) == (asked_before, searched)
    market.reset()
    with Vault.open(here) as vault:
        assert pause.dealt_with(vault, "market")
    third = done()
    assert not third.put_off
    assert third.told.startswith("market complete (")
    assert len(stall.log) == asked_before
    assert sorted(ends(here)) == [(1, "complete"), (2, "complete")]


def test_a_clock_that_was_started_again_searches_no_platform_twice_for_one_that_waits(
    here: Path, stall: Site, market: Market, wildfree: Wildfree
) -> None:
    """Every evening the laptop is shut, and the one platform may wait for days."""
    few(here)
    with (here / "wildfree.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[schedule]]\ndo = "sweep"\nplatforms = ["market", "stall"]\nat = "sun 09:00"\n')
    market.play("login_wall", "虎骨")
    assert wildfree("sweep", "stall", "--term", "别的").code == 0  # a part by hand is not the whole
    by_hand = len(stall.log)
    told: list[str] = []
    Clock(here, "we", told.append).work_off()
    first, told[:] = "\n".join(told), []
    assert "stall complete (" in first
    assert "market waits for a person since " in first
    searched = len(stall.log)
    assert searched > by_hand
    Clock(here, "we", told.append).work_off()
    again = "\n".join(told)
    assert "market waits for a person since " in again
    assert "stall complete" not in again
    assert len(stall.log) == searched


def few(workspace: Path) -> None:
    """Let the workspace search no terms but two by default."""
    shipped = (PLATFORMS.parent / "terms" / "zh.tsv").read_text("utf-8").splitlines()
    rows = [line for line in shipped[1:] if line.split("\t")[0] in {"象牙", "虎骨"}]
    (workspace / "config" / "terms" / "zh.tsv").write_text("\n".join([shipped[0], *rows]) + "\n", "utf-8")


def test_a_check_that_meets_a_wall_says_what_a_person_can_do(here: Path, market: Market, wildfree: Wildfree) -> None:
    assert wildfree("sweep", "market", "--term", "虎骨").code == 0
    market.play("login_wall")
    ran = wildfree("visit", "market")
    assert ran.code == NOT_LET_IN
    told = line_on(ran.err, "Stopped. market: walled: ")
    assert told.endswith("What is left stays due. Open it yourself, or with: wildfree browse market; then try again.")
    assert waits(here) == [], "a listing's wall says nothing of the search"


class Turning(Gate):
    """A gate that sends everyone to the login once so many searches went through."""

    def __init__(self, base: str, searches: int) -> None:
        super().__init__(base)
        self.left = searches

    def fetched(self, path: str) -> tuple[int, list[tuple[str, str]], bytes]:
        answer = super().fetched(path)
        if path.startswith("/search/"):
            self.left -= 1
            if self.left == 0:
                self.redirect("/user/login/")
        return answer


@pytest.mark.parametrize("after", [1, 2, 4])
def test_a_login_that_a_real_forum_puts_up_in_mid_sweep_loses_nothing(
    workspace: Path, forum: Forum, wildfree: Wildfree, after: int
) -> None:
    forum.open_search()
    words = ("sweep", "spirit", *(word for term in ("ivory", "tiger", "rhino") for word in ("--term", term)))
    with Turning(forum.base, after) as gate:
        know(workspace, gate.base)
        met = wildfree(*words)
        assert met.code == PUT_OFF, met.err
        assert [outcome for *_, outcome in searches(workspace)] == ["hits"] * after + ["login_wall"]
        gate.open()
        assert wildfree("platform", "go-on", "spirit").code == 0
        assert wildfree(*words).code == 0
    assert ends(workspace) == [(1, "complete")]
    disturbed = found(workspace, 1)
    forum_alone = wildfree  # the same forum, with nothing between
    know_again(workspace, forum.base)
    assert forum_alone(*words).code == 0
    assert found(workspace, 2) == disturbed != set()


def know_again(workspace: Path, base: str) -> None:
    file = workspace / "wildfree.toml"
    file.write_text(file.read_text("utf-8").partition("\n[bases]")[0], "utf-8")
    know(workspace, base)


def found(workspace: Path, number: int) -> set[tuple[str, int, int]]:
    """Which listing was found by which search of sweep NUMBER."""
    sql = (
        "SELECT q.term, q.page, s.listing_id FROM sighting s JOIN query q ON q.id = s.query_id "
        f"WHERE q.sweep_id = {number} AND q.term != 'phone case'"
    )
    return {(row[0], row[1], row[2]) for row in asked(workspace, sql)}
