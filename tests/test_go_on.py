"""`wildfree platform go-on` says how the very sweep that waits goes on, and from when."""

import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import lane, pause, todo
from archive.vault import Vault
from crawler.spiders.sweep import LATE
from desk.context import NOT_LET_IN, PUT_OFF
from desk.practice.market import Market
from tests.conftest import Wildfree
from tests.test_kills import asked
from tests.test_pause import ends, few, market_of, plainly, searches, waits

SAID = re.compile(r"with: wildfree (.*)$", re.MULTILINE)


@pytest.fixture
def here(market_workspace: Path) -> Path:
    return plainly(market_workspace)


def test_a_sweep_of_named_terms_goes_on_by_the_command_that_names_them(
    here: Path, market: Market, wildfree: Wildfree
) -> None:
    market.play("login_wall", "虎骨")
    assert wildfree("sweep", "market", "--term", "象牙 手镯", "--term", "虎骨").code == PUT_OFF
    market.reset()
    told = wildfree("platform", "go-on", "market")
    assert "at its next time" not in told.out, "the schedule asks for other terms: that is another sweep"
    (command,) = SAID.findall(told.out)
    assert shlex.split(command) == ["sweep", "market", "--term", "象牙 手镯", "--term", "虎骨"]
    assert wildfree(*shlex.split(command)).code == 0
    assert ends(here) == [(1, "complete")], "the same sweep"


def test_a_sweep_of_the_workspaces_own_terms_goes_on_by_itself_or_without_naming_any(
    here: Path, market: Market, wildfree: Wildfree
) -> None:
    (here / "config" / "terms").mkdir(parents=True)
    few(here)
    market.play("login_wall", "虎骨")
    assert wildfree("sweep", "market").code == PUT_OFF
    market.reset()
    told = wildfree("platform", "go-on", "market").out
    assert told.endswith("at its next time, or at once with: wildfree sweep market\n")
    assert wildfree("sweep", "market").code == 0
    assert ends(here) == [(1, "complete")]


def test_a_platform_that_asked_us_to_wait_is_said_to_go_on_from_then(
    here: Path, market: Market, wildfree: Wildfree
) -> None:
    market.play("challenge_box", "虎骨")
    assert wildfree("sweep", "market", "--term", "象牙", "--term", "虎骨").code == PUT_OFF
    with Vault.open(here) as vault, vault.reading() as session:
        row = session.get(lane.Lane, "market")
        assert row is not None
        until = datetime.fromtimestamp(row.shut_until, UTC)
        assert until > datetime.now(UTC)
    told = wildfree("platform", "go-on", "market").out
    day, clock, zone = re.findall(r"asked us to wait: goes on from (\S+) (\S+) (\S+)\. Then the same sweep", told)[0]
    said = datetime.fromisoformat(f"{day}T{clock}{zone}")
    assert 0 <= (said - until).total_seconds() < 60, "to the minute, and never too early"
    assert shlex.split(SAID.findall(told)[0]) == ["sweep", "market", "--term", "象牙", "--term", "虎骨"]


def test_listings_that_no_robot_may_look_at_are_not_sent_to_visit(
    here: Path, market: Market, wildfree: Wildfree
) -> None:
    now = datetime.now(UTC)
    with Vault.open(here) as vault:
        waits = [todo.Task(todo.Kind.VISIT, f"visit:{name}:1", name, now, {}) for name in ("taobao", "xianyu", "jd")]
        todo.plan(vault, waits)
        assert pause.paused(vault) == {}
    ran = wildfree("sweep", "market", "--term", "手机壳")
    assert (ran.code, "wildfree visit" in ran.out) == (0, False)
    found = wildfree("sweep", "market", "--term", "虎骨").out
    assert "New suspect listings that wait for a first look: 2. Then: wildfree visit" in found


def test_a_sweep_of_other_terms_leaves_the_one_that_was_put_off_to_go_on(
    here: Path, market: Market, wildfree: Wildfree
) -> None:
    """Theirs is not thrown away because somebody else searches something there."""
    theirs = ("sweep", "market", "--term", "象牙", "--term", "虎骨")
    ours = ("sweep", "market", "--term", "犀角", "--term", "砗磲")
    market.play("login_wall", "虎骨")
    assert wildfree(*theirs).code == PUT_OFF
    assert wildfree("platform", "go-on", "market").code == 0
    market.cease("login_wall")
    market.play("login_wall", "砗磲")
    assert wildfree(*ours).code == PUT_OFF
    assert (ends(here), waits(here)) == ([], [("market", 2)])
    assert wildfree(*theirs).code == PUT_OFF, "while it waits for a person, nobody goes on"
    market.reset()
    told = wildfree("platform", "go-on", "market").out
    assert shlex.split(SAID.findall(told)[0]) == list(ours)
    assert wildfree(*theirs).code == 0
    assert ends(here) == [(1, "complete")]
    assert wildfree(*ours).code == 0
    assert ends(here) == [(1, "complete"), (2, "complete")]
    got = [row[:2] for row in searches(here) if row[1] != "手机壳" and row[2] != "login_wall"]
    assert sorted(got) == sorted([(1, "象牙"), (1, "虎骨"), (2, "犀角"), (2, "砗磲")]), "each once"


@pytest.mark.parametrize("others", [("犀角",), ("象牙", "虎骨", "犀角")])
def test_what_nobody_goes_on_with_is_ended_when_it_is_too_old(
    here: Path, market: Market, wildfree: Wildfree, others: tuple[str, ...]
) -> None:
    market.play("login_wall", "虎骨")
    assert wildfree("sweep", "market", "--term", "象牙", "--term", "虎骨").code == PUT_OFF
    market.reset()
    assert wildfree("platform", "go-on", "market").code == 0
    words = ("sweep", "market", *(word for term in others for word in ("--term", term)))
    now = datetime.now(UTC)
    early, late = (f"{now + LATE + timedelta(hours=hours):%Y-%m-%dT%H:%M}Z" for hours in (-1, 1))
    assert wildfree(*words, "--now", early).code == 0
    assert ends(here) == [(2, "complete")]
    assert wildfree(*words, "--now", late).code == 0
    assert ends(here) == [(1, "abandoned"), (2, "complete"), (3, "complete")]
    why = "SELECT because FROM sweep_end WHERE sweep_id = 1"
    assert asked(here, why) == [("nobody went on with it in time",)]


def test_who_did_not_let_us_in_last_is_told_whichever_sweep_it_was(
    here: Path, market: Market, wildfree: Wildfree
) -> None:
    theirs = ("sweep", "market", "--term", "象牙", "--term", "虎骨")
    market.play("login_wall", "虎骨")
    assert wildfree(*theirs).code == PUT_OFF
    assert wildfree("platform", "go-on", "market").code == 0
    market.play("login_wall")
    assert wildfree("sweep", "market", "--term", "犀角").code == NOT_LET_IN
    assert market_of(wildfree)["not_let_in"] is not None
    market.reset()
    assert wildfree(*theirs).code == 0, "the older sweep, and it was let in"
    assert ends(here) == [(1, "complete"), (2, "not_let_in")]
    assert market_of(wildfree)["not_let_in"] is None
