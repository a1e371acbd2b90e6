"""`wildfree platform go-on` says how the very sweep that waits goes on, and from when."""

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import lane, pause, todo
from archive.vault import Vault
from desk.context import PUT_OFF
from desk.practice.market import Market
from tests.conftest import Wildfree
from tests.test_pause import ends, few, plainly

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
