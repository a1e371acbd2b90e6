"""Pages that go on by themselves: what is private is not recorded, and cards without end are looked at seldom."""

import json
from pathlib import Path

import pytest

from crawler.beside import settle
from tests.browse.screen import Screen
from tests.browse.stall import FILE, JSON, furnish
from tests.browse.volunteer import beside, made, rows, settled, whole
from tests.recorded import noting

EARLY, LATE = "order 7719 fifth floor", "saved search 6620"
SPA = """<div id="root"><h1>象牙手镯 1</h1></div><button id="in">messages</button><button id="out">on</button><script>
document.querySelector('#in').onclick = async () => {
    await (await fetch('/api/early')).json();
    history.pushState({}, '', '/messages');
    root.textContent = (await (await fetch('/api/late')).json()).text;
};
document.querySelector('#out').onclick = async () => {
    history.pushState({}, '', '/item/2');
    const { title } = await (await fetch('/api/item')).json();
    root.innerHTML = `<h1>${title}</h1>`;
};
</script>"""
DRIP = """<ul><li class="card"><a href="/item/1">象牙手镯 1</a></li></ul><script>
let key = 1;
setInterval(() => {
    const made = document.createElement('li');
    made.className = 'card';
    made.innerHTML = `<a href="/item/${++key}">象牙手镯 ${key}</a>`;
    document.querySelector('ul').append(made);
}, 500);</script>"""


def test_a_private_address_that_a_page_goes_to_by_itself_is_not_recorded(screen: Screen, tmp_path: Path) -> None:
    with noting() as site:
        furnish(site)
        site.page("/item/1/app", SPA)
        site.give("/api/early", json.dumps({"text": EARLY}).encode(), JSON)
        site.give("/api/late", json.dumps({"text": LATE}).encode(), JSON)
        site.give("/api/item", json.dumps({"title": "象牙手镯 2"}).encode(), JSON)
        workspace = made(tmp_path / "w", f'allow = ["{site.place}"]\n', stall=FILE.format(base=site.base))
        with beside(workspace, screen.display, "stall") as volunteer:
            volunteer.goes(f"{site.base}/item/1/app", "1: live")
            lit = settled(lambda: screen.red() > 1000)
            volunteer.does(lambda: volunteer.page.click("#in"), "○ not recording")
            volunteer.page.get_by_text(LATE).wait_for()
            dark = settled(lambda: screen.red() == 0)
            volunteer.does(lambda: volunteer.page.click("#out"), "2: live", "象牙手镯 2")
            assert (lit, dark, settled(lambda: screen.red() > 1000)) == (True, True, True)
    assert rows(workspace, "SELECT title, condition FROM visit") == [("象牙手镯 1", "live"), ("象牙手镯 2", "live")]
    files = list(whole(workspace))
    assert any(b"/api/item" in body for _, body in files), "the second listing's own request is kept"
    for secret in (EARLY, LATE):
        assert [path for path, body in files if secret.encode() in body] == []


@pytest.mark.slow
def test_a_page_that_adds_cards_for_ever_is_looked_at_ever_more_seldom(screen: Screen, tmp_path: Path) -> None:
    with noting() as site:
        furnish(site)
        site.page("/search", DRIP)
        workspace = made(tmp_path / "w", f'allow = ["{site.place}"]\n', stall=FILE.format(base=site.base))
        with beside(workspace, screen.display, "stall") as volunteer:
            volunteer.page.locator("li:nth-child(28)").wait_for()
    ((looks, cards),) = rows(workspace, "SELECT count(*), sum(cards) FROM query")
    assert 2 <= int(str(looks)) <= 6  # one a second otherwise
    assert int(str(cards)) >= 8


def test_a_night_of_dripping_cards_leaves_few_rows_and_a_scroll_is_followed_at_once() -> None:
    wait = looks = passed = 0.0
    while passed < 8 * 3600:
        wait = settle.pause(wait, 1)
        passed, looks = passed + wait, looks + 1
    assert 100 < looks < 1500
    assert settle.pause(wait, 20) == 0.0
