"""One request at a time a platform, the gap kept by all processes together; platforms do not wait for each other."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import pytest

from archive.lane import Lane
from archive.vault import Vault
from tests.conftest import Wildfree
from tests.site import RESULTS, Answer, Site, admit, describe, opened

ROOT = Path(__file__).parent.parent
DELAY = 0.4  # s, of the sites below
JITTER = 0.06  # s by which one request may be longer on its way than the next
LONG = 60.0  # s in which a process is surely ready, or has surely ended


@pytest.fixture
def site() -> Iterator[Site]:
    with opened() as site:
        yield site


class Counter:
    """A search page that takes as many SECONDS, in turn, and knows how many ask for it at once."""

    def __init__(self, seconds: list[float]) -> None:
        self._seconds = cycle(seconds)
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def __call__(self) -> Answer:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            seconds = next(self._seconds)
        time.sleep(seconds)
        with self._lock:
            self._now -= 1
        return Answer(RESULTS)


Caller = subprocess.Popen[str]


@contextmanager
def caller() -> Iterator[Caller]:
    """A process of ours that is ready to ask; see tests/caller.py."""
    words = [sys.executable, "-m", "tests.caller"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            yield child
        finally:
            child.kill()


@pytest.fixture(scope="module")
def three() -> Iterator[tuple[Caller, ...]]:
    """Three of them."""
    with caller() as first, caller() as second, caller() as third:
        yield first, second, third


def send(child: Caller, workspace: Path, count: int) -> None:
    assert child.stdin is not None
    child.stdin.write(f"{count} {workspace}\n")
    child.stdin.flush()


def told(children: tuple[Caller, ...], workspace: Path, each: int) -> list[dict[str, Any]]:
    """What the CHILDREN, asking EACH times at once, were told."""
    for child in children:
        send(child, workspace, each)
    return [json.loads(child.stdout.readline()) for child in children if child.stdout]


def lane(workspace: Path) -> Lane:
    with Vault.open(workspace) as vault, vault.reading() as session:
        return session.get_one(Lane, "stall")


def test_three_processes_ask_one_at_a_time_and_keep_the_delay_as_the_sites_own_log_shows(
    workspace: Path, site: Site, three: tuple[Caller, ...]
) -> None:
    describe(workspace, site.base, delay=DELAY)
    site.answers["/search"] = counter = Counter([0.0, 0.0, 3 * DELAY])
    answers = told(three, workspace, 6)
    assert [one["answers"] for one in answers] == [[200] * 6] * 3
    assert len(site.asked("/robots.txt")) == 3, "each process wants to know"
    assert len(site.asked("/search")) == 18
    assert min(site.gaps) >= DELAY - JITTER
    assert counter.most == 1, "two of our processes asked at once while a page took longer than the delay"


def test_three_processes_together_send_exactly_as_many_requests_as_the_day_allows(
    workspace: Path, site: Site, three: tuple[Caller, ...]
) -> None:
    describe(workspace, site.base, delay=0.0)
    with (workspace / "config" / "platforms" / "stall.toml").open("a", encoding="utf-8") as file:
        file.write("requests = 17\n")
    all_told = told(three, workspace, 10)
    assert len(site.log) == 17
    answers = sum(len(one["answers"]) for one in all_told)
    assert answers == len(site.asked("/search")) == 17 - len(site.asked("/robots.txt")), "robots.txt counts, too"
    refusals = [why for one in all_told for why in one["refusals"]]
    assert len(refusals) == 30 - answers
    assert all("17 requests today, the budget of stall is 17: goes on from " in why for why in refusals)
    assert lane(workspace).requests == 17


def test_a_process_that_dies_in_the_middle_of_a_request_holds_nobody_up(
    workspace: Path, site: Site, three: tuple[Caller, ...]
) -> None:
    describe(workspace, site.base, delay=0.0)
    held, let_go = threading.Event(), threading.Event()

    def hold() -> Answer:
        held.set()
        assert let_go.wait(LONG)
        return Answer(RESULTS)

    site.answers["/search"] = hold
    with caller() as child:
        send(child, workspace, 1)
        assert held.wait(LONG)
    let_go.set()
    site.answers["/search"] = Answer(RESULTS)
    assert [one["answers"] for one in told(three, workspace, 1)] == [[200]] * 3


WAITING = """
import sys
from crawler import run
from crawler.spiders.sweep import SweepSpider

def step(done, more, waiting=""):
    if waiting:
        print(waiting, flush=True)

try:
    run.crawl(SweepSpider, [{"platform": "stall", "workspace": sys.argv[1], "terms": "a", "step": step}])
finally:
    run.close()
"""


def test_a_long_wait_is_shown_and_ends_at_once_with_ctrl_c(workspace: Path, site: Site) -> None:
    describe(workspace, site.base, delay=0.0)
    site.robots("User-agent: *\nCrawl-delay: 300\n")
    words = [sys.executable, "-c", WAITING, str(workspace)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, cwd=ROOT, **pipes) as child:  # type: ignore[call-overload]  # a dict of options
        too_long = threading.Timer(LONG, child.kill)
        too_long.start()
        assert child.stdout.readline().startswith("stall: next request at ")
        too_long.cancel()
        child.send_signal(signal.SIGINT)
        try:
            _, said = child.communicate(timeout=LONG)
        finally:
            child.kill()
    assert child.returncode != 0
    assert "KeyboardInterrupt" in said
    assert site.asked() == ["/robots.txt", "/search"], "the first page goes at once; the second waits"


def test_no_two_requests_of_a_sweep_come_nearer_than_the_delay_robots_redirects_and_retries_included(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    describe(workspace, site.base, delay=DELAY)
    page = site.answers["/search"]
    answers = iter([page, Answer("later", 503), page, Answer(status=302, to="/found"), page])
    site.answers["/search"] = lambda: next(answers)  # type: ignore[assignment,return-value]  # all are Answers
    site.answers["/found"] = page
    site.robots("User-agent: *\nAllow: /\n")
    ran = wildfree("sweep", "stall", "--term", "a", "--term", "b", "--term", "c", "--json")
    assert [one["outcome"] for one in ran.objects] == ["hits"] * 4
    assert site.asked() == ["/robots.txt", "/search", "/search", "/search", "/search", "/found", "/search"]
    assert min(site.gaps) >= DELAY - JITTER
    assert max(site.gaps) < 3 * DELAY, "slower than the file asks for"


def test_two_sweeps_in_one_go_take_their_own_time_each(workspace: Path, site: Site, wildfree: Wildfree) -> None:
    describe(workspace, site.base, delay=DELAY)
    with opened() as other:
        admit(workspace, other.base)
        shipped = (workspace / "config" / "platforms" / "stall.toml").read_text("utf-8")
        second = shipped.replace('"stall"', '"booth"').replace(site.base, other.base)
        (workspace / "config" / "platforms" / "booth.toml").write_text(second, "utf-8")
        ran = wildfree("sweep", "stall", "booth", "--term", "a", "--term", "b", "--json")
        assert ran.code == 0
        for one in (site, other):
            assert one.asked() == ["/robots.txt", *["/search"] * 3]
            assert min(one.gaps) >= DELAY - JITTER
        begun = max(site.log[0].at, other.log[0].at)
        ended = min(site.log[-1].at, other.log[-1].at)
        assert begun < ended, "one after the other, not side by side"


def test_looks_by_browser_keep_the_delay_too(workspace: Path, site: Site, wildfree: Wildfree) -> None:
    describe(workspace, site.base, delay=DELAY)
    assert wildfree("sweep", "stall", "--term", "象牙").code == 0
    site.log.clear()
    looks = wildfree("visit", "stall", "--json").objects
    assert [look["condition"] for look in looks] == ["live"] * 3
    pages = [asked.at for asked in site.log if asked.path.startswith(("/item", "/robots"))]
    assert len(pages) == 4
    assert min(after - before for before, after in pairwise(pages)) >= DELAY - JITTER
