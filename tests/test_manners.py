"""One request at a time a platform, the gap kept by all processes together; platforms do not wait for each other."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from archive import todo
from archive.vault import Vault
from tests.conftest import Wildfree
from tests.site import Answer, Site, describe, opened

ROOT = Path(__file__).parent.parent
ROUND = 1e-6  # s; turns are POSIX seconds in double precision
DELAY = 0.4  # s, of the sites below
JITTER = 0.06  # s by which one request may be longer on its way than the next

CLAIMS = """
import json, sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from archive import todo
from archive.vault import Vault

workspace, gap, threads, each, *lanes = sys.argv[1:]
with Vault.open(Path(workspace)) as vault:

    def claim(number):
        lane = lanes[number % len(lanes)]
        asked = time.time()
        turn = todo.claim(vault, lane, float(gap))
        return lane, turn, asked, time.time()

    with ThreadPoolExecutor(int(threads)) as pool:
        list(pool.map(lambda _: vault.kind, range(int(threads))))
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps(list(pool.map(claim, range(int(each))))))
"""

Turn = tuple[str, float, float, float]  # lane, turn, when it was asked for, when the answer was there


@pytest.fixture
def site() -> Iterator[Site]:
    with opened() as site:
        yield site


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with Vault.create(tmp_path, "practice", datetime.now(UTC)) as vault:
        yield vault


def claiming(vault: Vault, gap: float, threads: int, each: int, *lanes: str) -> subprocess.Popen[str]:
    """A process that is ready to claim EACH turns on LANES, and waits for `go`."""
    words = [str(word) for word in (vault.workspace, gap, threads, each, *lanes)]
    child = subprocess.Popen(
        [sys.executable, "-c", CLAIMS, *words], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def go(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("go\n")
    child.stdin.flush()


def given(child: subprocess.Popen[str]) -> list[Turn]:
    with child:
        out, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    return [(lane, turn, asked, told) for lane, turn, asked, told in json.loads(out)]


def claimed(vault: Vault, gap: float, each: int, *lanes: str) -> list[Turn]:
    """The turns that three processes with five threads each were given, EACH times each process, by turn."""
    children = [claiming(vault, gap, 5, each, *lanes) for _ in range(3)]
    for child in children:
        go(child)
    turns = [turn for child in children for turn in given(child)]
    assert len(turns) == 3 * each
    return sorted(turns, key=lambda turn: turn[1])


def test_three_processes_with_five_threads_each_are_given_turns_a_gap_apart(vault: Vault) -> None:
    gap = 0.5
    began = time.time()
    turns = [turn for _, turn, _, _ in claimed(vault, gap, 30, "market")]
    assert len(set(turns)) == 90
    gaps = [after - before for before, after in pairwise(turns)]
    assert min(gaps) >= gap - ROUND, "two of us would ask at once"
    assert max(gaps) <= gap + ROUND, "a turn was lost: nobody uses it"
    assert turns[0] >= began


def test_a_turn_is_not_over_before_it_is_given_however_long_the_claim_had_to_wait(vault: Vault) -> None:
    """Else two who waited long for the database would both go at once, whatever their turns say."""
    child = claiming(vault, 0.001, 1, 1, "slow")
    with vault.writing() as session:
        session.connection()  # a long writer: the claim has to wait for it
        go(child)
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(timeout=1.0)
        released = time.time()
    ((_, turn, asked, _),) = given(child)
    assert asked < released - 0.5, "the claim did not wait: this test proves nothing"
    assert turn >= released, "the turn was over before it was given"


def test_two_platforms_do_not_slow_each_other(vault: Vault) -> None:
    turns = claimed(vault, 0.5, 20, "market", "oscar")
    for lane in ("market", "oscar"):
        own = [turn for name, turn, _, _ in turns if name == lane]
        assert len(own) == 30
        assert all(abs(after - before - 0.5) < ROUND for before, after in pairwise(own))
        assert own[0] - turns[0][1] < 0.5, "one platform's first turn came after the other's second"


def test_a_lane_that_has_rested_gives_its_turn_at_once(vault: Vault) -> None:
    first = todo.claim(vault, "market", 0.05)
    time.sleep(0.1)
    before = time.time()
    assert before <= todo.claim(vault, "market", 100.0) <= time.time()
    assert todo.claim(vault, "market", 0.0) > before + 99, "the gap that the last one asked for holds"
    assert first < before


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
