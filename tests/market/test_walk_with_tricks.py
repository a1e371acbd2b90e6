"""The walk on a market that plays many tricks at once: what the archive holds in the end is the tricks' own truth."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive.facts import Outcome, Role
from archive.models import Listing, Query, Visit, VisitExhibit
from archive.vault import Vault
from config.platform import Condition
from desk.main import main
from desk.practice.market import Market
from desk.practice.playing import EDITED, SAID
from desk.practice.trick import tricks
from tests.market.visitor import WARES

TRICKS = tricks()
TERMS = ("象牙", "虎骨")
LISTED = (  # the pages that never come stand apart: three in a row, and the robot would leave
    "edited", "relisted", "loop", "title_words", "sold_beside", "download", "another_listing", "private", "gbk",
)  # fmt: skip
SEARCHED = {"banned_term": "象牙", "dialogs": "虎骨", "loop": "玳瑁", "gbk": "犀角", "download": "麝香"}


@dataclass
class Walk:
    """What each command of the walk said."""

    plays: dict[str, str] = field(default_factory=dict)  # key -> trick
    relisted: str = ""  # the new key
    visited: list[dict[str, Any]] = field(default_factory=list)
    checked: list[dict[str, Any]] = field(default_factory=list)
    swept: list[dict[str, Any]] = field(default_factory=list)
    revisited: list[dict[str, Any]] = field(default_factory=list)
    walled: list[dict[str, Any]] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    report: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, running_market: Market) -> Path:
    """A practice workspace that knows where the market is."""
    folder = tmp_path_factory.mktemp("walk") / "workspace"
    with redirect_stdout(StringIO()):
        assert main(["init", str(folder), "--practice"]) == 0
    settings = f'read_pictures = false\n[limits]\nseconds = 20\n[bases]\nmarket = "{running_market.base}"\n'
    (folder / "wildfree.toml").write_text(settings, "utf-8")
    return folder


@pytest.fixture(scope="module")
def walk(workspace: Path, running_market: Market) -> Iterator[Walk]:
    """Sweep and visit an honest market; check and sweep one full of tricks; check one behind a wall."""
    market, seen = running_market, Walk()

    def done(*words: str) -> list[dict[str, Any]]:
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()):
            seen.codes.append(main([*words, "--json", "--workspace", str(workspace)]))
        return [json.loads(line) for line in out.getvalue().splitlines()]

    market.reset()
    done("sweep", "market", *asking(TERMS))
    seen.visited = done("visit")
    keys = [each["key"] for each in seen.visited]
    seen.plays = dict(zip(keys, LISTED, strict=False))
    for key, name in seen.plays.items():
        market.play(name, key)
    seen.checked = done("check")
    for name, term in SEARCHED.items():
        market.play(name, term)
    seen.relisted = next(good.ware.key for good in market.on_sale() if good.relists)
    seen.swept = done("sweep", "market", *asking([*SEARCHED.values(), market.known(seen.relisted).title]))
    seen.revisited = done("visit")
    market.play("challenge_work")
    seen.walled = done("check")
    seen.report = done("report")
    yield seen
    market.reset()


def asking(terms: Iterable[str]) -> list[str]:
    return [word for term in terms for word in ("--term", term)]


def said(looks: Sequence[dict[str, Any]]) -> dict[str, tuple[str, str | None]]:
    """What the looks found, by key."""
    return {each["key"]: (each["condition"], each["cause"]) for each in looks}


def test_an_honest_market_reads_live_from_end_to_end(walk: Walk) -> None:
    assert len(walk.visited) > len(LISTED), "one at least is left without a trick"
    assert set(said(walk.visited).values()) == {("live", None)}
    assert {each["capture"] for each in walk.visited} == {"complete"}


def test_each_listing_is_in_the_end_what_its_trick_is_in_truth(walk: Walk) -> None:
    assert sorted(walk.plays.values()) == sorted(LISTED)
    truth = {key: TRICKS[name] for key, name in walk.plays.items()}
    honest = {each["key"]: ("live", None) for each in walk.visited if each["key"] not in walk.plays}
    tricked = {key: (trick.of_listing(browser=True), trick.cause) for key, trick in truth.items()}
    assert said(walk.checked) == honest | tricked
    titles = {each["key"]: each["title"] for each in walk.checked if each["condition"] == "live"}
    assert len(titles) == 4 + len(honest)
    expected = {key: WARES[key].title for key in titles}
    for key, name in walk.plays.items():
        expected |= {key: EDITED} if name == "edited" else {}
        expected |= {key: f"{SAID} {WARES[key].title}"} if name == "title_words" else {}
    assert titles == expected


def test_each_search_is_what_its_trick_is_in_truth(walk: Walk) -> None:
    found = {each["term"]: each["outcome"] for each in walk.swept}
    for name, term in SEARCHED.items():
        assert found[term] == TRICKS[name].of_search(browser=True), name
    assert {each["cards"] > 0 for each in walk.swept if each["outcome"] == "hits"} == {True}
    assert {each["cards"] for each in walk.swept if each["outcome"] != "hits"} == {0}
    assert "confirmed_zero" not in found.values()


def test_what_is_offered_again_is_found_as_new_with_the_same_photos(walk: Walk, workspace: Path) -> None:
    old = next(key for key, name in walk.plays.items() if name == "relisted")
    assert said(walk.checked)[old] == ("gone", "unknown")
    assert said(walk.revisited)[walk.relisted] == ("live", None)
    assert photos(workspace, old) == photos(workspace, walk.relisted) != set()


def photos(workspace: Path, key: str) -> set[str]:
    """The SHA-256 of the pictures that were kept of a listing."""
    wanted = select(VisitExhibit.sha256).join(Visit).join(Listing).where(Listing.key == key)
    with Vault.open(workspace) as vault, vault.reading() as session:
        return set(session.scalars(wanted.where(VisitExhibit.role == Role.PICTURE)))


def test_a_wall_before_everything_stops_the_robot_and_takes_nothing_away(walk: Walk) -> None:
    assert [each["condition"] for each in walk.walled] == ["challenged"]
    gone = [each["key"] for each in walk.report if each["kind"] == "not_seen_since"]
    assert [walk.plays[key] for key in gone] == ["relisted"]
    assert walk.codes == [0] * 5 + [7, 0]


def test_nothing_that_the_archive_holds_was_said_of_a_page_that_nobody_saw(walk: Walk, workspace: Path) -> None:
    with Vault.open(workspace) as vault, vault.reading() as session:
        gone = session.scalars(select(Listing.key).join(Visit).where(Visit.condition == Condition.GONE)).all()
        zeros = session.scalars(select(Query.term).where(Query.outcome == Outcome.CONFIRMED_ZERO)).all()
        assert len(session.scalars(select(Visit.id)).all()) >= 2 * len(LISTED) + 1
    assert [walk.plays[key] for key in gone] == ["relisted"]
    assert zeros == []
