"""The site sees the volunteer and nobody else; new windows are recorded; one session at a time, only on a screen."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

from playwright.sync_api import BrowserContext, sync_playwright

from crawler.chromium.find import chromium
from tests.browse.screen import Screen
from tests.browse.stall import FILE, furnish
from tests.browse.volunteer import Terminal, beside, made, rows, said, surroundings
from tests.recorded import Noting, noting


def _hour(context: BrowserContext, base: str, done: Callable[[str], None]) -> None:
    """Search, scroll a little, open two listings: the same each time."""
    page = context.pages[0]
    done("hits 2 cards")
    page.mouse.move(300, 300)
    page.mouse.wheel(0, 900)
    done("hits 2 cards")
    for key in (1, 2):
        page.goto(f"{base}/item/{key}")
        done(f"{key}: live")


def test_the_site_is_asked_for_nothing_that_the_volunteer_did_not_ask_for(screen: Screen, tmp_path: Path) -> None:
    with noting() as site:
        furnish(site)
        workspace = made(tmp_path / "w", f'allow = ["{site.place}"]\n', stall=FILE.format(base=site.base))
        with beside(workspace, screen.display, "stall") as volunteer:
            seen: list[int] = [0]

            def heard(words: str) -> None:
                seen[0] = volunteer.terminal.until(words, after=seen[0])

            _hour(volunteer.context, site.base, heard)
        beside_us = site.paths()
        site.asked.clear()
        _alone(site, screen, tmp_path / "profile")
        alone = site.paths()
    assert len(alone) >= 12
    assert [each.partition("?")[0] for each in beside_us] == [each.partition("?")[0] for each in alone]
    told = {"/far.png", "/reached", "/resized", "/scrolled"}  # by whoever goes, or looks, where the volunteer did not
    assert [each for each in beside_us if each.split()[1] in told] == []
    agents = {line for head in site.asked for line in head.split("\r\n") if line.startswith("User-Agent")}
    assert len(agents) == 1


def _alone(site: Noting, screen: Screen, profile: Path) -> None:
    """The same in a browser beside which nobody sits."""
    words = [str(chromium()), f"--user-data-dir={profile}", "--remote-debugging-port=0", "--no-first-run"]
    words += ["--no-default-browser-check", "--no-sandbox", "--disable-features=Prerender2", "about:blank"]
    env = surroundings(profile, screen.display)
    with Popen(words, env=env, stderr=subprocess.PIPE, text=True) as process:
        try:
            told = next(line for line in process.stderr or () if "DevTools listening" in line)
            with sync_playwright() as playwright:
                browser = playwright.chromium.connect_over_cdp(told.split()[-1], no_defaults=True)
                page = browser.contexts[0].pages[0]
                page.goto(f"{site.base}/search?q=x")
                _hour(browser.contexts[0], site.base, lambda _: page.wait_for_timeout(2000))
                browser.close()
        finally:
            process.terminate()


def test_new_windows_and_pages_that_change_by_themselves_are_recorded(screen: Screen, tmp_path: Path) -> None:
    with noting() as site:
        furnish(site)
        workspace = made(tmp_path / "w", f'allow = ["{site.place}"]\n', stall=FILE.format(base=site.base))
        with beside(workspace, screen.display, "stall") as volunteer:
            volunteer.terminal.until("hits 2 cards")
            volunteer.goes(f"{site.base}/item/1/app", "1: live")
            volunteer.does(lambda: volunteer.page.click("button"), "2: live", "象牙手镯 2")
            volunteer.opens("#pop", "3: live", ctrl=False)
            volunteer.page.close()
            for page in volunteer.context.pages:
                page.close()
            assert volunteer.terminal.wait() == 0
    assert any("Ended in order" in line for line in volunteer.terminal.lines)
    found = rows(workspace, "SELECT l.key, v.title FROM visit v JOIN listing l ON l.id = v.listing_id ORDER BY v.id")
    assert found == [("1", "象牙手镯 1"), ("2", "象牙手镯 2"), ("3", "象牙手镯 3")]
    assert rows(workspace, "SELECT because FROM sweep_end") == [("the volunteer closed the window",)]
    assert said(workspace, "verify").returncode == 0


def test_a_second_window_of_one_platform_and_a_machine_without_a_screen_are_told_in_one_line(
    screen: Screen, tmp_path: Path
) -> None:
    with noting() as site:
        furnish(site)
        workspace = made(tmp_path / "w", f'allow = ["{site.place}"]\n', stall=FILE.format(base=site.base))
        with beside(workspace, screen.display, "stall"):
            second = Terminal(["browse", "stall"], surroundings(workspace, screen.display))
            assert second.wait() == 3
            assert [line for line in second.lines if "browsed already" in line] == second.lines
    blind = Terminal(["browse", "stall"], surroundings(workspace, "") | {"WAYLAND_DISPLAY": ""})
    assert blind.wait() == 6
    assert len(blind.lines) == 1
    assert "no screen" in blind.lines[0]
    assert rows(workspace, "SELECT count(*) FROM sweep") == [(1,)]  # a session that could not begin leaves none
    assert (workspace / "profiles" / "stall").stat().st_mode & 0o777 == 0o700


def test_the_start_page_of_a_platform_that_no_robot_may_search_is_its_search_for_the_first_term(
    screen: Screen, tmp_path: Path
) -> None:
    with noting() as site:
        site.page("/search", "<h1>results</h1>")
        workspace = made(tmp_path / "w", f'[bases]\nxianyu = "{site.base}"\n')
        with beside(workspace, screen.display, "xianyu") as volunteer:
            volunteer.terminal.until("unreadable", "does not say where cards stand")
        first = next(path for path in site.asked if path.startswith("GET /search"))
        assert first.startswith("GET /search?q=%")
    assert any("Your account" in line for line in volunteer.terminal.lines)
