"""While a platform waits for a person no robot of ours asks it anything, by no command; what is due stays due."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import pause, todo
from archive.pause import STALE, Waiting
from archive.vault import Vault
from config.schedule import Job
from desk import work
from desk.context import PUT_OFF, desk
from tests.conftest import Wildfree
from tests.site import Answer, Site, describe, opened
from tests.test_kills import asked

WAITS = "stall waits for a person since "
COMMANDS = (
    ("sweep", "stall", "--term", "a"),
    ("visit",),
    ("check", "stall", "--json"),
    ("platform", "check", "stall", "--json"),
    ("platform", "save", "stall", "case"),
)


@pytest.fixture
def stall(workspace: Path) -> Iterator[Site]:
    """A platform that everyone may ask."""
    with opened() as site:
        describe(workspace, site.base, delay=0.0)
        site.robots("User-agent: *\nAllow: /\n")
        yield site


@pytest.fixture
def bazaar(workspace: Path, stall: Site) -> Iterator[Site]:
    """Another."""
    own = workspace / "config" / "platforms"
    with opened() as site:
        first = (own / "stall.toml").read_text("utf-8")
        describe(workspace, site.base, delay=0.0)
        (own / "bazaar.toml").write_text(
            (own / "stall.toml").read_text("utf-8").replace('"stall"', '"bazaar"'), "utf-8"
        )
        (own / "stall.toml").write_text(first, "utf-8")
        site.robots("User-agent: *\nAllow: /\n")
        yield site


def seen(wildfree: Wildfree, *platforms: str) -> None:
    """Let every listing of PLATFORMS be looked at once."""
    assert wildfree("sweep", *platforms, "--term", "象牙").code == 0
    assert wildfree("visit").code == 0


def has_to_wait(workspace: Path, stall: Site) -> None:
    """A wall came up on the stall; one more of its listings is due for a first look."""
    now = datetime.now(UTC)
    look = {"key": "1", "url": f"{stall.base}/item/1"}
    with Vault.open(workspace) as vault:
        todo.plan(vault, [todo.Task(todo.Kind.VISIT, "visit:stall:again", "stall", now, look)])
        with vault.writing() as session:
            pause.pause(session, Waiting("stall", 1, now, "login_wall: log in"))


def due(workspace: Path) -> list[str]:
    return [row[0] for row in asked(workspace, "SELECT key FROM unit WHERE done_at IS NULL ORDER BY id")]


def test_no_command_has_a_robot_ask_a_platform_that_waits(workspace: Path, stall: Site, wildfree: Wildfree) -> None:
    seen(wildfree, "stall")
    has_to_wait(workspace, stall)
    stall.log.clear()
    for command in COMMANDS:
        ran = wildfree(*command)
        assert (ran.code, stall.asked()) == (PUT_OFF, []), command
        (told,) = [line for line in ran.err.splitlines() if line.startswith(WAITS)]
        assert "wildfree platform go-on stall" in told
        assert "Nothing was due" not in ran.out
    assert due(workspace) == ["visit:stall:again"], "no check was begun that must then be gone on with"
    assert wildfree("platform", "go-on", "stall").code == 0
    for command in (("visit",), ("check",), ("platform", "check", "stall")):
        stall.log.clear()
        ran = wildfree(*command)
        assert (ran.code, WAITS in ran.err) == (0, False), (command, ran.err)
        assert stall.log, command
    assert due(workspace) == []


def test_saved_pages_of_a_platform_that_waits_are_read_all_the_same(
    workspace: Path, stall: Site, wildfree: Wildfree, tmp_path: Path
) -> None:
    has_to_wait(workspace, stall)
    page = tmp_path / "page.html"
    page.write_text(f"<!-- saved from url=(0029){stall.base}/item/1 --><h1>象牙</h1>", "utf-8")
    assert wildfree("platform", "check", "stall", "--saved", page).code == 0
    assert stall.log == []


def test_where_nobody_came_for_days_robots_try_again(workspace: Path, stall: Site, wildfree: Wildfree) -> None:
    seen(wildfree, "stall")
    has_to_wait(workspace, stall)
    now, log = datetime.now(UTC), stall.log
    log.clear()
    early, late = (f"{now + STALE + timedelta(hours=hours):%Y-%m-%dT%H:%M}Z" for hours in (-1, 1))
    assert wildfree("check", "--now", early).code == PUT_OFF
    assert log == []
    ran = wildfree("check", "--now", late)
    assert (ran.code, WAITS in ran.err) == (0, False)
    assert stall.asked("/item") == ["/item/1", "/item/2", "/item/3"]


def test_other_platforms_are_looked_at_and_the_one_that_waits_is_named(
    workspace: Path, stall: Site, bazaar: Site, wildfree: Wildfree
) -> None:
    seen(wildfree, "stall", "bazaar")
    has_to_wait(workspace, stall)
    stall.log.clear()
    ran = wildfree("check", "--json")
    assert {each["platform"] for each in ran.objects} == {"bazaar"}
    assert (ran.code, stall.log, ran.err.count(WAITS)) == (0, [], 1)


def test_the_schedule_goes_on_with_a_check_when_the_platform_does_and_asks_the_others_once(
    workspace: Path, stall: Site, bazaar: Site, wildfree: Wildfree
) -> None:
    seen(wildfree, "stall", "bazaar")
    has_to_wait(workspace, stall)
    stall.log.clear()
    since = datetime.now(UTC)

    def done(what: str) -> work.Done:
        bazaar.log.clear()
        with desk(workspace) as here:
            return work.do(here, Job.model_validate({"do": what, "at": "sun 09:00"}), "the clock", since)

    for items in (["/item/1", "/item/2", "/item/3"], [], []):
        ran = done("check")
        assert (ran.put_off, WAITS in ran.told, stall.log) == (True, True, [])
        assert bazaar.asked("/item") == items
    ran = done("visit")
    assert (ran.put_off, WAITS in ran.told, stall.log) == (True, True, [])
    with Vault.open(workspace) as vault:
        assert pause.dealt_with(vault, "stall")
    ran = done("check")
    assert (ran.put_off, ran.told) == (False, "3 looked at, 3 live")
    assert (len(stall.asked("/item")), bazaar.log) == (3, [])
    assert done("check").told == "looked at already, since it was due"


def test_a_check_that_a_wall_ended_or_that_nobody_answered(
    workspace: Path, stall: Site, bazaar: Site, wildfree: Wildfree
) -> None:
    """The one is over till its next time; the other is tried again."""
    seen(wildfree, "stall", "bazaar")
    since = datetime.now(UTC)
    file = workspace / "config" / "platforms" / "bazaar.toml"
    sign = '[[signs]]\nmeans = "walled"\nwhere = "p.login"\n[manners]'
    file.write_text(file.read_text("utf-8").replace("[manners]", sign), "utf-8")
    for number in (1, 2, 3):
        bazaar.answers[f"/item/{number}"] = Answer("<p class=login>log in</p>")
        stall.answers[f"/item/{number}"] = Answer("", 503)

    def done() -> work.Done:
        with desk(workspace) as here:
            return work.do(here, Job.model_validate({"do": "check", "at": "sun 09:00"}), "the clock", since)

    assert "stopped: bazaar: walled" in done().told
    stall.log.clear()
    bazaar.log.clear()
    done()
    assert (bool(stall.asked("/item")), bazaar.log) == (True, [])
