"""Pages that go on by themselves, come from memory, never come, or never end: what is kept of each is true."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browse.screen import Screen
from tests.browse.stall import FILE, JSON, ROOM, SHELL, cards, furnish
from tests.browse.volunteer import Terminal, Volunteer, beside, made, rows, said, surroundings
from tests.recorded import HTML, Noting, noting

SPA = """<!doctype html><link rel="icon" href="data:,"><h1>{}</h1><script>
async function go(url, title) {{
    await (await fetch('/api/item')).json();
    history.pushState({{}}, '', url);
    document.querySelector('h1').textContent = title;
}}</script>"""
FEED = """<script>let key = 10; addEventListener('scroll', () => {
    for (const _ of Array(12)) {
        const made = document.createElement('li');
        made.className = 'card';
        made.innerHTML = `<a href="/item/${++key}">象牙 ${key}</a>`;
        document.querySelector('ul').append(made);
    }
});</script>"""
KEEPS = ("Cache-Control", "max-age=600")
VISITS = (
    "SELECT l.key, v.condition, v.status, v.capture, json_extract(v.environment, '$.within') IS NOT NULL"
    " FROM visit v JOIN listing l ON l.id = v.listing_id ORDER BY v.id"
)
LOGIN = """
[[signs]]
means = "walled"
url = "/login$"
"""


@pytest.fixture
def site() -> Iterator[Noting]:
    with noting() as site:
        furnish(site)
        yield site


@pytest.fixture
def other() -> Iterator[Noting]:
    with noting() as other:
        yield other


@pytest.fixture
def workspace(site: Noting, other: Noting, tmp_path: Path) -> Path:
    file = FILE.format(base=site.base) + LOGIN
    return made(tmp_path / "w", f'allow = ["{site.place}", "{other.place}"]\n', stall=file)


def led(volunteer: Volunteer, url: str, *words: str) -> None:
    """Follow a link to URL, and wait for the line of WORDS."""
    volunteer.does(lambda: volunteer.page.evaluate("url => { location.href = url }", url), *words)


def stepped(volunteer: Volunteer, key: int) -> None:
    """Have the page go on by itself to the listing KEY."""
    volunteer.does(lambda: volunteer.page.evaluate(f"go('/item/{key}', '象牙 {key}')"), f"{key}: live")


def test_what_a_page_goes_on_to_by_itself_is_judged_without_the_answer_that_brought_it(
    screen: Screen, site: Noting, workspace: Path
) -> None:
    site.give("/item/9", SPA.format("not here").encode(), HTML, status=404)
    site.give("/item/4", SPA.format("象牙手镯 4").encode(), HTML, KEEPS)
    site.give("/api/item", b"{}", JSON)
    with beside(workspace, screen.display, "stall") as volunteer:
        volunteer.goes(f"{site.base}/item/1", "1: live")
        volunteer.goes(f"{site.base}/item/9", "9: gone")
        for key in (2, 1):
            stepped(volunteer, key)
        volunteer.goes(f"{site.base}/item/4", "4: live")
        volunteer.goes(f"{site.base}/item/1", "1: live")
        led(volunteer, f"{site.base}/item/4", "4: it came from the browser's own memory")
        stepped(volunteer, 3)
    assert rows(workspace, VISITS) == [
        ("1", "live", 200, "complete", 0),
        ("9", "gone", 404, "complete", 0),
        ("2", "live", None, "complete", 1),
        ("1", "live", None, "complete", 1),
        ("4", "live", 200, "complete", 0),
        ("1", "live", 200, "complete", 0),
        ("3", "live", None, "partial", 1),  # its document came from memory, and not as delivered
    ]
    assert said(workspace, "verify").returncode == 0


def test_a_search_that_the_site_was_not_asked_for_is_not_kept(screen: Screen, site: Noting, workspace: Path) -> None:
    site.page("/search", cards(1, 2), KEEPS)
    with beside(workspace, screen.display, "stall") as volunteer:
        volunteer.goes(f"{site.base}/search?q=x", "x: hits 2 cards")
    site.page("/search", "<h1>log in</h1>")
    with beside(workspace, screen.display, "stall") as volunteer:
        volunteer.goes(f"{site.base}/item/1", "1: live")
        asked = len(site.asked)
        led(volunteer, f"{site.base}/search?q=x", "not recorded", "x: it came from the browser's own memory")
        assert not [each for each in site.asked[asked:] if "q=x" in each], "the site was asked: this proves nothing"
    assert rows(workspace, "SELECT sweep_id FROM query WHERE term = 'x'") == [(1,)]


def test_a_source_is_no_page_and_a_login_elsewhere_stands_under_what_led_to_it(
    screen: Screen, site: Noting, other: Noting, workspace: Path
) -> None:
    other.page("/login", "<h1>please log in</h1>")
    with beside(workspace, screen.display, "stall") as volunteer:
        volunteer.terminal.until("hits 2 cards")
        for path in ("/item/5", "/home"):
            site.give(path, b"", ("Location", f"{other.base}/login"), status=302)
        volunteer.does(lambda: volunteer.page.goto(f"view-source:{site.base}/item/1"), "1: its source is shown")
        led(volunteer, f"{site.base}/item/2", "2: live")
        volunteer.goes(f"{site.base}/item/5", "wall", "5: walled")
        volunteer.goes(f"{site.base}/home", "wall", f"{site.base}/home: login_wall")
    assert [each[:2] for each in rows(workspace, VISITS)] == [("2", "live"), ("5", "walled")]
    assert rows(workspace, "SELECT term, outcome FROM query")[1:] == [("", "login_wall")]


def test_a_site_that_nobody_answers_for_is_kept_as_failed(screen: Screen, tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # and does not listen
        place = f"127.0.0.1:{held.getsockname()[1]}"
        workspace = made(tmp_path / "w", f'allow = ["{place}"]\n', stall=FILE.format(base=f"http://{place}"))
        terminal = Terminal(["browse", "stall"], surroundings(workspace, screen.display))
        try:
            terminal.until("failed", "象牙: failed", "no page came")
            assert terminal.end() == 0
        finally:
            terminal.end(signal.SIGKILL)
    assert rows(workspace, "SELECT term, outcome FROM query") == [("象牙", "failed")]
    assert "Recorded: 1 failure. Left to try:" in terminal.lines[-1]


def test_an_empty_answer_is_no_page(screen: Screen, site: Noting, workspace: Path) -> None:
    site.give("/item/4", b"", HTML, status=404)
    with beside(workspace, screen.display, "stall") as volunteer:
        volunteer.terminal.until("hits 2 cards")
        led(volunteer, f"{site.base}/item/4", "failed", "4: unreachable")
        volunteer.page.wait_for_function("location.protocol == 'chrome-error:'")  # else it is in the next one's way
        volunteer.goes(f"{site.base}/item/1", "1: live")
    assert [each[:4] for each in rows(workspace, VISITS)] == [
        ("4", "unreachable", None, "failed"), ("1", "live", 200, "complete")
    ]  # fmt: skip


@pytest.mark.slow
def test_one_opened_page_is_one_visit_however_it_grows_and_a_picture_that_never_comes_costs_seconds(
    screen: Screen, site: Noting, workspace: Path
) -> None:
    site.page("/item/1", SHELL.format(who="", body="<h1>象牙手镯 1</h1>" + cards(2) + ROOM + FEED))
    site.page("/item/2", '<h1>象牙手镯 2</h1><p class="photo"><img src="/never"></p>')
    with beside(workspace, screen.display, "stall") as volunteer:
        volunteer.goes(f"{site.base}/item/1", "1: live")
        for _ in range(4):
            volunteer.page.mouse.wheel(0, 300)
            volunteer.page.wait_for_timeout(2500)
        assert volunteer.page.locator("li.card").count() > 40
        led(volunteer, f"{site.base}/item/2", "2: live")
        assert not site.slow.is_set()
    kept = rows(workspace, VISITS)
    assert [each[:4] for each in kept] == [("1", "live", 200, "complete"), ("2", "live", 200, "partial")]
    missing = str(rows(workspace, "SELECT missing FROM visit")[1][0])
    assert "what was still to be loaded when it was looked at" in missing
