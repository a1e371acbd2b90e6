"""A volunteer on a real forum: its search leads to the login, which they pass by hand; then topics are read."""

from pathlib import Path

import pytest

from tests.browse.screen import Screen
from tests.browse.volunteer import Volunteer, beside, made, rows, said, whole
from tests.forum.fixture import SHIPPED
from tests.forum.serve import Forum

MODERATOR, PASSWORD = "keeper", "marzipan-0417"  # as tests/forum/seed.py has them
TOPIC = ".layout__topics__topic a.topic__link"


def log_in_and_read(volunteer: Volunteer, forum: Forum) -> list[str]:
    """Pass the login wall by hand, search, open a topic; the values of the cookies that the volunteer then has."""
    page = volunteer.page
    volunteer.terminal.until("wall", "象牙: login_wall")
    page.locator("input[name=username]").fill(MODERATOR)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{forum.base}/search/**")
    volunteer.goes(f"{forum.base}/search/?q=ivory&page=1", "ivory: hits")
    volunteer.does(page.locator(TOPIC).first.click, "listing", "live")
    return [str(each.get("value")) for each in volunteer.context.cookies()]


@pytest.mark.slow
def test_a_login_wall_passed_by_hand_leads_to_topics_that_are_recorded_without_the_account(
    screen: Screen, forum: Forum, tmp_path: Path
) -> None:
    workspace = made(tmp_path / "w", f'[bases]\nspirit = "{forum.base}"\n', spirit=SHIPPED.read_text("utf-8"))
    with beside(workspace, screen.display, "spirit", "--own", MODERATOR) as volunteer:
        kept_out = log_in_and_read(volunteer, forum)
    outcomes = rows(workspace, "SELECT term, outcome FROM query ORDER BY id")
    assert outcomes[0] == ("象牙", "login_wall")
    assert ("ivory", "hits") in outcomes
    assert len(rows(workspace, "SELECT id FROM visit WHERE condition = 'live' AND capture = 'complete'")) == 1
    assert said(workspace, "verify").returncode == 0
    assert len(kept_out) >= 2
    for secret in (*kept_out, MODERATOR, PASSWORD):
        assert [path for path, body in whole(workspace) if secret.encode() in body] == []
    agents = {request.agent for request in forum.requests}
    assert len(agents) == 1  # the volunteer's own browser
