"""A volunteer's hour in the window, the robot's night on a schedule, the morning after: three sites, one archive."""

import json
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image, ImageDraw, ImageFont

from config.term import search_terms
from desk.practice.market import Market
from tests.browse.screen import Screen
from tests.browse.test_forum import MODERATOR, PASSWORD, log_in_and_read
from tests.browse.volunteer import beside, made, rows, said, whole
from tests.conftest import PLATFORMS
from tests.forum.serve import Forum
from tests.shop.serve import Shop
from tests.shop.wares import WARES, Label
from tests.test_kills import awaited, started

pytestmark = pytest.mark.slow

BANNED, WALLED = "虎骨", "犀角"  # the market refuses the one, and asks for a login at the other
ROOM = "10002"  # a listing of the market that is a live room
CARDS = "ul.results > li.card a"
NIGHT = 600.0  # s that a night may take
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
JOBS = ("sweep market oscar spirit", "visit", "check", "report")


@dataclass
class Archive:
    """What one archive holds by the next morning."""

    workspace: Path
    night: list[str]  # what the schedule said
    morning: list[str]
    terminals: list[str]  # what stood beside the windows
    secrets: list[str]
    gaps: list[float]  # s between a search of the robot's in the shop and the next
    tip: str  # the key of the listing that was brought

    def ask(self, question: str) -> list[tuple[object, ...]]:
        return rows(self.workspace, question)

    def waiting(self, platform: str) -> list[dict[str, Any]]:
        """The listings of PLATFORM that wait for a reviewer."""
        told = said(self.workspace, "review", "--list", "--json").stdout.splitlines()
        return [each for each in map(json.loads, told) if each["platform"] == platform]

    def outcomes(self, platform: str, how: str) -> dict[object, object]:
        """The last outcome of each term on PLATFORM."""
        told = self.ask(
            "SELECT term, outcome FROM query q JOIN sweep s ON s.id = q.sweep_id"
            f" WHERE platform = '{platform}' AND how = '{how}' ORDER BY q.id"
        )
        return {term: outcome for term, outcome in told}  # noqa: C416  (dict() cannot tell that they are pairs)


@pytest.fixture(scope="module")
def archive(
    screen: Screen, running_market: Market, running_shop: Shop, running_forum: Forum,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Archive]:  # fmt: skip
    market, shop, forum = running_market, running_shop, running_forum
    market.reset()
    shop.restore()
    forum.restore()
    market.play("banned_term", BANNED)
    market.play("login_wall", WALLED)
    market.play("live_room", ROOM)
    bases = f'[bases]\nmarket = "{market.base}"\noscar = "{shop.base}"\nspirit = "{forum.base}"\n'
    workspace = made(tmp_path_factory.mktemp("night") / "w", bases + _schedule(), reads_pictures=True)
    terminals, secrets = _hour(workspace, screen, market, shop, forum)
    tip = _tips(workspace, market)
    before = len(shop.requests)
    night = _kept(workspace, "report: written")
    searches = [request.at for request in shop.requests[before:] if request.path.startswith("/search/")]
    market.cease("login_wall")
    with beside(workspace, screen.display, "market") as volunteer:
        volunteer.goes(f"{market.base}/search?q={quote(WALLED)}", f"{WALLED}: hits")
        volunteer.terminal.until("goes on")
    terminals += volunteer.terminal.lines
    morning = _kept(workspace, "market complete")
    looked = said(workspace, "visit")
    assert looked.returncode == 0, looked.stdout
    gaps = [(later - earlier) / timedelta(seconds=1) for earlier, later in pairwise(searches)]
    yield Archive(workspace, night, morning, terminals, secrets, gaps, tip)
    market.reset()


def _schedule() -> str:
    jobs = (job.split() for job in JOBS)
    return "".join(
        f'[[schedule]]\ndo = "{do}"\nplatforms = {json.dumps(on)}\nat = "daily 02:00"\n' for do, *on in jobs
    )


def _hour(workspace: Path, screen: Screen, market: Market, shop: Shop, forum: Forum) -> tuple[list[str], list[str]]:
    """Browse the three, each in a window of its own; what the terminals said, and what must stay secret."""
    with beside(workspace, screen.display, "market") as on_market:
        on_market.terminal.until("象牙: hits")
        on_market.opens(CARDS, "live")
        on_market.goes(f"{market.base}/item/{ROOM}", f"{ROOM}: live")
        on_market.goes(f"{market.base}/search?q={quote(BANNED)}", f"{BANNED}: banned_term_notice")
        on_market.goes(f"{market.base}/search?q={quote(WALLED)}", f"{WALLED}: login_wall")
    with beside(workspace, screen.display, "oscar") as in_shop:
        in_shop.terminal.until("象牙: hits")
        in_shop.opens("article.product_pod h3 a", "live")
        in_shop.goes(f"{shop.base}/search/?q={quote('没有这种东西')}", "没有这种东西: confirmed_zero")
    with beside(workspace, screen.display, "spirit", "--own", MODERATOR) as on_forum:
        secrets = log_in_and_read(on_forum, forum)
    terminals = [line for each in (on_market, in_shop, on_forum) for line in each.terminal.lines]
    return terminals, [*secrets, MODERATOR, PASSWORD]


def _tips(workspace: Path, market: Market) -> str:
    """Bring a link to an innocent listing, and a phone's screenshot of another; the key of the first."""
    key = "10060"
    assert (
        said(
            workspace, "add", f"看看这个 {market.base}/item/{key}?from=share", "--note", "a neighbour's", "--by", "Li"
        ).returncode
        == 0
    )
    shot = Image.new("RGB", (390, 844), "white")
    ImageDraw.Draw(shot).text((20, 300), "老料象牙手镯", "black", ImageFont.truetype(FONT, 44))
    shot.save(workspace.parent / "IMG_0001.png")
    told = said(workspace, "add", str(workspace.parent / "IMG_0001.png"), "--of", f"{market.base}/item/{key}")
    assert "terms of the trade: 1" in told.stdout
    return key


def _kept(workspace: Path, until: str) -> list[str]:
    """Keep the schedule UNTIL it says so; all that it said."""
    out = workspace / "said.txt"
    with started(workspace, "schedule", "run", "--by", "a volunteer") as keeper:
        awaited(lambda: until in out.read_text("utf-8"), until, NIGHT)
        keeper.send_signal(signal.SIGINT)
        assert keeper.wait(60) == 130
    return out.read_text("utf-8").splitlines()


def test_every_round_of_every_site_has_an_outcome_whoever_looked(archive: Archive) -> None:
    sweeps = archive.ask(
        "SELECT platform, how, e.outcome FROM sweep s LEFT JOIN sweep_end e ON e.sweep_id = s.id ORDER BY s.id"
    )
    assert sweeps[:3] == [(name, "attended", "complete") for name in ("market", "oscar", "spirit")]
    robots = {(platform, outcome) for platform, how, outcome in sweeps[3:] if how == "robot"}
    assert robots == {("market", "complete"), ("oscar", "complete"), ("spirit", "not_let_in")}
    assert archive.ask("SELECT count(*) FROM pause") == [(0,)]


def test_no_wall_is_taken_for_a_zero_and_every_term_was_asked_for_everywhere(archive: Archive) -> None:
    terms = {*search_terms("zh")}
    for site in ("market", "oscar"):
        assert terms <= archive.outcomes(site, "robot").keys()
        assert set(archive.outcomes(site, "robot").values()) <= {"hits", "confirmed_zero", "banned_term_notice"}
    assert archive.outcomes("spirit", "robot") == {"phone case": "login_wall"}
    assert archive.outcomes("spirit", "attended") == {"象牙": "login_wall", "ivory": "hits"}
    assert archive.outcomes("market", "attended") | {BANNED: "banned_term_notice"} == archive.outcomes(
        "market", "attended"
    )
    of_walled = archive.ask(
        "SELECT how, outcome FROM query q JOIN sweep s ON s.id = q.sweep_id"
        f" WHERE platform = 'market' AND term = '{WALLED}' ORDER BY q.id"
    )
    assert of_walled == [("attended", "login_wall"), ("robot", "login_wall"), ("attended", "hits"), ("robot", "hits")]


def test_the_wall_of_the_night_had_the_same_sweep_wait_and_go_on_in_the_morning(archive: Archive) -> None:
    night, morning = "\n".join(archive.night), "\n".join(archive.morning)
    assert "market waits for a person since" in night
    assert "market complete" not in night
    assert "market complete" in morning
    (sweep,) = {each for (each,) in archive.ask("SELECT id FROM sweep WHERE platform = 'market' AND how = 'robot'")}
    asked = [term for (term,) in archive.ask(f"SELECT term FROM query WHERE sweep_id = {sweep} AND page = 1")]
    twice = {term for term in asked if asked.count(term) > 1}
    assert WALLED in twice
    assert twice <= {WALLED, "手机壳", "phone case"}, "but for the canaries nothing was asked for again"


def test_everything_suspect_in_the_shop_was_seen_kept_whole_and_waits_for_review(archive: Archive) -> None:
    wanted = [ware for ware in WARES if ware.label is Label.SUSPECT]
    found = {title for ware in wanted for term in search_terms("zh") if term in (title := ware.title)}
    assert len(found) >= 10
    waiting = archive.waiting("oscar")
    assert found <= {each["title"] for each in waiting}
    assert {each["capture"] for each in waiting} == {"complete"}


def test_what_a_person_opened_or_brought_waits_for_review_too(archive: Archive) -> None:
    assert "live" in [each["condition"] for each in archive.waiting("spirit")]
    (tip,) = [each for each in archive.waiting("market") if each["key"] == archive.tip]
    assert "a tip (Li: a neighbour's)" in tip["reasons"]
    assert any(reason.startswith("in a picture: ") and "象牙" in reason for reason in tip["reasons"])


def test_a_listing_is_one_whether_a_person_or_the_robot_saw_it(archive: Archive) -> None:
    both = archive.ask(
        "SELECT l.platform, count(DISTINCT s.how) FROM listing l JOIN sighting t ON t.listing_id = l.id"
        " JOIN query q ON q.id = t.query_id JOIN sweep s ON s.id = q.sweep_id GROUP BY l.id"
    )
    assert {platform for platform, ways in both if ways == 2} == {"market", "oscar"}
    looked = (
        "SELECT DISTINCT json_extract(environment, '$.vantage'), json_extract(environment, '$.profile') FROM visit"
    )
    assert {*archive.ask(looked)} == {("browser", "attended"), ("browser", "clean"), ("plain HTTP", None)}
    assert archive.ask("SELECT count(*) FROM listing GROUP BY platform, key HAVING count(*) > 1") == []


def test_a_live_room_that_a_person_opened_is_reviewed_by_what_stands_in_its_window(archive: Archive) -> None:
    rooms = archive.ask(
        "SELECT json_extract(environment, '$.profile') FROM visit_exhibit x JOIN visit v ON v.id = x.visit_id"
        f" JOIN listing l ON l.id = v.listing_id WHERE x.role = 'metadata' AND l.key = '{ROOM}'"
    )
    assert ("attended",) in rooms
    (room,) = [each for each in archive.waiting("market") if each["key"] == ROOM]
    assert any(reason.startswith("offered in its live room: ") for reason in room["reasons"])


def test_the_archive_is_sound_and_none_of_it_is_the_volunteers_own(archive: Archive) -> None:
    verified = said(archive.workspace, "verify")
    assert verified.returncode == 0, verified.stdout
    assert "Sound" in verified.stdout
    assert len(archive.secrets) >= 4
    for secret in archive.secrets:
        assert [path for path, body in whole(archive.workspace) if secret.encode() in body] == []


def test_the_robot_was_a_polite_guest(archive: Archive) -> None:
    assert "delay = 0.5" in (PLATFORMS / "oscar.toml").read_text("utf-8")
    assert len(archive.gaps) > 40
    assert min(archive.gaps) >= 0.45, "half a second between a search and the next"
    sweeps = archive.ask("SELECT platform, count(*) FROM sweep WHERE how = 'robot' GROUP BY platform")
    assert sweeps == [("market", 1), ("oscar", 1), ("spirit", 1)], "none anew in the morning, for one that waited"


def test_the_report_tells_what_was_not_seen(archive: Archive) -> None:
    told = [json.loads(line) for line in said(archive.workspace, "report", "--json").stdout.splitlines()]
    sites = {each["platform"]: each for each in told if each["kind"] == "platform"}
    assert set(sites) == {"market", "oscar", "spirit"}
    assert sites["spirit"]["queries"]["login_wall"] == 2, "the volunteer's and the night's"
    assert "confirmed_zero" not in sites["spirit"]["queries"]
    (page,) = re.findall(r"report: written: (.+)$", "\n".join(archive.night), re.MULTILINE)
    assert Path(page).stat().st_size > 1000
