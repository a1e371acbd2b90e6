"""Killed anywhere, nothing committed is lost, nothing half-written is believed, and the next run goes on."""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from archive import intake, todo
from archive.facts import Decision, How, Judged, Lead, Match, Opinion, Outcome, Round, Searched
from archive.questions import checks
from archive.rows import sweep, verdict
from archive.vault import DATABASE, EVIDENCE, Vault
from archive.verify.fault import Found
from archive.verify.whole import verify
from desk.practice.market import Market
from tests import dying
from tests.conftest import Wildfree

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="watches processes in /proc")

ROOT = Path(__file__).parent.parent
BOUND = 60.0  # seconds that anything awaited here may take
DYING = 20.0  # seconds in which a browser notices that nobody wants it; it takes less than one
MARK = "WILDFREE_TEST_MARK"  # in the environment of what a test starts, and of all that this starts in turn
TABLES = (
    "sweep", "sweep_end", "query", "listing", "sighting", "visit", "visit_exhibit", "exhibit", "likeness", "verdict",
    "notice", "demand", "step", "entry", "node", "seal",
)  # fmt: skip
Rows = dict[str, set[tuple[Any, ...]]]


# What is in the archive, read past our own code.


def asked(workspace: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{workspace / DATABASE}?mode=ro", uri=True, timeout=30)) as plain:
        return plain.execute(sql).fetchall()


def rows(workspace: Path) -> Rows:
    return {table: set(asked(workspace, f"SELECT * FROM {table}")) for table in TABLES}


def nothing_lost(before: Rows, after: Rows) -> None:
    for table in TABLES:
        assert before[table] <= after[table], f"{table}: rows are gone or were changed"


def sound(workspace: Path) -> None:
    """Every exhibit that a row names is whole; every file under a name is what the name says; nothing is half."""
    for sha256, size in asked(workspace, "SELECT sha256, size FROM exhibit"):
        body = (workspace / EVIDENCE / sha256[:2] / sha256).read_bytes()
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (sha256, size)
    for path in (workspace / EVIDENCE).glob("??/*"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name, "half a file under a whole name"
    assert verify(workspace, Found()).faults == []
    assert asked(workspace, "PRAGMA foreign_key_check") == []
    assert asked(workspace, "PRAGMA integrity_check") == [("ok",)]
    for visit, capture in asked(workspace, "SELECT id, capture FROM visit"):
        roles = {role for (role,) in asked(workspace, f"SELECT role FROM visit_exhibit WHERE visit_id = {visit}")}
        if capture == "complete":
            assert roles >= {"payload", "dom", "text", "screenshot"}
    for notice, *names in asked(workspace, "SELECT id, text_sha256, pdf_sha256, eml_sha256 FROM notice"):
        for name in names:
            assert asked(workspace, f"SELECT 1 FROM exhibit WHERE sha256 = '{name}'")
        for table in ("demand", "step"):
            assert asked(workspace, f"SELECT 1 FROM {table} WHERE notice_id = {notice}"), (
                f"a letter without a {table}"
            )


# Processes.


def children_of(pid: int) -> set[int]:
    """The processes that PID started, and those that they started."""
    parents: dict[int, set[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text("latin-1").rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents.setdefault(parent, set()).add(int(stat.parent.name))
    found, new = set[int](), parents.get(pid, set())
    while new:
        found |= new
        new = set().union(*(parents.get(child, set()) for child in new)) - found
    return found


def birth(pid: int) -> str:
    """When PID began, so that a later process of the same number is not taken for it; "" if it has ended."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text("latin-1").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if state == "Z" else fields[18]


def marked(mark: str) -> set[int]:
    """The living processes that carry MARK."""
    found = set()
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"{MARK}={mark}".encode() in environ.read_bytes():
                found.add(int(environ.parent.name))
        except OSError:  # gone, or another user's
            continue
    return {pid for pid in found if birth(pid)}


def awaited(holds: Callable[[], bool], what: str, bound: float = BOUND) -> None:
    end = time.monotonic() + bound
    while not holds():
        assert time.monotonic() < end, f"waited {bound:.0f} s for: {what}"
        time.sleep(0.01)


@contextmanager
def started(workspace: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real `wildfree` in a process of its own; what is left of it at the end is a failure, and is ended."""
    surroundings = os.environ | {MARK: str(workspace), "WILDFREE_WORKSPACE": str(workspace)}
    code = "from desk.main import run; run()"
    with (workspace / "said.txt").open("wb") as said:
        child = subprocess.Popen(
            [sys.executable, "-c", code, *words], cwd=ROOT, env=surroundings, stdout=said, stderr=said
        )
    try:
        yield child
        assert child.poll() is not None
        left = marked(str(workspace))
        assert not left, [called(pid) for pid in left]
    finally:
        for pid in {child.pid, *marked(str(workspace))}:
            if birth(pid):
                os.kill(pid, signal.SIGKILL)
        child.wait()


def _all_end(living: Callable[[], set[int]]) -> None:
    """Await the end of what a killed command had started; it is bound to notice by itself."""
    try:
        awaited(lambda: not living(), "what it had started to end", DYING)
    except AssertionError:
        pytest.fail(f"outlived the command that was killed: {[called(pid) for pid in living()]}")


def called(pid: int) -> str:
    """The command line of PID, as far as it helps."""
    try:
        return f"{pid} {Path(f'/proc/{pid}/cmdline').read_bytes()[:150]!r}"
    except OSError:
        return f"{pid} (gone)"


def killed_when(workspace: Path, table: str, count: int, *words: str) -> set[int]:
    """Start `wildfree` WORDS, `kill -9` it once TABLE has COUNT rows, and await the end of all it had started.

    Answers the processes it had started.
    """
    before = len(asked(workspace, f"SELECT 1 FROM {table}"))
    with started(workspace, *words) as child:

        def there() -> bool:
            assert child.poll() is None, (workspace / "said.txt").read_text("utf-8")
            return len(asked(workspace, f"SELECT 1 FROM {table}")) >= before + count

        awaited(there, f"{count} rows in {table}")
        others = {pid: since for pid in children_of(child.pid) if (since := birth(pid))}
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        _all_end(lambda: {pid for pid, since in others.items() if birth(pid) == since})
        _all_end(lambda: marked(str(workspace)))
    return set(others)


# A sweep and a visit, killed from outside.

TERMS = ("象牙", "虎骨", "ivory", "pangolin", "犀", "玳瑁", "case", "没有这种东西")


def searches(workspace: Path, sweep_id: int) -> Counter[tuple[Any, ...]]:
    wanted = f"SELECT term, page, outcome, cards FROM query WHERE sweep_id = {sweep_id}"
    return Counter(asked(workspace, wanted))


CANARIES = ("手机壳", "phone case")  # the second is asked for too, since terms in Latin letters are


def slowed(workspace: Path) -> None:
    """Let the shop's file ask for a delay, so that a sweep takes long enough to be killed in its middle."""
    file = workspace / "config" / "platforms" / "oscar.toml"
    file.write_text(file.read_text("utf-8").replace("delay = 0.0", "delay = 0.1"), "utf-8")


@pytest.mark.parametrize("count", [4, *(pytest.param(count, marks=pytest.mark.slow) for count in (1, 2, 7))])
def test_a_killed_sweep_goes_on_as_the_same_sweep(shop_workspace: Path, wildfree: Wildfree, count: int) -> None:
    slowed(shop_workspace)
    words = ("sweep", "oscar", *(word for term in TERMS for word in ("--term", term)))
    killed_when(shop_workspace, "query", count, *words)
    before = rows(shop_workspace)
    assert len(before["query"]) in (count, count + 1)
    assert before["sweep_end"] == set(), "it was killed too late: this test proves nothing"
    sound(shop_workspace)
    ran = wildfree(*words, "--json")
    assert ran.code == 0
    assert asked(shop_workspace, "SELECT sweep_id, outcome FROM sweep_end") == [(1, "complete")]
    nothing_lost(before, rows(shop_workspace))
    sound(shop_workspace)
    once = searches(shop_workspace, 1)
    canaries = {one for one in once if one[0] in CANARIES}
    assert {one[0] for one in canaries} == set(CANARIES)
    asked_for = {one[0]: once.pop(one) for one in canaries}
    assert asked_for["手机壳"] == 2, "each time it comes, it asks whether it is let in"
    assert set(once.values()) == {1}, "a page was asked for twice"
    assert {term for term, *_ in once} == set(TERMS)
    assert wildfree(*words).code == 0
    undisturbed = searches(shop_workspace, 2)
    assert [undisturbed.pop(one) for one in canaries] == [1] * len(CANARIES)
    assert undisturbed == once, "the sweep that was cut off saw something else than one that was not"
    assert sum(cards for *_, cards in once.elements()) > 20


def _visits_due(workspace: Path, market: Market, count: int) -> None:
    """Let the first COUNT listings of the market wait for their first look."""
    keys = [good.ware.key for good in market.on_sale()[:count]]
    now = datetime.now(UTC)
    with Vault.open(workspace) as vault:
        details = [{"key": key, "url": f"{market.base}/item/{key}"} for key in keys]
        visit = todo.Kind.VISIT
        todo.plan(vault, [todo.Task(visit, f"visit:market:{each['key']}", "market", now, each) for each in details])


def test_killed_visits_go_on_and_no_browser_is_left(
    market_workspace: Path, market: Market, wildfree: Wildfree
) -> None:
    due = 3
    _visits_due(market_workspace, market, due)
    started_there = killed_when(market_workspace, "visit", 1, "visit", "market")
    assert len(started_there) >= 3, "there was no browser to leave behind: this test proves nothing"
    before = rows(market_workspace)
    assert 1 <= len(before["visit"]) < due
    sound(market_workspace)
    leftover = market_workspace / EVIDENCE / "arriving" / "left by a kill"
    leftover.write_bytes(b"half a pag")
    os.utime(leftover, (time.time() - 700,) * 2)
    assert wildfree("visit", "market").code == 0
    assert not leftover.exists()
    nothing_lost(before, rows(market_workspace))
    sound(market_workspace)
    visits = Counter(asked(market_workspace, "SELECT listing_id, condition, capture FROM visit"))
    assert visits == {(listing, "live", "complete"): 1 for (listing, *_) in visits}
    assert len(visits) == due, "a listing was looked at twice, or never"


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_killed_sweep_of_the_market_leaves_no_browser_and_goes_on(
    market_workspace: Path, wildfree: Wildfree, count: int
) -> None:
    words = ("sweep", "market", "--term", "象牙", "--term", "虎骨", "--term", "ivory")
    assert killed_when(market_workspace, "query", count, *words)
    before = rows(market_workspace)
    assert before["sweep_end"] == set()
    assert wildfree(*words).code == 0
    nothing_lost(before, rows(market_workspace))
    assert asked(market_workspace, "SELECT sweep_id, outcome FROM sweep_end") == [(1, "complete")]
    terms = Counter(asked(market_workspace, "SELECT term, page FROM query"))
    canaries = {terms.pop((canary, 1)) for canary in ("手机壳", "phone case")}
    assert canaries <= {1, 2}, "each is asked anew when the sweep goes on, if it had been reached"
    assert terms == {("象牙", 1): 1, ("虎骨", 1): 1, ("ivory", 1): 1}


@pytest.mark.slow
def test_a_check_that_was_killed_again_and_again_keeps_one_look_for_each_task_done(
    market_workspace: Path, wildfree: Wildfree
) -> None:
    assert wildfree("sweep", "market", "--term", "象牙").code == 0
    assert wildfree("visit", "market").code == 0
    first = rows(market_workspace)
    seen = len(first["visit"])
    assert seen >= 6
    for _ in range(3):
        killed_when(market_workspace, "visit", 1, "check", "market")
    nothing_lost(first, rows(market_workspace))
    assert wildfree("check", "market").code == 0
    sound(market_workspace)
    looks = Counter(asked(market_workspace, "SELECT listing_id FROM visit"))
    assert len(looks) == seen
    assert min(looks.values()) >= 2, "a listing was never looked at again"
    done = asked(market_workspace, "SELECT 1 FROM unit WHERE kind = 'check' AND done_at IS NOT NULL")
    assert looks.total() - seen == len(done), "a look was taken twice for one task"
    assert asked(market_workspace, "SELECT 1 FROM unit WHERE done_at IS NULL") == []


# One look and one letter, killed at every write that they make.


class Mortal:
    """Processes that die at their Nth write, in copies of one workspace."""

    def __init__(self, ripe: Path, copies: Path) -> None:
        self.ripe, self.copies = ripe, copies
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.dying"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def die(self, nth: int, *act: str) -> tuple[Path, str]:
        """A fresh copy in which ACT died at its NTH write, and what that write was (or "done CODE")."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        copy = self.copies / f"{nth}"
        shutil.copytree(self.ripe, copy)
        self.process.stdin.write(json.dumps([nth, str(copy), *act]) + "\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline().strip()
        assert self.process.stdout.readline().strip() == "over"
        return copy, said

    def each(self, *act: str, step: int = 1, first: int = 1) -> Iterator[tuple[Path, str]]:
        """Every STEPth death of ACT from the FIRST on, until it lives to its end."""
        said = ""
        for nth in range(first, 1000, step):
            copy, said = self.die(nth, *act)
            yield copy, said
            shutil.rmtree(copy)
            if said.startswith("done"):
                return
        pytest.fail(f"it never came to its end; last: {said}")


@pytest.fixture
def mortal(workspace: Path, tmp_path: Path) -> Iterator[Mortal]:
    """A workspace in which two listings wait for their first look, and a process that dies in copies of it."""
    with Vault.open(workspace) as vault:
        _sighted(vault)
    for prefix in range(256):  # else a salted hash decides how many folders are made, and writes cannot be told
        (workspace / EVIDENCE / f"{prefix:02x}").mkdir(exist_ok=True)
    (tmp_path / "copies").mkdir()
    one = Mortal(workspace, tmp_path / "copies")
    yield one
    with one.process:
        assert one.process.stdin is not None
        one.process.stdin.close()


def _sighted(vault: Vault) -> None:
    now = datetime.now(UTC)
    begun = intake.take(vault, sweep.begun(Round("market", How.ROBOT, "", now, "test", "0" * 64), ["象牙"]))
    (task,) = todo.due(vault, todo.Kind.SEARCH, now)
    judged = Judged(
        "", suspect=True, score=0.9, matches=(Match("象牙", "Loxodonta africana", "product", 2, 4, "plain"),)
    )
    leads = [
        Lead("market", key, f"http://127.0.0.1:8765/item/{key}", f"老料象牙手镯 {key}", "象牙", rank, "¥9")
        for rank, key in enumerate(("10001", "10002"), 1)
    ]
    found = tuple((lead, judged) for lead in leads)
    this = Searched(begun, "象牙", 1, "http://127.0.0.1:8765/search", Outcome.HITS, "2 cards", now, found)
    intake.take(vault, sweep.searched(this, task, more=False))


def _reviewed(vault: Vault) -> None:
    for each in checks.watched(vault):
        opinion = Opinion(
            each.listing_id, each.looks[0].id, "a reviewer", datetime.now(UTC), Decision.ILLEGAL,
            "Loxodonta africana", "worked", sufficiency=2, legality=3, why="象牙",
        )  # fmt: skip
        intake.take(vault, verdict.said(opinion))


def looks_die(mortal: Mortal, step: int, first: int) -> Counter[str]:
    """Let two looks die at every STEPth write, and hold each time that taking what is due sets it right."""
    before = rows(mortal.ripe)
    deaths: Counter[str] = Counter()
    for copy, died in mortal.each("look", step=step, first=first):
        deaths[died] += 1
        after = rows(copy)
        nothing_lost(before, after)
        sound(copy)
        done = asked(copy, "SELECT key FROM unit WHERE kind = 'visit' AND done_at IS NOT NULL")
        assert len(done) == len(after["visit"]), "a look was kept and is not done, or is done and was not kept"
        assert dying.look(copy) == 2 - len(done)
        nothing_lost(after, rows(copy))
        assert asked(copy, "SELECT listing_id FROM visit ORDER BY 1") == [(1,), (2,)]
        assert len(asked(copy, "SELECT 1 FROM visit_exhibit")) == 12, "five of each, and its manifest"
        assert len(asked(copy, "SELECT 1 FROM exhibit")) == 11, "the picture that both show is one exhibit"
        sound(copy)
        _swept(copy)
    return deaths


def test_a_look_may_die_at_some_of_its_writes(mortal: Mortal) -> None:
    assert looks_die(mortal, step=17, first=5).total() >= 7


def _swept(copy: Path) -> None:
    """What the kill left half-written goes when it is old, and nothing else does."""
    with Vault.open(copy) as vault:
        kept = set((copy / EVIDENCE).glob("??/*"))
        left = list(vault.store.arriving.iterdir()) if vault.store.arriving.is_dir() else []
        assert vault.store.sweep_up(600) == 0
        for path in (*left, *kept):
            os.utime(path, (time.time() - 700,) * 2)
        assert vault.store.sweep_up(600) == len(left)
        assert set((copy / EVIDENCE).glob("??/*")) == kept


def letters_die(mortal: Mortal, wildfree: Wildfree, step: int, first: int) -> Counter[str]:
    """Let a draft die at every STEPth write, and hold each time that the next one sets it right."""
    dying.look(mortal.ripe)
    with Vault.open(mortal.ripe) as vault:
        _reviewed(vault)
    before = rows(mortal.ripe)
    draft = ("letter", "draft", "market", "--language", "zh")
    deaths: Counter[str] = Counter()
    for copy, died in mortal.each(*draft, step=step, first=first):
        deaths[died] += 1
        after = rows(copy)
        nothing_lost(before, after)
        sound(copy)
        assert len(after["notice"]) <= 1
        listed = wildfree("letter", "list", "--json", "--workspace", copy)
        assert len(listed.objects) == len(after["notice"])
        again = wildfree(*draft, "--workspace", copy)
        assert again.code == (5 if after["notice"] else 0), again.err
        nothing_lost(after, rows(copy))
        sound(copy)
        assert asked(copy, "SELECT notice_id, count(*) FROM demand GROUP BY 1") == [(1, 2)]
        assert asked(copy, "SELECT notice_id, what FROM step") == [(1, "draft")]
        _laid_out(copy, wildfree)
        _swept(copy)
    return deaths


def _laid_out(copy: Path, wildfree: Wildfree) -> None:
    """The letter's copies are whole; one that was spoilt or lost is laid out anew."""
    (paper,) = wildfree("letter", "list", "--json", "--workspace", copy).objects
    names = asked(copy, "SELECT text_sha256, pdf_sha256, eml_sha256 FROM notice")[0]
    paths = [Path(cast(str, paper[form])) for form in ("text", "pdf", "eml")]
    assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths] == list(names)
    paths[0].write_bytes(b"half")
    paths[1].unlink()
    wildfree("letter", "list", "--workspace", copy)
    assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths] == list(names)


def test_a_letter_may_die_at_some_of_its_writes(mortal: Mortal, wildfree: Wildfree) -> None:
    deaths = letters_die(mortal, wildfree, step=37, first=12)
    assert deaths.total() >= 3
    assert deaths["done 0"] == 1


@pytest.mark.slow
def test_no_browser_of_ours_outlives_an_orderly_end(market_workspace: Path) -> None:
    with started(market_workspace, "sweep", "market", "--term", "ivory") as child:
        assert child.wait(BOUND) == 0


# Every write of one look, one verdict, one letter and one seal.


def counted(workspace: Path) -> int:
    """How many rows of evidence, entries and seals there are."""
    return sum(len(there) for there in rows(workspace).values())


def small_acts_die(mortal: Mortal, act: str, again: Callable[[Path], object], step: int = 1) -> Counter[str]:
    """Let ACT die at every STEPth write: it is there whole, or not at all; and doing it AGAIN is sound."""
    before = rows(mortal.ripe)
    deaths: Counter[str] = Counter()
    wholes = set()
    for copy, died in mortal.each(act, step=step):
        deaths[died] += 1
        nothing_lost(before, rows(copy))
        sound(copy)
        wholes.add(counted(copy))
        after = rows(copy)
        again(copy)
        nothing_lost(after, rows(copy))
        sound(copy)
        _swept(copy)
    assert len(wholes) <= 2, "something between all and nothing was kept"
    return deaths


def test_a_verdict_may_die_at_any_write(mortal: Mortal) -> None:
    deaths = small_acts_die(mortal, "verdict", dying.say)
    assert deaths["before commit"] == deaths["after commit"] >= 1
    assert deaths["half written"] == 1, "its private words"


def sealed_later(copy: Path) -> None:
    """The ledger has grown before it is sealed again."""
    dying.say(copy)
    dying.sealed(copy)


def test_a_seal_may_die_at_some_of_its_writes_and_the_next_one_finishes_it(mortal: Mortal) -> None:
    assert small_acts_die(mortal, "seal", sealed_later, step=2).total() >= 12


@pytest.mark.slow
def test_the_walker_finds_the_writes_of_a_look_a_verdict_a_letter_and_a_seal_by_itself(
    mortal: Mortal, wildfree: Wildfree
) -> None:
    deaths = {
        "seal": small_acts_die(mortal, "seal", sealed_later),
        "verdict": small_acts_die(mortal, "verdict", dying.say),
        "look": looks_die(mortal, step=1, first=1),
        "letter": letters_die(mortal, wildfree, step=1, first=1),
    }
    for act, died in deaths.items():
        print(f"{act}: died {died.total() - 1} times: {dict(sorted(died.items()))}")
    for act, died in deaths.items():
        assert died["before unlink"] >= died["after unlink"] >= 1, "some name what is gone already"
        for kind in ("open", "fsync", "link", "commit"):
            assert died[f"before {kind}"] >= 1, f"{act}: no {kind}"
            assert died[f"before {kind}"] == died[f"after {kind}"]
        assert died["done 0"] == 1
    assert deaths["seal"]["half written"] == 2, "segment and checkpoint"
    assert deaths["look"]["half written"] == 13, "eleven exhibits, and the private words of two entries"
    assert deaths["letter"]["half written"] >= 6, "three exhibits, three copies"
    assert deaths["letter"]["before replace"] == deaths["letter"]["after replace"] == 3
    assert sum(died.total() - 1 for died in deaths.values()) >= 40


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("strace"), reason="apt-get install strace")
def test_the_system_is_seen_to_sync_every_file_and_its_folder_before_the_row_is_committed(workspace: Path) -> None:
    with Vault.open(workspace) as vault:
        _sighted(vault)
    seen = workspace / "strace.txt"
    code = f"from pathlib import Path; from tests import dying; dying.look(Path({str(workspace)!r}))"
    kinds = "trace=openat,fsync,fdatasync,link,linkat,close"
    traced = ["strace", "-f", "-y", "-o", str(seen), "-e", kinds, sys.executable, "-c", code]
    subprocess.run(traced, cwd=ROOT, check=True, timeout=BOUND * 3)
    lines = seen.read_text("utf-8", "replace").splitlines()
    links = [place for place, line in enumerate(lines) if "link" in line.split("(")[0] and "arriving" in line]
    assert len(links) >= 9
    for place in links:
        draft = line_names(lines[place])[0]
        name = line_names(lines[place])[1]
        assert any("fsync" in line and f"<{draft}>" in line for line in lines[:place]), f"{draft}: linked unsynced"
        folder = str(Path(name).parent)
        assert any("fsync" in line and f"<{folder}>" in line for line in lines[place:]), f"{folder}: not synced"
    synced = [place for place, line in enumerate(lines) if "sync" in line and f"{DATABASE}-wal>" in line]
    assert len(synced) >= 2, "two looks, two commits"
    assert max(synced) > max(links), "the row came before its files"


def line_names(line: str) -> list[str]:
    """The paths in quotes on a LINE of strace."""
    return [part for part in line.split('"')[1::2] if part.startswith("/")]
