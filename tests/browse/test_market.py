"""A volunteer's stretch on the practice market: searches, scrolling, listings, a notice, a wall, another site."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image

from archive.pause import Waiting, pause, paused
from archive.vault import Vault
from desk.practice.market import Market
from tests.browse.screen import RED, Screen
from tests.browse.volunteer import Volunteer, beside, made, rows, said, settled, whole
from tests.market.visitor import titled
from tests.recorded import noting

CANARY = "kumquat-lantern-7313"  # stands on the other site alone
BANNED, WALLED = "虎骨", "犀角"
REASON = "涉嫌出售国家重点保护野生动物制品"
CARDS = "ul.results > li.card"


@dataclass
class Stretch:
    """What the volunteer did, and what was to be seen meanwhile."""

    workspace: Path
    lines: list[str]
    light: dict[str, bool]


@pytest.fixture(scope="module")
def stretch(screen: Screen, running_market: Market, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stretch]:
    market = running_market
    market.reset()
    market.remove("10004", REASON)
    market.play("banned_term", BANNED)
    market.play("login_wall", WALLED)
    with noting() as other:
        other.page("/", f"<h1>{CANARY}</h1>", ("Set-Cookie", f"who={CANARY}"))
        settings = f'allow = ["{other.place}"]\n[bases]\nmarket = "{market.base}"\n'
        workspace = made(tmp_path_factory.mktemp("beside") / "w", settings)
        with Vault.open(workspace) as vault, vault.writing() as session:
            pause(session, Waiting("market", 1, datetime.now(UTC), "login_wall: log in first"))
        with beside(workspace, screen.display, "market") as volunteer:
            light = _walk(volunteer, market.base, other.base, screen)
    yield Stretch(workspace, volunteer.terminal.lines, light)
    market.reset()


def _walk(volunteer: Volunteer, market: str, other: str, screen: Screen) -> dict[str, bool]:
    """Search, scroll, open three, look at one that is gone, be refused, meet a wall, go elsewhere, come back."""
    page, light = volunteer.page, {}
    volunteer.terminal.until("象牙: hits")
    light["on the market"] = settled(lambda: screen.red() > 1000)
    assert page.locator(CARDS).count() < len(titled("象牙")), "all is there at once: nothing comes by scrolling"
    volunteer.does(lambda: page.mouse.wheel(0, 20_000), "象牙: hits")
    for at in (1, 3):
        volunteer.opens(f"{CARDS}:nth-child({at}) a", "live")
    volunteer.does(page.locator(f"{CARDS}:nth-child(4) a").first.click, "live")
    volunteer.goes(f"{market}/item/10004", "10004: gone")
    page.locator("input[name=q]").fill(BANNED)
    volunteer.does(lambda: page.keyboard.press("Enter"), f"{BANNED}: banned_term_notice")
    volunteer.goes(f"{market}/search?q={quote(WALLED)}", f"{WALLED}: login_wall")
    volunteer.goes(f"{market}/search?q={quote('没有这种东西')}", "没有这种东西: confirmed_zero")
    page.goto(other)
    light["elsewhere"] = settled(lambda: screen.red() == 0)
    volunteer.goes(f"{market}/search?q={quote('虎骨酒')}", "虎骨酒: hits")
    return light


def test_searches_listings_notice_and_wall_are_kept_as_attended(stretch: Stretch) -> None:
    assert rows(stretch.workspace, "SELECT how, asked_by FROM sweep") == [("attended", "a volunteer")]
    assert rows(stretch.workspace, "SELECT outcome, because FROM sweep_end") == [
        ("complete", "the volunteer ended it")
    ]
    found = dict[object, object](rows(stretch.workspace, "SELECT term, outcome FROM query"))  # type: ignore[arg-type]
    assert found == {
        "象牙": "hits",
        BANNED: "banned_term_notice",
        WALLED: "login_wall",
        "没有这种东西": "confirmed_zero",
        "虎骨酒": "hits",
    }
    titles = rows(
        stretch.workspace, "SELECT s.title FROM sighting s JOIN query q ON q.id = s.query_id WHERE q.term = '象牙'"
    )
    assert sorted(str(title) for (title,) in titles) == [each for each in titled("象牙") if "筷子十双" not in each]
    kept = rows(
        stretch.workspace, "SELECT role FROM query_exhibit JOIN query q ON q.id = query_id WHERE q.term = '虎骨'"
    )
    assert kept == [("screenshot",), ("payload",), ("dom",)]


def test_each_opened_listing_is_a_full_visit_with_its_profile_told(stretch: Stretch) -> None:
    visits = rows(
        stretch.workspace,
        "SELECT condition, cause, capture, json_extract(environment, '$.profile'),"
        " json_extract(environment, '$.address'), reason FROM visit ORDER BY id",
    )
    assert len(visits) == 4
    assert [each[:2] + each[3:] for each in visits[:3]] == [("live", None, "attended", "127.0.0.1", "")] * 3
    assert visits[3] == ("gone", "platform", "complete", "attended", "127.0.0.1", REASON)
    roles = "SELECT visit_id, role FROM visit_exhibit GROUP BY visit_id, role"
    missing = rows(stretch.workspace, "SELECT json_extract(missing, '$[0]') FROM visit ORDER BY id")
    for number in range(1, 5):
        there = {role for visit, role in rows(stretch.workspace, roles) if visit == number}
        assert {"dom", "text", "screenshot", "mhtml", "manifest"} <= there
        assert number == 4 or "picture" in there
        (why,) = missing[number - 1]  # a tab of its own may be quicker than we are; then it is said
        quicker = number < 3 and visits[number - 1][2] == "partial" and "as delivered" in str(why)
        assert "payload" in there or quicker


def test_the_archive_holds_is_reviewed_and_bundled_as_any_other(stretch: Stretch, tmp_path: Path) -> None:
    verified = said(stretch.workspace, "verify")
    assert verified.returncode == 0, verified.stdout
    assert "Sound" in verified.stdout
    listed = said(stretch.workspace, "review", "--list")
    assert "象牙" in listed.stdout
    bundled = said(stretch.workspace, "bundle", "1", "--out", str(tmp_path / "bundle"))
    assert bundled.returncode == 0, bundled.stdout


def test_nothing_of_another_site_stands_anywhere(stretch: Stretch) -> None:
    files = list(whole(stretch.workspace))
    assert len(files) > 30
    assert [path for path, body in files if CANARY.encode() in body] == []
    assert [line for line in stretch.lines if CANARY in line] == []


def test_a_light_shows_while_a_page_is_recorded_and_in_no_picture(stretch: Stretch) -> None:
    assert stretch.light == {"on the market": True, "elsewhere": True}
    shots = rows(stretch.workspace, "SELECT sha256 FROM visit_exhibit WHERE role = 'screenshot'")
    assert len(shots) == 4
    for (sha256,) in shots:
        with Image.open(stretch.workspace / "evidence" / str(sha256)[:2] / str(sha256)) as picture:
            colours = picture.convert("RGB").getcolors(picture.width * picture.height) or []
        assert RED not in {colour for _, colour in colours}


def test_a_page_that_could_be_read_ends_the_wait_for_a_person(stretch: Stretch) -> None:
    assert any("market waits for a person" in line for line in stretch.lines)
    assert any("goes on" in line and "market" in line for line in stretch.lines[3:])
    with Vault.open(stretch.workspace) as vault:
        assert paused(vault) == {}


def test_the_terminal_shows_what_to_try_next_and_what_was_tried(stretch: Stretch) -> None:
    left = [line for line in stretch.lines if line.startswith("Try next (")]
    assert len(left) >= 3
    assert len(set(left)) == len(left)
    first, last = (int(line.split("(")[1].split()[0]) for line in (left[0], left[-1]))
    assert first > last
    (end,) = [line for line in stretch.lines if line.startswith("Ended in order")]
    assert end.startswith("Ended in order. Recorded: 5 searches, 4 listings, 1 wall.")
