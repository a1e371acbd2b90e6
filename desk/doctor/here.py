"""What this machine has for wildfree: Python, a browser that starts, fonts, the printer, a clock, mirrors."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from tempfile import TemporaryDirectory

from config.errors import MachineError
from config.platform import platforms
from config.program import run
from config.system import NAME, mend, root
from crawler.chromium.find import BY_HAND, chromium
from desk.doctor.finding import Finding, missing, ok, unknown, warn
from desk.machine import FONT_MIRROR, INDEX_MIRRORS, NEWEST, OLDEST
from letters.press.pdf import tried

STARTS = 30.0  # s in which Chromium must have drawn an empty page
MIRRORS = (*INDEX_MIRRORS, "PLAYWRIGHT_DOWNLOAD_HOST", FONT_MIRROR)
LATEST = 2100  # a year that no clock shows yet


def findings(now: datetime) -> Iterator[Finding]:
    """Each thing that the machine must have, in turn; NOW is what its clock shows."""
    yield _python()
    yield from _browser()
    yield _printer()
    yield clock(now, _newest())
    yield _mirrors()


def _python() -> Finding:
    found = f"Python {sys.version.split()[0]}, wildfree {version('wildfree')}, {NAME}"
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return ok("python", found)
    wanted = " to ".join(".".join(map(str, each)) for each in (OLDEST, NEWEST))
    return warn("python", found, f"wildfree is tried on Python {wanted}: install one of these")


def _browser() -> Iterator[Finding]:
    path = chromium()
    if path is None:
        named = os.environ.get(BY_HAND)
        found = f"{BY_HAND}={named} does not answer" if named else "no Chromium"
        yield missing("browser", found, f"mend or unset {BY_HAND}" if named else mend("browser"))
        return
    with TemporaryDirectory(prefix="wildfree-doctor-") as profile:
        flags = ["--headless", "--disable-gpu", f"--user-data-dir={profile}", *(["--no-sandbox"] if root() else [])]
        began, said = run([str(path), *flags, "--dump-dom", "data:text/html,<p>wildfree"], limit=STARTS)
    if not began or "wildfree" not in said:
        lines = [line for line in said.splitlines() if line.strip()] or ["it said nothing"]
        yield missing("browser", f"{path} does not start: {lines[-1].strip()}", mend("browser"))
        return
    yield ok("browser", f"{path} starts and draws a page")
    if root():
        yield warn("sandbox", "off: Chromium has none for root", "work as an ordinary user, not as root")
    else:
        yield ok("sandbox", "on: Chromium starts with it")


def _printer() -> Finding:
    try:
        tried()
    except MachineError as lack:
        found, _, how = str(lack).partition(". ")
        return missing("printer", found, how)
    return ok("printer", "prints Chinese into a PDF")


def _newest() -> datetime:
    """A day that is surely past: the newest on which a shipped file was read."""
    day = max(each.read_on for each in platforms())
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def clock(now: datetime, past: datetime) -> Finding:
    """Whether NOW can be true, being later than PAST; how exact it is, only other clocks can say."""
    if past <= now < datetime(LATEST, 1, 1, tzinfo=UTC):
        return unknown("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC; to compare it: wildfree doctor --network")
    return missing("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC cannot be true", "set the clock, and let it set itself")


def _mirrors() -> Finding:
    named = [f"{name}={os.environ[name]}" for name in MIRRORS if os.environ.get(name)]
    return ok("mirrors", ", ".join(named) or f"none set ({', '.join(MIRRORS)})")
