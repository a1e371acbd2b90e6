"""An exhibit is on the disk before anyone speaks of it, is never overwritten, and is checked when it is opened."""

import hashlib
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from archive.store import FolderStore
from config.errors import EvidenceError, MachineError

BODY = "一张网页 one page".encode() * 100
NAME = hashlib.sha256(BODY).hexdigest()
ROOT = Path(__file__).parent.parent


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "evidence")


def python(code: str, *words: object, before: Sequence[str] = ()) -> subprocess.Popen[str]:
    """A process of our own that runs CODE with WORDS in sys.argv[1:], in the command BEFORE."""
    call = [*before, sys.executable, "-c", code, *map(str, words)]
    return subprocess.Popen(call, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def files(store: FolderStore) -> list[Path]:
    return [path for path in store.folder.rglob("*") if path.is_file()]


PUT = """
import sys
from pathlib import Path
from archive.store import FolderStore
FolderStore(Path(sys.argv[1])).put(sys.argv[2].encode())
print("kept", flush=True)
"""
CALL = re.compile(r"(\w+)\((.*)\) += (\d+)")


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not on the PATH")
def test_file_and_folders_have_reached_the_disk_before_put_returns(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    trace = ["strace", "-f", "-y", "-o", str(log), "-e", "trace=mkdir,openat,write,fsync,link,linkat,unlink"]
    with python(PUT, tmp_path / "evidence", "body of an exhibit", before=trace) as child:
        out, _ = child.communicate(timeout=60)
    if child.returncode != 0 and not log.exists():
        pytest.skip("strace may not trace here")
    assert out == "kept\n"
    name = hashlib.sha256(b"body of an exhibit").hexdigest()
    steps = _steps(log.read_text("utf-8"), tmp_path / "evidence", name)
    order = ["write draft", "fsync draft", "link", "fsync shelf", "fsync evidence", "write kept"]
    assert [step for step in steps if step in order] == order
    assert steps.index("make shelf") < steps.index("link")


def _steps(log: str, evidence: Path, name: str) -> list[str]:
    """The calls that matter, in the words of the test; `-y` has written the path of each handle beside it."""
    steps = []
    for call, words, _ in CALL.findall(log):
        handle = re.search(r"<(.*?)>", words)
        on = handle[1] if handle else ""
        if call in ("fsync", "write") and on.startswith(f"{evidence}/arriving/"):
            steps.append(f"{call} draft")
        elif call == "fsync" and on in (f"{evidence}/{name[:2]}", str(evidence)):
            steps.append("fsync shelf" if on.endswith(f"/{name[:2]}") else "fsync evidence")
        elif call.startswith("link") and name in words:
            steps.append("link")
        elif call == "mkdir" and words.startswith(f'"{evidence}/{name[:2]}"'):
            steps.append("make shelf")
        elif call == "write" and "kept" in words:
            steps.append("write kept")
    # a shelf that is made is synced at once, too: what counts is the last sync of the evidence folder
    first = [at for at, step in enumerate(steps) if step == "fsync evidence"][:-1]
    return [step for at, step in enumerate(steps) if at not in first]


def test_every_sync_comes_before_put_returns_and_the_files_own_before_its_name(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, link = os.fsync, os.link

    def synced(handle: int) -> None:
        stat = os.fstat(handle)
        steps.append(f"sync {stat.st_ino}")
        fsync(handle)

    def linked(source: Path, target: Path) -> None:
        assert source.read_bytes() == BODY, "the name must not come before the whole body"
        steps.append(f"link {source.stat().st_ino}")
        link(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "link", linked)
    store.put(BODY)
    file = store.path(NAME).stat().st_ino
    shelf = store.path(NAME).parent.stat().st_ino
    evidence = store.folder.stat().st_ino
    at = steps.index(f"link {file}")
    assert f"sync {file}" in steps[:at]
    assert {f"sync {shelf}", f"sync {evidence}"} <= set(steps[at:])
    steps.clear()
    store.put(BODY)  # it is there, but who says that the process which put it there lived to sync the folder?
    assert steps == [f"sync {shelf}", f"sync {evidence}"]


def test_what_was_put_is_what_is_read(store: FolderStore) -> None:
    assert store.put(BODY) == NAME
    assert store.read(NAME) == BODY
    assert store.path(NAME).read_bytes() == BODY
    assert store.path(NAME) == store.folder / NAME[:2] / NAME
    assert store.put(b"") == hashlib.sha256(b"").hexdigest()
    assert [path.name for path in files(store)].count(NAME) == 1
    assert len(files(store)) == 2, "a draft was left behind"


def test_a_file_that_is_there_is_never_overwritten(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put(BODY)
    kept = store.path(NAME).stat()
    monkeypatch.setattr(Path, "exists", lambda _: False)  # as if another process had put it there just now
    assert store.put(BODY) == NAME
    now = store.path(NAME).stat()
    assert (now.st_ino, now.st_mtime_ns, now.st_nlink) == (kept.st_ino, kept.st_mtime_ns, 1)
    store.path(NAME).write_bytes(b"another page")
    with pytest.raises(EvidenceError):
        store.put(BODY)
    assert store.path(NAME).read_bytes() == b"another page", "the proof of the change was wiped out"


@pytest.mark.parametrize(
    "spoilt",
    [BODY[:-1], b"", BODY[:-1] + b"\x00", BODY + b"\n"],
    ids=["truncated", "emptied", "one byte altered", "added to"],
)
def test_an_altered_exhibit_is_noticed_when_read_and_when_put_again(store: FolderStore, spoilt: bytes) -> None:
    store.put(BODY)
    store.path(NAME).write_bytes(spoilt)
    for touch in (lambda: store.read(NAME), lambda: store.put(BODY)):
        with pytest.raises(EvidenceError, match="altered") as told:
            touch()
        assert str(store.path(NAME)) in str(told.value)
    assert store.path(NAME).read_bytes() == spoilt


def test_a_missing_exhibit_is_an_error_that_names_its_path(store: FolderStore) -> None:
    with pytest.raises(EvidenceError, match="missing") as told:
        store.read(NAME)
    assert str(store.path(NAME)) in str(told.value)
    assert told.value.exit_code == 4


RACE = """
import sys
from pathlib import Path
from archive.store import FolderStore
store = FolderStore(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(40):
    print(store.put(b"%d" % number * 5000))
"""


def test_two_processes_may_put_the_same_bytes_at_once(store: FolderStore) -> None:
    children = [python(RACE, store.folder) for _ in range(2)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    said = [child.communicate(timeout=60)[0].split() for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert said[0] == said[1]
    assert len(set(said[0])) == 40
    for name in said[0]:
        store.read(name)
    assert len(files(store)) == 40, "drafts were left, or names were made twice"


def test_a_disk_that_is_full_leaves_nothing_that_is_believed(store: FolderStore) -> None:
    small = b"before" * 10
    store.put(small)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))  # stands in for a disk with 4 KiB left
    try:
        with pytest.raises(MachineError) as told:
            store.put(BODY * 10)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(store.folder) in str(told.value)
    assert files(store) == [store.path(hashlib.sha256(small).hexdigest())], "half a file was left"
    assert store.put(BODY * 10) == hashlib.sha256(BODY * 10).hexdigest()


KILLED = """
import os, signal, sys
from pathlib import Path
from archive import store
fsync = os.fsync
def dead(handle):
    if len(sys.argv) > 2 and not os.path.isdir(f"/proc/self/fd/{handle}"):
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(handle)
os.fsync = dead
store.FolderStore(Path(sys.argv[1])).put(b"half an exhibit" * 1000)
"""


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
def test_what_a_kill_left_half_written_is_swept_up_when_it_is_old_and_only_then(store: FolderStore) -> None:
    with python(KILLED, store.folder, "die") as child:
        child.communicate(timeout=60)
    assert child.returncode == -9
    (draft,) = files(store)
    assert draft.parent == store.arriving
    assert store.sweep_up(600) == 0
    assert draft.exists(), "it may be another process's, written this moment"
    kept = store.put(BODY)
    before = time.time() - 601
    os.utime(draft, (before, before))
    os.utime(store.path(kept), (before, before))
    assert store.sweep_up(600) == 1
    assert files(store) == [store.path(kept)]
    assert FolderStore(store.folder / "nowhere").sweep_up(600) == 0
