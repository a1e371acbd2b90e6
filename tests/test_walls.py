"""One wall page in place of everything makes no listing gone that was live, be they 500."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import func, select

from archive import capture, todo
from archive.facts import Reading, Snapshot
from archive.models import Visit
from archive.vault import Vault
from config.platform import AWAY, Condition
from crawler.control import MOST_HELD
from tests.conftest import Wildfree
from tests.forum.fixture import know
from tests.site import Answer, Site, opened

MANY, SOME = 500, 40  # listings: the one to show that it holds, the other for every kind of wall
LONG_AGO = datetime.now(UTC) - timedelta(days=3)
TOPIC = """<html><head><title>{title}</title></head><body><div class="layout__article">
<h1 class="headline">{title}</h1><div class="comments_list"><p>sent within two days</p></div></div>"""
MISSING = "<html><head><title>404</title></head><body><h1>Error 404: what you are looking for is gone...</h1>"
LOGIN = """<html><body><div class="layout__article"><h1 class="headline">Login</h1><div class="login">
<form action="." method="post"><input type="password" id="id_password"></form></div></div>"""
UNKNOWN = "<html><body><h1>One moment</h1><p>Unusual traffic. Open the app to go on.</p>"
REMOVED = "<html><body><div class='layout__article'><p class='removed'>Removed for breaking our rules</p></div>"
CARDS = """<html><body><h1 class="headline">Results</h1><div class="layout__topics">{}</div>"""
CARD = '<div class="layout__topics__topic"><a class="topic__link" href="/topic/{key}/x/">Phone case {key}</a></div>'
NOTICE = """
[[signs]]
means = "gone"
cause = "platform"
where = ".layout__article > .removed"
says = ["breaking our rules"]
"""


class Everywhere(dict[str, Answer | Callable[[], Answer]]):
    """One answer to all that is asked for, robots.txt apart."""

    def __init__(self, wall: Answer) -> None:
        super().__init__({"/robots.txt": Answer("", 404)})
        self._wall = wall

    def get(self, path: str, default: object = None) -> Answer | Callable[[], Answer]:
        return super().get(path, self._wall)


def live(listings: int = SOME, *, cards: bool = True) -> dict[str, Answer | Callable[[], Answer]]:
    """The forum on a good day: its topics, two phone cases, and a search (or none) that shows these two."""
    keys = (*range(1, listings + 1), 901, 902)
    topics = {f"/topic/{key}/": Answer(TOPIC.format(title=f"Ivory bangle {key}")) for key in keys}
    found = CARDS.format("".join(CARD.format(key=key) for key in (901, 902)))
    searches = {"/search/": Answer(found) if cards else Answer(to="/user/login/?next=/search/", status=302)}
    missing = {f"/topic/{'9' * 9}/": Answer(MISSING, 404)}
    return {**topics, **searches, **missing, "/user/login/": Answer(LOGIN), "/": Answer(CARDS.format(""))}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The place of the forum; each test says what answers there."""
    with opened() as site:
        yield site


@pytest.fixture(scope="module")
def seen_live(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """What makes the archive of a workspace that saw so many topics live, three days ago."""

    @cache
    def made(listings: int) -> Path:
        folder = tmp_path_factory.mktemp("walls")
        with Vault.create(folder, "practice", LONG_AGO) as vault:
            for key in map(str, range(1, listings + 1)):
                url = f"{site.base}/topic/{key}/"
                task = todo.Task(todo.Kind.VISIT, f"visit:spirit:{key}", "spirit", LONG_AGO, {"key": key, "url": url})
                look = Snapshot(url, url, 200, LONG_AGO, {"tool": "wildfree"})
                said = Reading(Condition.LIVE, "the title stands there", title=f"Ivory bangle {key}")
                capture.take(vault, task, url, look, said)
        return folder

    return made


@pytest.fixture
def before(request: pytest.FixtureRequest, workspace: Path, seen_live: Callable[[int], Path], site: Site) -> Path:
    """A workspace that knows the topics (SOME, or as many as its parameter says), and now looks for them again."""
    listings = getattr(request, "param", SOME)
    for file in workspace.glob("archive.sqlite*"):
        file.unlink()
    for file in seen_live(listings).glob("archive.sqlite*"):
        shutil.copy(file, workspace / file.name)
    know(workspace, site.base, NOTICE)
    site.answers = live(listings)
    site.log.clear()
    return workspace


def conditions(workspace: Path) -> dict[str, int]:
    """How many looks since those of three days ago found what."""
    with Vault.open(workspace) as vault, vault.reading() as session:
        counted = select(Visit.condition, func.count()).where(Visit.at > LONG_AGO).group_by(Visit.condition)
        return {str(condition): count for condition, count in session.execute(counted)}


def not_seen_since(wildfree: Wildfree) -> list[str]:
    lines = wildfree("report", "--json").objects
    assert any(line["kind"] == "platform" for line in lines)
    return sorted(line["key"] for line in lines if line["kind"] == "not_seen_since")


def left_due(workspace: Path) -> int:
    with Vault.open(workspace) as vault:
        return len(todo.due(vault, todo.Kind.CHECK, datetime.now(UTC)))


def test_on_a_good_day_exactly_those_that_were_taken_down_are_gone(
    before: Path, site: Site, wildfree: Wildfree
) -> None:
    down = ["1", "2", "27", "40"]
    for key in down[:3]:
        site.answers[f"/topic/{key}/"] = Answer(MISSING, 404)
    site.answers["/topic/40/"] = Answer(REMOVED)
    assert wildfree("check").code == 0
    assert conditions(before) == {"gone": 4, "live": SOME - 4}
    assert not_seen_since(wildfree) == sorted(down)
    assert len(site.asked("/topic/")) <= SOME + 8, "the control costs more than it is worth"


def test_when_all_were_taken_down_the_canary_bears_it_out(before: Path, site: Site, wildfree: Wildfree) -> None:
    for key in range(1, SOME + 1):
        site.answers[f"/topic/{key}/"] = Answer(MISSING, 404)
    assert wildfree("check").code == 0
    assert conditions(before) == {"gone": SOME}
    assert len(not_seen_since(wildfree)) == SOME
    assert len(site.asked("/topic/")) <= SOME + 2 * SOME // MOST_HELD


RECOGNISED = {
    "the forum's login page": (Answer(LOGIN), {"walled": 1}),
    "a redirect to the login": (Answer(to="/user/login/", status=302), {"walled": 1}),
    "HTTP 401": (Answer(UNKNOWN, 401), {"walled": 1}),
    "HTTP 503": (Answer(UNKNOWN, 503), {"unreachable": 3}),
}
UNRECOGNISED = {
    "a page that no sign describes": (Answer(UNKNOWN), "unreadable"),
    "nothing at all": (Answer(""), "unreadable"),
    "HTTP 403": (Answer(UNKNOWN, 403), "unreadable"),
}
TAKEN_FOR_GONE = {  # of one listing alone each of these would mean that it is away
    "HTTP 404 with a wall's words": Answer(UNKNOWN, 404),
    "HTTP 404 in the forum's own words": Answer(MISSING, 404),
    "HTTP 410": Answer(UNKNOWN, 410),
    "the notice of a removal": Answer(REMOVED),
    "a redirect home": Answer(to="/", status=302),
    "a redirect to one topic": Answer(to="/topic/901/", status=302),
}


def shut(site: Site, wall: Answer) -> None:
    """Put WALL in place of everything, but where it leads to."""
    site.answers = Everywhere(wall)
    if wall.to:
        site.answers[wall.to] = live()[wall.to]


@pytest.mark.parametrize("kind", RECOGNISED)
def test_a_wall_that_is_recognised_ends_the_check_at_once_as_often_as_it_is_tried(
    before: Path, site: Site, wildfree: Wildfree, kind: str
) -> None:
    wall, found = RECOGNISED[kind]
    shut(site, wall)
    for times in (1, 2, 3):
        assert wildfree("check").code == 7
        assert conditions(before) == {condition: count * times for condition, count in found.items()}
    assert not_seen_since(wildfree) == []
    assert len(site.asked("/topic/")) <= 20


def of_each(kinds: Iterable[str], many: str, *marks: pytest.MarkDecorator) -> pytest.MarkDecorator:
    """Every kind of wall for SOME listings, and the one that is named for MANY."""
    pairs = [*((SOME, kind) for kind in kinds), pytest.param(MANY, many, marks=marks)]
    return pytest.mark.parametrize(("before", "kind"), pairs, indirect=["before"])


@of_each(UNRECOGNISED, "a page that no sign describes", pytest.mark.slow)
def test_a_wall_that_is_not_recognised_is_looked_at_for_every_listing_and_nothing_is_gone(
    before: Path, site: Site, wildfree: Wildfree, kind: str
) -> None:
    wall, condition = UNRECOGNISED[kind]
    listings = len(site.answers) - len(live(0))
    shut(site, wall)
    assert wildfree("check").code == 0
    assert conditions(before) == {condition: listings}
    assert not_seen_since(wildfree) == []


@of_each(TAKEN_FOR_GONE, "HTTP 404 in the forum's own words", pytest.mark.slow)
def test_a_wall_that_looks_like_a_removal_is_found_out_until_every_listing_was_looked_at(
    before: Path, site: Site, wildfree: Wildfree, kind: str
) -> None:
    good = site.answers
    listings = len(good) - len(live(0))
    shut(site, TAKEN_FOR_GONE[kind])
    for run in range(1, listings // MOST_HELD + 1):
        assert wildfree("check").code == 7, "the robot leaves a site that shows it nothing live"
        assert conditions(before) == {"unreadable": MOST_HELD * run}
    assert left_due(before) == 0
    assert not_seen_since(wildfree) == []

    site.answers = good
    assert wildfree("check").code == 0
    assert conditions(before) == {"unreadable": listings, "live": listings}


@pytest.mark.parametrize("before", [MANY], indirect=True)
def test_one_check_of_500_behind_a_404_looks_at_ten_believes_none_and_leaves(
    before: Path, site: Site, wildfree: Wildfree
) -> None:
    shut(site, Answer(MISSING, 404))
    left = wildfree("check")
    assert left.code == 7
    assert "nothing of the site reads live" in left.err
    assert conditions(before) == {"unreadable": MOST_HELD}
    assert left_due(before) == MANY - MOST_HELD
    assert not_seen_since(wildfree) == []


@pytest.mark.parametrize("kind", TAKEN_FOR_GONE)
def test_such_a_wall_that_comes_up_in_mid_check_makes_nothing_gone(
    before: Path, site: Site, wildfree: Wildfree, kind: str
) -> None:
    wall, asked = TAKEN_FOR_GONE[kind], iter(range(10**6))
    good = live()

    def or_wall(path: str) -> Callable[[], Answer]:
        def answer() -> Answer:
            usual = good[path]
            assert isinstance(usual, Answer)
            return usual if next(asked) < 20 or path == wall.to else wall

        return answer

    site.answers = {path: or_wall(path) for path in good}
    assert wildfree("check").code == 7
    found = conditions(before)
    assert found["live"] == 20
    assert found["unreadable"] >= 1
    assert not any(condition in found for condition in AWAY)
    assert not_seen_since(wildfree) == []


def test_a_wall_before_some_listings_only_is_not_the_sites_answer_for_what_never_was(
    before: Path, site: Site, wildfree: Wildfree
) -> None:
    for key in range(10, 30):
        site.answers[f"/topic/{key}/"] = Answer(UNKNOWN, 404)
    site.answers["/topic/35/"] = Answer(MISSING, 404)
    assert wildfree("check").code == 0
    assert conditions(before) == {"gone": 1, "live": SOME - 21, "unreadable": 20}
    assert not_seen_since(wildfree) == ["35"]


def test_without_a_search_what_still_lives_bears_out_what_is_gone_wherever_it_comes_in_the_row(
    before: Path, site: Site, wildfree: Wildfree
) -> None:
    site.answers = live(cards=False)
    down = [str(key) for key in (*range(1, 8), 15, *range(30, 41))]
    for key in down:
        site.answers[f"/topic/{key}/"] = Answer(MISSING, 404)
    assert wildfree("check").code == 0
    assert conditions(before) == {"gone": len(down), "live": SOME - len(down)}
    assert not_seen_since(wildfree) == sorted(down)


def test_a_wall_that_is_lifted_before_anything_read_live_made_nothing_gone(
    before: Path, site: Site, wildfree: Wildfree
) -> None:
    good, asked = live(cards=False), iter(range(10**6))
    for key in range(1, 6):
        usual = good[f"/topic/{key}/"]
        assert isinstance(usual, Answer)
        good[f"/topic/{key}/"] = lambda usual=usual: Answer(MISSING, 404) if next(asked) < 5 else usual  # type: ignore[misc]
    site.answers = good
    assert wildfree("check").code == 0
    assert conditions(before) == {"live": SOME}
