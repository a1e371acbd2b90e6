"""The schedule: its moments, what is due, one keeper at a time, and that nothing that happens stops the clock."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from types import FrameType
from zoneinfo import ZoneInfo

import pytest
from filelock import FileLock
from playwright.async_api import Error as PlaywrightError

from archive import todo
from archive.vault import Vault
from config.schedule import moments
from config.settings import Settings
from crawler.browser import Browser
from crawler.chromium.load import Ask
from crawler.unanswered import Unanswered
from desk import clock
from desk.commands.schedule import HOW
from desk.ending import as_ctrl_c, ending
from desk.standing import due, standing
from tests.conftest import Wildfree
from tests.site import Answer, Site, describe, opened
from tests.test_kills import BOUND, asked, awaited, birth, children_of, marked, started

ROOT = Path(__file__).parent.parent
BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday
WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def _bounded() -> Iterator[None]:
    """A clock that is never woken fails its test instead of standing still for ever."""

    def late(number: int, frame: FrameType | None) -> None:
        pytest.fail("the clock was waited for too long")  # no Exception, which the clock would survive

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, 300, 5)  # again and again: a crawl's callbacks may swallow what is raised
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def site() -> Iterator[Site]:
    with opened() as site:
        yield site


def plan(*jobs: tuple[str, str], zone: str = "Europe/Berlin") -> Settings:
    """Settings with JOBS, each its name and its times."""
    entries = [{"do": name.split()[0], "platforms": name.split()[1:], "at": at} for name, at in jobs]
    return Settings.model_validate({"time_zone": zone, "schedule": entries})


def write(workspace: Path, *jobs: tuple[str, str]) -> None:
    """Put JOBS into the workspace's settings, in place of those that stood there."""
    file = workspace / "wildfree.toml"
    kept = re.sub(r"\[\[schedule\]\]\n(\w+ = .*\n)+", "", file.read_text("utf-8"))
    for name, at in jobs:
        do, *platforms = name.split()
        kept += f'\n[[schedule]]\ndo = "{do}"\nplatforms = {json.dumps(platforms)}\nat = "{at}"\n'
    other = file.with_suffix(".new")
    other.write_text(kept, "utf-8")
    other.replace(file)


def noted(workspace: Path) -> dict[str, datetime]:
    with Vault.open(workspace) as vault:
        return todo.last_runs(vault)


def note(workspace: Path, job: str, at: datetime) -> None:
    with Vault.open(workspace) as vault:
        todo.ran(vault, job, at)


def said(workspace: Path) -> str:
    return (workspace / "said.txt").read_text("utf-8")


# --- the moments


@pytest.mark.parametrize(
    ("words", "days", "times"),
    [
        ("sun 09:00", "6", "09:00:00"),
        ("Sunday 9:00", "6", "09:00:00"),
        ("周日 09:00", "6", "09:00:00"),
        ("星期天09：00", "6", "09:00:00"),
        ("20:30 mon, thu", "03", "20:30:00"),
        ("周六、周日 8:05", "56", "08:05:00"),
        ("daily 15:30 03:30", "0123456", "03:30:00 15:30:00"),
        ("每天 00:00", "0123456", "00:00:00"),
        ("tue 23:59:58", "1", "23:59:58"),
    ],
)
def test_days_and_times_are_read_as_people_write_them(words: str, days: str, times: str) -> None:
    read = moments(words)
    assert "".join(map(str, sorted(read.days))) == days
    assert " ".join(map(str, read.times)) == times


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('do = "sweep"\nplatforms = ["market"]\nat = "snu 09:00"', "Did you mean 'sun'?"),
        ('do = "report"\nat = "星期目 09:00"', "'星期目' is no day. Did you mean '星期"),
        ('do = "report"\nat = "sun"', "lacks the time of day; write it like 'sun 09:00'"),
        ('do = "report"\nat = "09:00"', "lacks the day; write it like 'sun 09:00'"),
        ('do = "report"\nat = ""', "lacks the time of day; write it like"),
        ('do = "report"\nat = "sun 24:00"', "'24:00' is no time of day"),
        ('do = "report"\nat = "sun 9"', "'9' is no time of day"),
        ('do = "report"\nat = "sun 09:00pm"', "'09:00pm' is no time of day"),
        ('do = "report"\nat = 09:00:00', "between quotation marks"),
        ('do = "swep"\nplatforms = ["market"]\nat = "sun 09:00"', "Did you mean 'sweep'?"),
        ('do = "sweep"\nat = "sun 09:00"', 'a sweep needs to know where: platforms = ["NAME"]'),
        ('do = "check"\nplatfroms = ["market"]\nat = "sun 09:00"', "no key 'platfroms'. Did you mean 'platforms'?"),
        ('do = "sweep"\nplatforms = ["markt"]\nat = "sun 09:00"', "no 'markt.toml'. Did you mean 'market'?"),
        ('do = "report"', "lacks the key 'at'"),
        (
            'do = "check"\nplatforms = ["a", "b"]\nat = "sun 9:00"\n'
            '[[schedule]]\ndo = "check"\nplatforms = ["b", "a"]\nat = "mon 9:00"',
            "'check a b' stands there twice",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(workspace: Path, wildfree: Wildfree, entry: str, told: str) -> None:
    with (workspace / "wildfree.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[[schedule]]\n{entry}\n")
    for command in ("list", "run"):
        ran = wildfree("schedule", command)
        assert ran.code == 2
        assert told in ran.err
        assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("day", "words", "utc"),
    [
        ("2026-03-28", "daily 09:00", "08:00"),  # winter in Berlin
        ("2026-03-29", "daily 09:00", "07:00"),  # summer from this night on
        ("2026-03-29", "daily 02:30", "01:30"),  # the clocks go from 02:00 to 03:00: they then show 03:30
        ("2026-10-24", "daily 02:30", "00:30"),
        ("2026-10-25", "daily 02:30", "00:30"),  # 02:30 comes twice: at 00:30 and 01:30 UTC
        ("2026-10-26", "daily 02:30", "01:30"),
    ],
)
def test_summer_time_begins_and_ends(day: str, words: str, utc: str) -> None:
    midnight = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=BERLIN).astimezone(UTC)
    due = datetime.fromisoformat(f"{day}T{utc}+00:00")
    assert moments(words).after(midnight, BERLIN) == due
    assert moments(words).latest(due, BERLIN) == due
    assert moments(words).latest(due - timedelta(seconds=1), BERLIN) < due


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("words", ["daily 02:30", "daily 00:00", "sun 02:15", "mon thu 23:59"])
def test_each_moment_of_a_year_comes_once_whatever_the_clocks_do(zone: str, words: str) -> None:
    read, here = moments(words), ZoneInfo(zone)
    moment, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    days: list[date] = []
    while (following := read.after(moment, here)) < last:
        assert following > moment
        assert read.latest(following, here) == following
        assert read.latest(following - timedelta(microseconds=1), here) <= moment or not days
        days.append(following.astimezone(here).date())
        moment = following
    assert len(days) == len(set(days)), "a day had two"
    first, end = days[0], days[-1]
    every = [first + timedelta(each) for each in range((end - first).days + 1)]
    assert days == [day for day in every if day.weekday() in read.days], "a day had none"
    assert len(days) >= 51


# --- what is due


def test_of_ten_missed_weeks_one_run_is_due() -> None:
    week = plan(("sweep market", "sun 09:00"))
    (each,) = standing(week, {"sweep market": NOW - 10 * WEEK}, NOW)
    assert due([each]) == [(each.due, each.job)]
    assert each.due == datetime(2026, 11, 22, 8, tzinfo=UTC), "the last of them"
    assert each.next_run == datetime(2026, 11, 29, 8, tzinfo=UTC)
    (after,) = standing(week, {"sweep market": NOW}, NOW + timedelta(seconds=1))
    assert after.due is None, "one run makes up for all"


def test_what_was_missed_comes_in_the_order_of_a_week_not_of_the_file() -> None:
    week = plan(
        ("report", "mon 08:00"), ("check", "sun 18:00"), ("visit", "sun 12:00"), ("sweep market", "sun 09:00")
    )
    long_ago = dict.fromkeys(("report", "check", "visit", "sweep market"), NOW - 3 * WEEK)
    assert [job.name for _, job in due(standing(week, long_ago, NOW))] == [
        "sweep market", "visit", "check", "report",
    ]  # fmt: skip
    same = plan(("visit", "sun 09:00"), ("check", "sun 09:00"))
    assert [job.name for _, job in due(standing(same, {}, NOW))] == ["visit", "check"], "else as they stand"


def test_a_job_is_due_from_its_moment_on_and_not_before() -> None:
    week = plan(("report", "tue 13:00"))  # 12:00 UTC
    ran = {"report": NOW - timedelta(days=6)}
    (before,) = standing(week, ran, NOW - timedelta(seconds=1))
    assert (before.due, before.next_run) == (None, NOW)
    (there,) = standing(week, ran, NOW)
    assert (there.due, there.next_run) == (NOW, NOW + WEEK)
    (done,) = standing(week, {"report": NOW}, NOW)
    assert done.due is None


def test_a_job_that_never_ran_is_due_and_so_is_one_noted_by_a_clock_that_was_wrong() -> None:
    week = plan(("report", "sun 09:00"))
    assert [job.name for _, job in due(standing(week, {}, NOW))] == ["report"]
    assert [job.name for _, job in due(standing(week, {"report": NOW + 200 * WEEK}, NOW))] == ["report"]
    assert due(standing(week, {"report": NOW}, NOW)) == []


# --- the clock, in this process


class Enough(Exception):  # noqa: N818 - the test's wish
    """What was waited for was said."""


def heard(workspace: Path, until: str) -> list[str]:
    """What a clock says until it says UNTIL."""
    lines: list[str] = []

    def hear(line: str) -> None:
        lines.append(line)
        if until in line:
            raise Enough

    with pytest.raises(Enough):
        clock.Clock(workspace, "a volunteer", hear).run()
    return lines


def test_a_job_that_fails_is_told_in_one_line_and_the_next_one_runs(workspace: Path, site: Site) -> None:
    describe(workspace, site.base, delay=0)
    few_terms(workspace)
    shutil.rmtree(workspace / "reports")
    (workspace / "reports").write_text("a file where a folder ought to be", "utf-8")
    site.answers["/search"] = Answer("<html><body><p>Welcome</p></body></html>")
    jobs = ("report", "sun 09:00"), ("check stall", "sun 09:00"), ("sweep stall", "sun 09:00"), ("visit", "sun 09:00")
    write(workspace, *jobs)
    lines: list[str] = []
    clock.Clock(workspace, "a volunteer", lines.append).work_off()
    ends = [line.split("  ", 1)[1] for line in lines if "begins" not in line]
    assert [end.split(": ")[0] for end in ends] == ["report", "check stall", "sweep stall", "visit", "next"]
    assert re.fullmatch(r"report: failed: \w+Error: .*reports.* \(\w+\.py:\d+\)", ends[0])
    assert ends[2].startswith("sweep stall: stall not_let_in: the canary 'case' brought no cards")
    assert ends[3] == "visit: 0 looked at"
    assert all("\n" not in line for line in lines)
    assert set(noted(workspace)) == {name for name, _ in jobs}, "a failed run is a run: it is not tried without end"


def test_another_crawl_of_the_platform_keeps_ours_off_it(workspace: Path, site: Site) -> None:
    describe(workspace, site.base, delay=0)
    write(workspace, ("sweep stall", "sun 09:00"), ("report", "sun 09:00"))
    (workspace / ".locks").mkdir(exist_ok=True)
    lines: list[str] = []
    with FileLock(workspace / ".locks" / "stall.lock"):
        clock.Clock(workspace, "a volunteer", lines.append).work_off()
    assert any("sweep stall: failed: " in line and "another crawl of stall is under way" in line for line in lines)
    assert any("report: written: " in line for line in lines)
    assert site.asked() == []
    assert len(list((workspace / "reports").glob("*.html"))) == 1


def test_what_ran_is_remembered_and_not_done_again(workspace: Path, site: Site) -> None:
    describe(workspace, site.base, delay=0)
    few_terms(workspace)
    write(workspace, ("sweep stall", "sun 09:00"))
    note(workspace, "sweep stall", datetime.now(UTC) - 10 * WEEK)
    before = datetime.now(UTC)
    lines: list[str] = []
    clock.Clock(workspace, "a volunteer", lines.append).work_off()
    assert before <= noted(workspace)["sweep stall"] <= datetime.now(UTC)
    assert any("sweep stall: stall complete (3 searches, 9 suspect)" in line for line in lines), lines
    assert asked(workspace, "SELECT asked_by FROM sweep") == [("a volunteer",)], "ten missed weeks are one run"
    clock.Clock(workspace, "a volunteer", lines.append).work_off()
    assert len(asked(workspace, "SELECT 1 FROM sweep")) == 1
    assert "next: sweep stall at Sun " in lines[-1]


def test_a_week_goes_by_itself_and_each_job_says_what_it_brought(workspace: Path, site: Site) -> None:
    describe(workspace, site.base, delay=0)
    few_terms(workspace)
    write(workspace, *((job, "sun 09:00") for job in ("sweep stall", "visit", "check stall", "report")))
    lines: list[str] = []
    clock.Clock(workspace, "a volunteer", lines.append).work_off()
    said = dict(line.split("  ", 1)[1].split(": ", 1) for line in lines if "begins" not in line)
    assert said["sweep stall"] == "stall complete (3 searches, 9 suspect)"
    assert said["visit"] == "3 looked at, 3 live"
    assert said["check stall"] == "3 looked at, 3 live", "those before are not counted again"
    assert Path(said["report"].removeprefix("written: ")).stat().st_size > 1000


def test_what_is_put_off_stays_due_and_goes_on_later(workspace: Path, site: Site) -> None:
    describe(workspace, site.base, delay=0)
    few_terms(workspace)
    write(workspace, ("sweep stall", "sun 09:00"), ("visit", "sun 09:00"), ("report", "sun 09:00"))
    site.answers["/item/1"] = Answer("slow down", 429)
    lines: list[str] = []
    keeper = clock.Clock(workspace, "a volunteer", lines.append)
    keeper.work_off()
    (visit,) = [line for line in lines if "visit: 1 looked at" in line]
    assert re.search(r"1 looked at, 1 rate_limited; put off: stall: .*; goes on at \d\d:\d\d$", visit)
    assert any("report: written" in line for line in lines), "it holds nobody up"
    asked_so_far = site.asked("/item")
    keeper.work_off()
    assert site.asked("/item") == asked_so_far, "later has come too soon"
    assert sum("visit: begins" in line for line in lines) == 1
    assert set(noted(workspace)) == {"sweep stall", "report"}, "it is due at the next start, too"


def test_where_nobody_answers_it_is_tried_again_later_and_not_for_ever(
    workspace: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened() as gone:
        describe(workspace, gone.base, delay=0)
    write(workspace, ("sweep stall", "sun 09:00"))
    lines: list[str] = []
    keeper = clock.Clock(workspace, "a volunteer", lines.append)
    keeper.work_off()
    keeper.work_off()
    (told,) = [line for line in lines if "not_let_in" in line]
    assert re.search(r"sweep stall: stall not_let_in: .*; goes on at \d\d:\d\d$", told)
    assert noted(workspace) == {}, "the network may be down: a laptop wakes before it"
    monkeypatch.setattr(clock, "AGAIN", timedelta(0))
    again: list[str] = []
    clock.Clock(workspace, "a volunteer", again.append).work_off()
    assert sum("begins" in line for line in again) == clock.TRIES > 1
    assert set(noted(workspace)) == {"sweep stall"}


def test_a_run_that_cannot_be_noted_does_not_begin_again_and_again(workspace: Path) -> None:
    write(workspace, ("report", "sun 09:00"))
    lines: list[str] = []
    keeper = clock.Clock(workspace, "a volunteer", lines.append)
    with Vault.open(workspace) as vault, vault.writing() as session:
        session.connection().exec_driver_sql("DROP TABLE clock")
    keeper.work_off()
    keeper.work_off()
    assert sum("report: begins" in line for line in lines) == 1
    assert any("report: that it ran could not be noted: " in line and "no such table" in line for line in lines)


def test_a_job_begins_at_its_moment(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only its own alarm wakes the clock here: it looks of itself but once an hour."""
    monkeypatch.setattr(clock, "TICK", 3600.0)
    note(workspace, "report", datetime.now(UTC))
    at = (datetime.now(UTC) + timedelta(seconds=3)).replace(microsecond=0)
    write(workspace, ("report", f"daily {at.astimezone(SHANGHAI):%H:%M:%S}"))
    lines = heard(workspace, "report: written")
    assert [line.split("  ", 1)[1].split(": ")[0] for line in lines][-2:] == ["report", "report"]
    assert min(path.stat().st_mtime for path in (workspace / "reports").iterdir()) >= at.timestamp()


def test_settings_that_are_changed_are_taken_over_and_a_fault_in_them_waits_for_its_mend(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "TICK", 0.05)
    write(workspace, ("visit", "sun 09:00"), ("report", "sun 09:00"))
    lines: list[str] = []

    def hear(line: str) -> None:
        lines.append(line.split("  ", 1)[1])
        if lines[-1] == "visit: 0 looked at":
            write(workspace, ("visit", "sun 09:00"), ("report", "snu 09:00"))
        if lines[-1].startswith("nothing begins until this is mended"):
            write(workspace, ("check", "sun 09:00"), ("report", "sun 09:00"))
        if lines[-1].startswith("report: written"):
            write(workspace)
        if lines[-1].startswith("no jobs"):
            raise Enough

    with pytest.raises(Enough):
        clock.Clock(workspace, "a volunteer", hear).run()
    assert "Did you mean 'sun'?" in lines[2]
    del lines[2]
    assert [re.sub("written: .*", "written", line) for line in lines] == [
        "visit: begins", "visit: 0 looked at",
        "wildfree.toml was read again; jobs: 2",
        "check: begins", "check: 0 looked at", "report: begins", "report: written",
        "wildfree.toml was read again; jobs: 0", "no jobs",
    ]  # fmt: skip


# --- the keeper, in a process of its own


def few_terms(workspace: Path, *terms: str) -> None:
    """Let the workspace's own terms be few."""
    head, *rows = (ROOT / "config/terms/zh.tsv").read_text("utf-8").splitlines()
    kept = [row for row in rows if row.partition("\t")[0] in (terms or ("象牙", "虎骨"))]
    assert len(kept) == len(terms or "12")
    own = workspace / "config" / "terms"
    own.mkdir(parents=True, exist_ok=True)
    (own / "zh.tsv").write_text("\n".join([head, *kept]), "utf-8")


def run_again(workspace: Path) -> subprocess.CompletedProcess[str]:
    code = "from desk.main import run; run()"
    words = [sys.executable, "-c", code, "schedule", "run", "--workspace", str(workspace)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=BOUND, check=False)


@contextmanager
def keeping(workspace: Path, until: str) -> Iterator[subprocess.Popen[bytes]]:
    """`wildfree schedule run`, having said UNTIL; nothing of it may be left at the end."""
    with started(workspace, "schedule", "run") as child:

        def told() -> bool:
            assert child.poll() is None, said(workspace)
            return until in said(workspace)

        awaited(told, until)
        yield child


def searching(workspace: Path, child: subprocess.Popen[bytes]) -> None:
    """Wait until two searches of CHILD's have been kept."""

    def kept() -> bool:
        assert child.poll() is None, said(workspace)
        assert "failed" not in said(workspace), said(workspace)
        return len(asked(workspace, "SELECT 1 FROM query")) >= 2

    awaited(kept, "two searches")


def assert_quiet(workspace: Path) -> None:
    """Nothing but what is meant for a reader was said at the end."""
    for noise in ("Traceback", "Error", "destroyed", "never retrieved", "in order:"):
        assert noise not in said(workspace), said(workspace)


def ended(child: subprocess.Popen[bytes], number: signal.Signals) -> int:
    child.send_signal(number)
    return child.wait(BOUND)


def test_one_process_keeps_the_schedule_and_a_second_is_told_which(workspace: Path, wildfree: Wildfree) -> None:
    write(workspace, ("report", "sun 09:00"))
    assert "Nobody keeps to it now" in wildfree("schedule", "list").out
    with keeping(workspace, "next: report") as child:
        second = run_again(workspace)
        assert second.returncode == 3
        assert len(second.stderr.splitlines()) == 1
        assert f"kept already, by process {child.pid} on " in second.stderr
        assert f"Kept by process {child.pid} on " in wildfree("schedule", "list").out
        assert ended(child, signal.SIGTERM) == 0
    assert "Nobody keeps to it now" in wildfree("schedule", "list").out
    assert len(list((workspace / "reports").glob("*.html"))) == 1, "the second did nothing"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGINT, 130)])
def test_a_keeper_that_waits_ends_at_once_when_asked(workspace: Path, number: signal.Signals, code: int) -> None:
    write(workspace, ("visit", "sun 09:00"))
    with keeping(workspace, "next: visit") as child:
        assert ended(child, number) == code
    assert_quiet(workspace)


def test_a_killed_keeper_is_followed_by_another_that_goes_on_with_the_same_sweep(workspace: Path, site: Site) -> None:
    describe(workspace, site.base, delay=0.3)
    few_terms(workspace, "象牙", "虎骨", "犀角")
    write(workspace, ("sweep stall", "sun 09:00"))
    with started(workspace, "schedule", "run") as child:
        searching(workspace, child)
        assert ended(child, signal.SIGKILL) == -signal.SIGKILL
    assert noted(workspace) == {}, "a run that was cut off was none"
    assert asked(workspace, "SELECT 1 FROM sweep_end") == [], "it was killed too late: this test proves nothing"
    with keeping(workspace, "next: sweep stall") as child:
        assert ended(child, signal.SIGTERM) == 0
    assert asked(workspace, "SELECT sweep_id, outcome FROM sweep_end") == [(1, "complete")]
    terms = [term for (term,) in asked(workspace, "SELECT term FROM query WHERE term != 'case'")]
    assert sorted(terms) == sorted(["象牙", "虎骨", "犀角"]), "each once"
    assert set(noted(workspace)) == {"sweep stall"}


def test_a_missed_sweep_of_the_market_is_made_up_for_and_one_under_way_is_cut_off_in_order(
    market_workspace: Path,
) -> None:
    few_terms(market_workspace, "象牙", "虎骨", "犀角")
    write(market_workspace, ("sweep market", "sun 09:00"))
    long_ago = datetime.now(UTC) - 10 * WEEK
    note(market_workspace, "sweep market", long_ago)
    with started(market_workspace, "schedule", "run") as child:
        searching(market_workspace, child)
        assert len(children_of(child.pid)) >= 3, "there was no browser to leave behind: this test proves nothing"
        assert ended(child, signal.SIGTERM) == 0
        assert marked(str(market_workspace)) == set(), "it ended before its browser did"
    assert_quiet(market_workspace)
    assert asked(market_workspace, "SELECT 1 FROM sweep_end") == [], "it ended too late: this test proves nothing"
    assert noted(market_workspace) == {"sweep market": long_ago}, "it stays due"
    with keeping(market_workspace, "next: sweep market") as child:
        assert ended(child, signal.SIGTERM) == 0
    assert asked(market_workspace, "SELECT sweep_id, outcome FROM sweep_end") == [(1, "complete")]
    assert noted(market_workspace)["sweep market"] > long_ago


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_keeper_under_a_page_that_never_comes_ends_at_once_when_asked(
    workspace: Path, site: Site, number: signal.Signals, code: int
) -> None:
    describe(workspace, site.base, delay=0)
    file = workspace / "config" / "platforms" / "stall.toml"
    file.write_text(file.read_text("utf-8").replace("[search]", "browser = true\n[search]"), "utf-8")
    write(workspace, ("sweep stall", "sun 09:00"))
    over = Event()
    site.answers["/search"] = lambda: Answer("too late") if over.wait(BOUND) else Answer("far too late")
    try:
        with started(workspace, "schedule", "run") as child:
            awaited(lambda: site.asked("/search") != [], "the browser to ask")
            assert ended(child, number) == code
            assert marked(str(workspace)) == set(), "it ended before its browser did"
    finally:
        over.set()
    assert_quiet(workspace)
    assert noted(workspace) == {}


def test_who_is_meant_to_outlive_the_terminal_does() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup has it
    try:
        with ending():
            signal.raise_signal(signal.SIGHUP)
        with as_ctrl_c() as came:
            signal.raise_signal(signal.SIGHUP)
        assert came == []
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_a_signal_raises_is_raised_again_where_it_was_swallowed() -> None:
    def swallow_and_go_on() -> None:
        with suppress(SystemExit):  # as a callback does
            signal.raise_signal(signal.SIGTERM)
        end = time.monotonic() + BOUND
        while time.monotonic() < end:
            Event().wait(0.01)

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit), ending():
        swallow_and_go_on()
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_browser_that_is_told_to_end_lets_go_of_the_page_in_hand_and_begins_no_other(site: Site) -> None:
    over = Event()
    site.answers["/item/1"] = lambda: Answer("too late") if over.wait(BOUND) else Answer("far too late")

    async def ended_under_a_page() -> None:
        browser = Browser()
        asks = [Ask(f"{site.base}/item/{key}", allow=(site.base[7:],)) for key in (1, 2)]
        in_hand, next_in_turn = [asyncio.ensure_future(browser.load(ask)) for ask in asks]
        try:
            await asyncio.to_thread(awaited, lambda: site.asked("/item/1") != [], "the browser to ask")
            await asyncio.to_thread(browser.stop)
            for loading in (in_hand, next_in_turn):
                with pytest.raises((Unanswered, PlaywrightError)):
                    await asyncio.wait_for(loading, BOUND)
        finally:
            over.set()

    before = children_of(os.getpid())
    asyncio.run(ended_under_a_page())
    assert {pid for pid in children_of(os.getpid()) - before if birth(pid)} == set()
    assert site.asked("/item") == ["/item/1"]


# --- what a person sees


def test_a_workspace_without_a_schedule_says_how_to_write_one_and_what_it_says_works(
    workspace: Path, wildfree: Wildfree
) -> None:
    ran = wildfree("schedule", "list")
    assert ran.code == 0
    assert str(workspace / "wildfree.toml") in ran.out
    assert wildfree("schedule", "list", "--json").out == ""
    refused = wildfree("schedule", "run")
    assert (refused.code, len(refused.err.splitlines())) == (2, 1)
    assert "wildfree schedule list" in refused.err
    example = ran.out[ran.out.index("[[schedule]]") :]
    assert example.strip() in HOW.format(file="", name="market")
    with (workspace / "wildfree.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{example}")
    (job,) = wildfree("schedule", "list", "--json").objects
    assert (job["job"], job["at"], job["do"], job["platforms"]) == ("sweep market", "sun 09:00", "sweep", ["market"])
    assert "begins at the first start" in wildfree("schedule", "list").out


def test_the_list_tells_the_last_and_the_next_run_and_what_was_missed(workspace: Path, wildfree: Wildfree) -> None:
    write(workspace, ("sweep market", "sun 09:00"), ("report", "每天 03:30"), ("check", "mon thu 20:30"))
    file = workspace / "wildfree.toml"
    file.write_text('time_zone = "Europe/Berlin"\n' + file.read_text("utf-8"), "utf-8")
    now = datetime.now(UTC)
    note(workspace, "sweep market", now - 3 * WEEK)
    note(workspace, "report", now)
    sweep, report, check = wildfree("schedule", "list", "--json").objects
    assert [each["missed"] for each in (sweep, report, check)] == [True, False, False]
    assert [each["due"] for each in (sweep, report, check)] == [True, False, True]
    assert check["last_run"] is None
    assert datetime.fromisoformat(sweep["last_run"]) == now - 3 * WEEK
    for each, days, clock_shows in (
        (sweep, {6}, "09:00"),
        (report, set(range(7)), "03:30"),
        (check, {0, 3}, "20:30"),
    ):
        following = datetime.fromisoformat(each["next_run"])
        local = following.astimezone(BERLIN)
        assert each["next_run_local"] == local.isoformat()
        assert each["next_run"].endswith("+00:00")
        assert (local.weekday() in days, f"{local:%H:%M}") == (True, clock_shows)
        between = [now + timedelta(day) for day in range(1, (following - now).days)]
        assert [day for day in between if day.astimezone(BERLIN).weekday() in days] == [], "one before was left out"
        assert now < following <= now + timedelta(days=7, hours=2)
    shown = wildfree("schedule", "list").out
    assert "missed: made up for at the next start" in shown
    assert f"{datetime.fromisoformat(report['next_run']):%Y-%m-%d %H:%M}" in shown
    assert shown.count("never") == 1


def test_a_job_is_shown_to_be_under_way_while_it_is(workspace: Path, wildfree: Wildfree, site: Site) -> None:
    describe(workspace, site.base, delay=0.5)
    write(workspace, ("sweep stall", "sun 09:00"), ("report", "sun 09:00"))
    note(workspace, "sweep stall", datetime.now(UTC) - WEEK)
    with keeping(workspace, "sweep stall: begins") as child:
        sweep, _ = wildfree("schedule", "list", "--json").objects
        assert sweep["kept_by"].startswith(f"process {child.pid} on ")
        assert (sweep["due"], sweep["missed"]) == (True, False)
        assert wildfree("schedule", "list").out.count("under way, next in turn, or put off") == 2
        assert ended(child, signal.SIGTERM) == 0
