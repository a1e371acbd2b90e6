"""Each trick of the practice market, met by plain HTTP and in the real browser: what is said of it is the truth.

In the browser, those that the walk with tricks meets are met there.
"""

import shutil
from collections.abc import Collection, Iterable
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from sqlalchemy import select

from archive import todo
from archive.facts import Outcome
from archive.models import Query, Sighting, Visit
from archive.vault import Vault
from config.platform import SHUT, Condition
from desk.context import NOT_LET_IN, PUT_OFF
from desk.main import main
from desk.practice.market import Market
from desk.practice.trick import Trick, tricks
from tests.conftest import PLATFORMS, Wildfree
from tests.market.test_walk_with_tricks import LISTED, SEARCHED
from tests.market.visitor import PLAIN, WARES, titled

TERM = "虎"
TRICKS = tricks()
SENT_WITH_429 = {"challenge_box", "rate_limit"}  # which asks us to wait, whatever stands on the page
BROWSER = [False, True]


def ways(tricks: Iterable[Trick], met: Collection[str]) -> list[ParameterSet]:
    """Each of TRICKS by plain HTTP and, unless it is MET elsewhere, by browser."""
    return [
        pytest.param(trick, browser, id=f"{trick.name}-{'browser' if browser else 'plain'}")
        for trick in tricks
        for browser in BROWSER
        if not (browser and trick.name in met)
    ]


ON_LISTINGS = ways((trick for trick in TRICKS.values() if trick.listing), LISTED)
ON_SEARCHES = ways((trick for trick in TRICKS.values() if trick.search), SEARCHED)


@pytest.fixture(scope="module")
def looked(running_market: Market, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that has read one listing live, kept once for each way of looking: `plain` and `browser`."""
    running_market.reset()
    folder = tmp_path_factory.mktemp("tricks")
    for way, browser in (("plain", "false"), ("browser", "true")):
        workspace = folder / way
        quiet("init", workspace, "--practice")
        (workspace / "wildfree.toml").write_text(f'[bases]\nmarket = "{running_market.base}"\n', "utf-8")
        shipped = (PLATFORMS / "market.toml").read_text("utf-8")
        assert "\nbrowser   = true " in shipped
        assert "\ndelay = 0.2" in shipped
        own = shipped.replace("\nbrowser   = true ", f"\nbrowser = {browser} ").replace(
            "\ndelay = 0.2", "\ndelay = 0.0"
        )
        (workspace / "config" / "platforms").mkdir(parents=True)
        (workspace / "config" / "platforms" / "market.toml").write_text(own, "utf-8")
        with Vault.open(workspace) as vault:
            where = {"key": PLAIN, "url": f"{running_market.base}/item/{PLAIN}"}
            todo.plan(
                vault, [todo.Task(todo.Kind.VISIT, f"visit:market:{PLAIN}", "market", datetime.now(UTC), where)]
            )
        quiet("visit", "--workspace", workspace)
        with Vault.open(workspace) as vault, vault.reading() as session:
            assert session.scalars(select(Visit.condition)).all() == [Condition.LIVE]
    return folder


def quiet(*said: object) -> None:
    """Run a command that has to succeed."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as err:
        assert main([str(word) for word in said]) == 0, err.getvalue()


@pytest.fixture
def here(looked: Path, browser: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that workspace for one test, looking by BROWSER or by plain HTTP."""
    workspace = tmp_path / "workspace"
    shutil.copytree(looked / ("browser" if browser else "plain"), workspace)
    monkeypatch.setenv("WILDFREE_WORKSPACE", str(workspace))
    return workspace


def patient(workspace: Path, seconds: float) -> None:
    """Let the workspace wait no longer than SECONDS for a page."""
    with (workspace / "wildfree.toml").open("a", encoding="utf-8") as file:
        file.write(f"[limits]\nseconds = {seconds}\n")


@pytest.mark.parametrize(("trick", "browser"), ON_LISTINGS)
def test_a_listing_that_plays_a_trick_is_said_to_be_what_it_is(
    here: Path, market: Market, wildfree: Wildfree, trick: Trick, *, browser: bool
) -> None:
    patient(here, 6 if trick.name == "drip" else 30)
    market.play(trick.name, PLAIN)
    ran = wildfree("check", "market", "--json")
    (seen,) = ran.objects
    truth = trick.of_listing(browser=browser)
    assert (seen["condition"], seen["cause"]) == (truth, trick.cause), seen["because"]
    stopped = PUT_OFF if trick.name in SENT_WITH_429 else NOT_LET_IN
    assert ran.code == (stopped if truth in SHUT else 0), ran.err
    assert bool(seen["not_seen_since"]) == (truth is Condition.GONE)
    if truth is Condition.LIVE:
        assert seen["title"] == market.known(PLAIN).title
    market.cease(trick.name)
    assert market.played_on_listing(PLAIN) == ""
    assert market.known(PLAIN) == Market(WARES.values()).known(PLAIN)


@pytest.mark.parametrize(("trick", "browser"), ON_SEARCHES)
def test_a_search_that_plays_a_trick_is_said_to_be_what_it_is(
    here: Path, market: Market, wildfree: Wildfree, trick: Trick, *, browser: bool
) -> None:
    patient(here, 6 if trick.name == "drip" else 30)
    market.play(trick.name, TERM)
    ran = wildfree("sweep", "market", "--term", TERM, "--json")
    canary, seen = ran.objects
    truth = trick.of_search(browser=browser)
    assert canary["outcome"] == Outcome.HITS
    assert (seen["term"], seen["outcome"]) == (TERM, truth)
    with Vault.open(here) as vault, vault.reading() as session:
        asked = select(Sighting.title).join(Query).where(Query.term == TERM)
        titles = session.scalars(asked).all()
    assert set(titles) <= set(titled(TERM)), "a title that stands nowhere on the market was read"
    assert bool(titles) == (truth is Outcome.HITS)
