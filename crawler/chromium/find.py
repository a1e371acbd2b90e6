"""Finds the browser to use; standard library only, because the set-up asks it before anything is installed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from config.program import run
from config.system import BROWSERS_ANSWER, installed_browsers

ANSWER = 30.0  # seconds in which a browser must have said its version

BY_HAND = "WILDFREE_CHROMIUM"  # names the one browser to use, whatever else there is
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CACHES = (".cache/ms-playwright", "Library/Caches/ms-playwright", "AppData/Local/ms-playwright")
INSIDE = ("chrome-linux*/chrome", "chrome-win*/chrome.exe", "chrome-mac*/*.app/Contents/MacOS/*")


def chromium() -> Path | None:
    """The browser to use, or None; one that does not say its version is none."""
    return next((browser for browser in _candidates() if _answers(browser)), None)


def _candidates() -> Iterator[Path]:
    """Where a browser may be, best first: named by hand (then no other), Playwright's newest, PATH, usual places."""
    if os.environ.get(BY_HAND):
        yield Path(os.environ[BY_HAND]).expanduser()
        return
    yield from downloaded()
    found = (shutil.which(command) for command in COMMANDS)
    yield from (Path(browser) for browser in found if browser)
    yield from installed_browsers()


def downloaded() -> list[Path]:
    """The browsers that Playwright has fetched, newest first."""
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    caches = [Path(named)] if named else [Path.home() / cache for cache in CACHES]
    kept = [folder for cache in caches for folder in cache.glob("chromium-*")]
    kept.sort(key=lambda folder: int(re.sub(r"\D", "", folder.name) or 0), reverse=True)
    return [browser for folder in kept for inside in INSIDE for browser in folder.glob(inside)]


def _answers(browser: Path) -> bool:
    """Whether BROWSER says its version; a snap does not count, as it cannot see our folders."""
    if not BROWSERS_ANSWER:
        return browser.is_file()
    well, said = run([str(browser), "--version"], limit=ANSWER)
    return well and re.search(r"\d+\.\d+\.\d+", said) is not None and "snap" not in said.casefold()
