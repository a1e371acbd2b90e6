"""When a platform may next be asked: exact turns over processes, the day's budget, quiet hours, a site's wish."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from archive import lane
from archive.lane import Closed, Lane
from archive.table import Row
from archive.vault import Vault
from config.manners import Manners

ROOT = Path(__file__).parent.parent
ROUND = 1e-6  # s; turns are POSIX seconds in double precision
CHINA, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")

CLAIMS = """
import json, sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo
from archive import lane
from archive.vault import Vault
from config.manners import Manners

workspace, gap, budget, threads, each, *lanes = sys.argv[1:]
manners = Manners(requests=int(budget))
with Vault.open(Path(workspace)) as vault:

    def claim(number):
        name = lanes[number % len(lanes)]
        asked = time.time()
        turn = lane.claim(vault, name, gap=float(gap), manners=manners, zone=ZoneInfo("Asia/Shanghai"))
        return name, turn if isinstance(turn, float) else str(turn), asked, time.time()

    with ThreadPoolExecutor(int(threads)) as pool:
        list(pool.map(lambda _: vault.kind, range(int(threads))))
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps(list(pool.map(claim, range(int(each))))))
"""

Turn = tuple[
    str, float | str, float, float
]  # lane, turn or why none, when it was asked for, when the answer was there


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with Vault.create(tmp_path, "practice", datetime.now(UTC)) as vault:
        yield vault


def claiming(
    vault: Vault, gap: float, threads: int, each: int, *lanes: str, budget: int = 9999
) -> subprocess.Popen[str]:
    """A process that is ready to claim EACH turns on LANES, and waits for `go`."""
    words = [str(word) for word in (vault.workspace, gap, budget, threads, each, *lanes)]
    child = subprocess.Popen(
        [sys.executable, "-c", CLAIMS, *words], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def go(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("go\n")
    child.stdin.flush()


def given(child: subprocess.Popen[str]) -> list[Turn]:
    with child:
        out, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    return [(name, turn, asked, told) for name, turn, asked, told in json.loads(out)]


def claimed(vault: Vault, gap: float, each: int, *lanes: str, budget: int = 9999) -> list[Turn]:
    """What three processes with five threads each were given, EACH times each process."""
    children = [claiming(vault, gap, 5, each, *lanes, budget=budget) for _ in range(3)]
    for child in children:
        go(child)
    turns = [turn for child in children for turn in given(child)]
    assert len(turns) == 3 * each
    return turns


def own(turns: list[Turn], name: str) -> list[float]:
    """The turns on lane NAME, in order of time."""
    return sorted(turn for lane_of, turn, _, _ in turns if lane_of == name and isinstance(turn, float))


def claim(vault: Vault, gap: float = 0.0, manners: Manners | None = None, zone: ZoneInfo = CHINA) -> float | Closed:
    return lane.claim(vault, "market", gap=gap, manners=manners or Manners(), zone=zone)


def test_three_processes_with_five_threads_each_are_given_turns_a_gap_apart(vault: Vault) -> None:
    gap = 0.5
    began = time.time()
    turns = own(claimed(vault, gap, 30, "market"), "market")
    assert len(set(turns)) == 90
    gaps = [after - before for before, after in pairwise(turns)]
    assert min(gaps) >= gap - ROUND, "two of us would ask at once"
    assert max(gaps) <= gap + ROUND, "a turn was lost: nobody uses it"
    assert turns[0] >= began


def test_three_processes_are_given_no_turn_more_than_the_days_budget(vault: Vault) -> None:
    turns = claimed(vault, 0.0, 30, "market", budget=40)
    refused = [turn for _, turn, _, _ in turns if isinstance(turn, str)]
    assert len(own(turns, "market")) == 40
    assert len(refused) == 50
    assert all(why.startswith("40 requests today, the budget of market is 40: goes on from ") for why in refused)


def test_a_turn_is_not_over_before_it_is_given_however_long_the_claim_had_to_wait(vault: Vault) -> None:
    """Else two who waited long for the database would both go at once, whatever their turns say."""
    child = claiming(vault, 0.001, 1, 1, "slow")
    with vault.writing() as session:
        session.connection()  # a long writer: the claim has to wait for it
        go(child)
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(timeout=1.0)
        released = time.time()
    ((_, turn, asked, _),) = given(child)
    assert asked < released - 0.5, "the claim did not wait: this test proves nothing"
    assert isinstance(turn, float)
    assert turn >= released, "the turn was over before it was given"


def test_two_platforms_do_not_slow_each_other(vault: Vault) -> None:
    turns = claimed(vault, 0.5, 20, "market", "oscar")
    first = min(turn for _, turn, _, _ in turns if isinstance(turn, float))
    for name in ("market", "oscar"):
        mine = own(turns, name)
        assert len(mine) == 30
        assert all(abs(after - before - 0.5) < ROUND for before, after in pairwise(mine))
        assert mine[0] - first < 0.5, "one platform's first turn came after the other's second"


def test_a_lane_that_has_rested_gives_its_turn_at_once(vault: Vault) -> None:
    first = claim(vault, 0.05)
    time.sleep(0.1)
    before = time.time()
    second = claim(vault, 100.0)
    assert isinstance(first, float)
    assert isinstance(second, float)
    assert first < before <= second <= time.time()
    third = claim(vault)
    assert isinstance(third, float)
    assert third > before + 99, "the gap that the last one asked for holds"


def test_a_request_that_went_late_puts_the_next_turn_off(vault: Vault) -> None:
    claim(vault, 10.0)
    late = time.time() + 60
    lane.went(vault, "market", at=late, gap=10.0, received=5)
    assert claim(vault) == pytest.approx(late + 10, abs=0.01)


def test_the_days_bytes_are_a_budget_too_and_what_comes_after_it_was_counted_is_not_lost(vault: Vault) -> None:
    small = Manners(megabytes=0.001)
    assert isinstance(claim(vault, manners=small), float)
    lane.went(vault, "market", at=time.time(), gap=0.0, received=600)
    assert isinstance(claim(vault, manners=small), float)
    lane.went(vault, "market", at=time.time(), gap=0.0, received=400)
    told = claim(vault, manners=small)
    assert isinstance(told, Closed)
    assert str(told).startswith("0 MB today, the budget of market is 0.001: goes on from ")


def test_a_wish_to_be_left_alone_holds_for_every_process_and_the_longest_counts(vault: Vault) -> None:
    now = time.time()
    first = lane.shut(vault, "market", 3000.0, CHINA)
    lane.shut(vault, "market", 60.0, CHINA)
    with Vault.open(vault.workspace) as other:
        told = lane.claim(other, "market", gap=0.0, manners=Manners(), zone=CHINA)
    assert isinstance(told, Closed)
    assert told.until == first.until
    assert now + 2999 < told.until.timestamp() < now + 3060
    assert told.because == "market asked us to wait"
    assert isinstance(lane.claim(vault, "oscar", gap=0.0, manners=Manners(), zone=CHINA), float), "another platform"


def test_no_site_can_shut_us_out_for_more_than_a_day(vault: Vault) -> None:
    told = lane.shut(vault, "market", float("inf"), CHINA)
    assert time.time() + lane.DAY - 60 < told.until.timestamp() <= time.time() + lane.DAY


def test_what_a_clock_wrote_that_ran_ahead_by_years_is_not_waited_for(vault: Vault) -> None:
    claim(vault)
    ahead = time.time() + 4 * 365 * lane.DAY
    with vault.writing() as session:
        row = session.get_one(Lane, "market")
        row.next_at, row.shut_until, row.day, row.requests = ahead, ahead, "2030-01-01", 9999
    turn = claim(vault)
    assert isinstance(turn, float)
    assert turn <= time.time()


def test_no_turn_is_given_that_would_lie_in_quiet_hours(vault: Vault) -> None:
    """The first turn is now; the second, a gap later, when they have begun: it is neither given nor counted."""
    begins = datetime.fromtimestamp(time.time() + 1800, CHINA)
    quiet = Manners(quiet=(f"{begins:%H:%M}-{datetime.fromtimestamp(time.time() + 7200, CHINA):%H:%M}",))
    assert isinstance(claim(vault, 3600.0, quiet), float)
    told = claim(vault, 3600.0, quiet)
    assert isinstance(told, Closed)
    assert told.because == f"quiet hours of market, {quiet.quiet[0]}"
    with vault.reading() as session:
        assert session.get_one(Lane, "market").requests == 1


def test_the_turns_are_exact_on_postgresql_too() -> None:
    from tests import test_archive  # for its PostgreSQL

    tools = test_archive._postgres_tools()  # noqa: SLF001
    if tools is None:
        pytest.skip("no pg_ctl under /usr/lib/postgresql or on the PATH")
    with test_archive.postgres(tools) as url:
        engine = create_engine(url, pool_size=12)
        Row.metadata.tables["lane"].create(engine)

        def one(_: int) -> float | Closed:
            with Session(engine) as session, session.begin():
                return lane.claimed(session, "market", 0.5, Manners(requests=50), CHINA)

        with ThreadPoolExecutor(12) as pool:
            turns = list(pool.map(one, range(60)))
        engine.dispose()
    given = sorted(turn for turn in turns if isinstance(turn, float))
    assert len(given) == 50
    assert all(abs(after - before - 0.5) < ROUND for before, after in pairwise(given))


# The hours of a day, without a clock.


def at(text: str, zone: ZoneInfo = CHINA, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()


def row(**more: object) -> Lane:
    return Lane(
        **({"name": "market", "next_at": 0.0, "day": "", "requests": 0, "received": 0, "shut_until": 0.0} | more)
    )


def until(lane_now: Lane, moment: float, manners: Manners, zone: ZoneInfo = CHINA) -> str:
    told = lane.closed(lane_now, moment, manners, zone)
    return f"{told.until:%Y-%m-%d %H:%M}" if told else "open"


@pytest.mark.parametrize(
    ("hours", "moment", "goes_on"),
    [
        ("09:00-12:00", "2026-11-21T08:59:59.999999", "open"),
        ("09:00-12:00", "2026-11-21T09:00", "2026-11-21 12:00"),
        ("09:00-12:00", "2026-11-21T11:59:59.999999", "2026-11-21 12:00"),
        ("09:00-12:00", "2026-11-21T12:00", "open"),
        ("23:00-07:30", "2026-11-21T22:59", "open"),
        ("23:00-07:30", "2026-11-21T23:00", "2026-11-22 07:30"),
        ("23:00-07:30", "2026-11-30T23:59:59", "2026-12-01 07:30"),
        ("23:00-07:30", "2026-11-22T00:00", "2026-11-22 07:30"),
        ("23:00-07:30", "2026-11-22T07:29", "2026-11-22 07:30"),
        ("23:00-07:30", "2026-11-22T07:30", "open"),
        ("23:00-00:00", "2026-11-21T23:30", "2026-11-22 00:00"),
        ("00:00-06:00", "2026-11-21T00:00", "2026-11-21 06:00"),
    ],
)
def test_quiet_hours_hold_from_their_first_minute_to_their_last_across_midnight(
    hours: str, moment: str, goes_on: str
) -> None:
    assert until(row(), at(moment), Manners(quiet=(hours,))) == goes_on


def test_quiet_hours_that_follow_each_other_are_waited_for_as_one() -> None:
    manners = Manners(quiet=("22:00-01:00", "01:00-03:00", "02:30-04:00"))
    assert until(row(), at("2026-11-21T22:30"), manners) == "2026-11-22 04:00"


@pytest.mark.parametrize(
    ("moment", "fold", "seconds"),
    [
        ("2026-03-29T01:30", 0, 30 * 60),  # the clock is put on from 02:00 to 03:00: 02:30 is not there
        ("2026-10-25T02:10", 0, 20 * 60),  # and put back from 03:00 to 02:00: 02:30 is there twice
        ("2026-10-25T02:10", 1, 20 * 60),
    ],
)
def test_quiet_hours_end_in_time_on_the_days_when_the_clocks_change(moment: str, fold: int, seconds: int) -> None:
    asked = at(moment, BERLIN, fold)
    told = lane.closed(row(), asked, Manners(quiet=("23:00-02:30",)), BERLIN)
    assert told is not None
    assert seconds <= told.until.timestamp() - asked <= seconds + 1800


def test_a_budget_that_is_used_up_goes_on_at_midnight_of_the_workspace_or_when_the_quiet_hours_end() -> None:
    used = row(day="2026-11-21", requests=2000)
    assert until(used, at("2026-11-21T10:00"), Manners()) == "2026-11-22 00:00"
    assert until(used, at("2026-11-21T10:00"), Manners(quiet=("23:00-07:30",))) == "2026-11-22 07:30"
    assert until(used, at("2026-11-22T00:00"), Manners()) == "open", "a new day"
    assert until(used, at("2026-11-21T23:59", ZoneInfo("UTC")), Manners()) == "open", "it is tomorrow in China"
    assert until(row(day="2026-11-21", requests=1999), at("2026-11-21T10:00"), Manners()) == "open"


def test_of_several_reasons_the_first_is_told_with_the_time_at_which_none_is_left() -> None:
    shut = row(day="2026-11-21", requests=2000, shut_until=at("2026-11-21T23:30"))
    told = lane.closed(shut, at("2026-11-21T22:00"), Manners(quiet=("23:00-07:30",)), CHINA)
    assert told == Closed("market asked us to wait", datetime(2026, 11, 22, 7, 30, tzinfo=CHINA))
    assert str(told) == "market asked us to wait: goes on from 2026-11-22 07:30 +08:00"


def test_the_time_told_is_never_too_early() -> None:
    told = Closed("x", datetime(2026, 11, 21, 23, 59, 0, 1, tzinfo=CHINA))
    assert str(told) == "x: goes on from 2026-11-22 00:00 +08:00"


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "America/Sao_Paulo", "Asia/Beirut", "America/Havana", "Asia/Tehran"]
)
def test_every_hour_of_every_day_of_a_year_has_an_end_to_its_waiting(zone: str) -> None:
    """Where midnight is skipped or comes twice, too."""
    here = ZoneInfo(zone)
    manners = Manners(quiet=("23:00-00:30",))
    start = at("2014-01-01T00:00", ZoneInfo("UTC"))
    waits = 0
    for hour in range(365 * 24):
        moment = start + hour * 3600
        used = row(day=datetime.fromtimestamp(moment, here).date().isoformat(), requests=9999)
        told = lane.closed(used, moment, manners, here)
        assert told is not None
        assert 0 < told.until.timestamp() - moment <= 26 * 3600
        assert told.until.date() > date.fromisoformat(used.day)
        waits += 1
    assert waits == 8760


@pytest.mark.parametrize(
    "bad",
    [
        {"delay": -1},
        {"delay": float("inf")},
        {"delay": float("nan")},
        {"requests": 0},
        {"megabytes": 0},
        {"megabytes": float("inf")},
        {"quiet": ["25:00-3"]},
        {"quiet": ["9:00-12:00"]},
        {"quiet": ["09:00-09:00"]},
        {"quiet": ["09:00-24:00"]},
        {"quiet": ["٠٩:٠٠-١٢:٠٠"]},
        {"quiet": ["00:00-13:00", "12:00-00:00"]},
        {"quiet": "23:00-07:30"},
        {"dealy": 5},
    ],
)
def test_manners_that_make_no_sense_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Manners.model_validate(bad)
