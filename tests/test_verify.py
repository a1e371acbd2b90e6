"""`wildfree verify`: what is sound is called sound, what is not is named, and what was cut off goes on."""

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive import key, seal
from archive.note import Checkpoint, signed
from archive.vault import DATABASE, LOCKS, Vault
from archive.verify import hashing, resume
from archive.verify.fault import Found, Kind
from archive.verify.whole import verify
from config.errors import EvidenceError
from config.platform import Condition
from tests.conftest import Wildfree
from tests.field import Field
from tests.forging import forge
from tests.site import HTML, Answer, describe, opened
from tests.spoiling import changed
from tests.test_older_archives import old  # noqa: F401  (a fixture)
from tests.test_seal import filled

ROOT = Path(__file__).parents[1]


def sealed(folder: Path) -> Path:
    """Seal what FOLDER's archive holds; answers the checkpoint's paper."""
    found = key.found(folder)
    assert found is not None
    with Vault.open(folder) as vault:
        made = seal.seal(vault, found.name, found.key, datetime.now(UTC))
    return folder / "evidence" / "ledger" / seal.CHECKPOINT.format(made.size)


@pytest.fixture
def kept(workspace: Path) -> Path:
    """A workspace with looks, verdicts and a letter in it, sealed."""
    with Vault.open(workspace) as vault:
        filled(Field(vault))
    sealed(workspace)
    return workspace


def grow(folder: Path, *keys: str) -> None:
    with Vault.open(folder) as vault:
        here = Field(vault)
        for each in keys:
            here.look(each, Condition.LIVE)


def a_page(folder: Path) -> Path:
    """An exhibit that is a page."""
    (page, *_) = [path for path in sorted((folder / "evidence").glob("??/*")) if b"<h1>" in path.read_bytes()[:9]]
    return page


def test_a_sound_archive_is_called_sound_with_how_much_was_checked(kept: Path, wildfree: Wildfree) -> None:
    ran = wildfree("verify")
    assert (ran.code, ran.err.count("FAULT"), ran.out.count("FAULT")) == (0, 0, 0), ran.out
    (last,) = wildfree("verify", "--json").objects
    assert last["kind"] == "summary"
    assert last["sound"] is last["ended"] is True
    assert last["checked"].items() >= {"entries": 8, "checkpoints": 1, "segments": 1, "manifests": 2}.items()
    assert last["checked"]["files"] == len(list((kept / "evidence").glob("??/*"))) > 8
    assert last["checked"]["rows"] > 20


def test_every_fault_stands_on_a_line_with_place_time_and_meaning(kept: Path, wildfree: Wildfree) -> None:
    page = a_page(kept)
    page.write_bytes(page.read_bytes().replace(b"<h1>", b"<h2>", 1))
    changed(kept, "UPDATE visit SET at = 'yesterday', missing = '[' WHERE id = 1")
    changed(kept, "UPDATE verdict SET decision = 'perhaps' WHERE id = 1")
    changed(kept, "UPDATE node SET hash = 'zz' WHERE level = 1 AND position = 0")
    ran = wildfree("verify")
    assert ran.code == EvidenceError.exit_code
    lines = [line for line in ran.out.splitlines() if line.startswith("FAULT")]
    wanted = (
        rf"evidence/{page.parent.name}/{page.name} \(payload of visit 1, listing 1 market/7; entry 4\): was altered",
        r"visit 1, entry 4: column at says 'yesterday', not '20",
        r"visit 1, entry 4: column missing says '\[', not '\[\]'",
        r"verdict 1, entry 6: column decision says 'perhaps', not 'illegal'",
        r"node 1/0: is not what the leaves under it make",
    )
    for line in wanted:
        assert [each for each in lines if re.search(line + r".* \(recorded 20\d\d-.*Z\); \w+", each)], (line, lines)
    assert len(lines) == len(wanted), lines
    told = wildfree("verify", "--json").objects
    assert [each["kind"] for each in told] == ["fault"] * len(wanted) + ["summary"]
    assert set(told[0]) == {"kind", "where", "what", "since", "means"}


def test_a_database_that_cannot_be_read_is_a_fault_and_its_files_are_hashed_all_the_same(
    kept: Path, wildfree: Wildfree
) -> None:
    with closing(sqlite3.connect(kept / DATABASE)) as plain:
        plain.execute("PRAGMA journal_mode = DELETE")
    body = bytearray((kept / DATABASE).read_bytes())
    body[100:140] = bytes(40)
    (kept / DATABASE).write_bytes(body)
    page = a_page(kept)
    page.write_bytes(b"another")
    ran = wildfree("verify")
    assert ran.code == EvidenceError.exit_code, ran.err
    assert f"FAULT {DATABASE}" in ran.out
    assert re.search(rf"FAULT .*{page.name}.*was altered", ran.out)


# --- a checkpoint that somebody else holds


def test_an_older_checkpoint_held_outside_agrees_with_a_ledger_that_only_grew(
    kept: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    held = tmp_path / "held.note"
    held.write_bytes(sealed(kept).read_bytes())
    grow(kept, "8", "9")
    sealed(kept)
    ran = wildfree("verify", "--against", held)
    assert ran.code == 0, ran.out
    assert "1 checkpoints held outside" in ran.out


def test_a_forged_page_with_all_hashes_made_anew_is_found_against_a_checkpoint_held_outside(
    kept: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    held = tmp_path / "held.note"
    held.write_bytes(sealed(kept).read_bytes())
    grow(kept, "9")
    sealed(kept)
    own = key.found(kept)
    assert own is not None
    forge(kept, own.name, own.key, old="象牙手串 7".encode(), new="象牙手串 6".encode())
    alone = wildfree("verify")
    assert alone.code == 0, f"the forger was careless, so this test proves nothing: {alone.out}"
    ran = wildfree("verify", "--against", held)
    assert ran.code == EvidenceError.exit_code
    assert f"FAULT {held}: its first 8 entries had the root" in ran.out


def test_a_ledger_whose_newest_entries_were_taken_away_is_found(
    kept: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    grow(kept, "9")
    held = tmp_path / "held.note"
    sealed(kept)
    own = key.found(kept)
    assert own is not None
    held.write_text(signed(Checkpoint(own.name, 12, bytes(32)), own.key), "utf-8")
    ran = wildfree("verify", "--against", held)
    assert ran.code == EvidenceError.exit_code
    assert "covers 12 entries, but there are 9" in ran.out


def test_a_checkpoint_of_another_ledger_or_none_at_all_is_said(
    kept: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    note = sealed(kept).read_text("utf-8")
    (tmp_path / "other.note").write_text(re.sub(r"wildfree-practice-\w+", "wildfree-practice-abc", note), "utf-8")
    ran = wildfree("verify", "--against", tmp_path / "other.note")
    assert ran.code == EvidenceError.exit_code
    assert "is of the ledger wildfree-practice-abc, which is not this one" in ran.out
    (tmp_path / "none.note").write_text("hello", "utf-8")
    assert "no checkpoint" in wildfree("verify", "--against", tmp_path / "none.note").err
    assert "cannot be read" in wildfree("verify", "--against", tmp_path / "nowhere.note").err


def test_what_is_older_than_the_ledger_is_said_to_be(old: Path) -> None:  # noqa: F811  (the fixture)
    Vault.open(old).close()
    found = verify(old, Found())
    assert [remark.kind for remark in found.remarks].count(Kind.BEFORE) == 1
    assert found.checked["recorded before the ledger"] == found.checked["entries"] == 8
    assert [fault.what for fault in found.faults] == ["the file is missing"], "its one exhibit never was a file"


# --- cut off


class Cut:
    """Stops a run once COUNT steps were made."""

    def __init__(self, count: int) -> None:
        self.left = count

    def __call__(self, done: int, more: int, waiting: str = "") -> None:
        self.left -= done
        if self.left < 0:
            raise KeyboardInterrupt


def cut(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Found:
    """Verify FOLDER, and stop after the ledger and a few files."""
    monkeypatch.setattr(hashing, "FILES", 2)
    found = Found()
    with pytest.raises(KeyboardInterrupt):
        verify(folder, found, progress=Cut(8 + 5))
    assert 0 < found.checked["files"] < len(list((folder / "evidence").glob("??/*")))
    return found


def test_a_run_that_was_cut_off_goes_on_and_says_so(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cut(kept, monkeypatch)
    second = verify(kept, Found())
    (said,) = [remark for remark in second.remarks if remark.kind is Kind.RESUMED]
    assert said.what.startswith(f"{first.checked['files']} of ")
    assert second.sound
    third = verify(kept, Found())
    assert [remark for remark in third.remarks if remark.kind is Kind.RESUMED] == [], "a whole run begins anew"
    assert third.checked["files"] == second.checked["files"]


def test_what_was_spoilt_after_a_cut_is_found_all_the_same(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut(kept, monkeypatch)
    done = resume.Earlier(kept).marks
    assert len(done) >= 4
    for name in done:
        path = kept / "evidence" / name[:2] / name
        body = path.read_bytes()
        path.write_bytes(body[:-1] + bytes([body[-1] ^ 1]))
    found = verify(kept, Found())
    assert {name for name in done if any(name in fault.where for fault in found.faults)} == set(done)


def test_a_fault_that_was_found_before_the_cut_is_found_again(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = min((kept / "evidence").glob("??/*"))
    first.write_bytes(b"another")
    assert any(first.name in fault.where for fault in cut(kept, monkeypatch).faults)
    assert any(first.name in fault.where for fault in verify(kept, Found()).faults)


def test_nobody_without_the_key_can_have_a_fault_passed_over(kept: Path) -> None:
    page = a_page(kept)
    page.write_bytes(b"another")
    made_up = json.dumps({page.name: hashing.mark(page.stat())})
    (kept / LOCKS).mkdir(exist_ok=True)
    (kept / LOCKS / resume.FILE).write_text(f"{'0' * 64} {made_up}\n", "utf-8")
    assert any(page.name in fault.where for fault in verify(kept, Found()).faults)


@pytest.mark.parametrize("count", [1, 4, 9])
def test_many_files_are_hashed_by_every_core_and_each_answers_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(hashing, "FILES", 3)
    for each in range(count):
        (tmp_path / f"{each}").write_bytes(bytes([each]) * 100)
    paths = [(str(path), 100) for path in sorted(tmp_path.iterdir())]
    said = [one for lot in hashing.each([*paths, (str(tmp_path / "nowhere"), 1)]) for one in lot]
    assert [one.path for one in said if not one.problem] == [path for path, _ in paths]
    assert len({one.sha256 for one in said}) == count + 1
    assert [one.problem for one in said if one.problem] == ["No such file or directory"]


# --- honest looks


@pytest.mark.slow
def test_no_false_alarm_over_twenty_looks_by_browser_and_a_thousand_by_plain_http(
    workspace: Path, wildfree: Wildfree
) -> None:
    keys = range(1, 21)
    cards = "".join(f'<li class="card"><a href="/item/{each}">象牙手镯 {each}</a></li>' for each in keys)
    with opened() as site:
        site.answers["/search"] = Answer(f"<ul>{cards}</ul>", 200, HTML)
        for each in keys:
            site.answers[f"/item/{each}"] = Answer(f"<html><body><h1>象牙手镯 {each}</h1></body></html>")
        describe(workspace, site.base, 0)
        assert wildfree("sweep", "stall", "--term", "象牙").code == 0
        assert wildfree("visit", "stall").code == 0
        sound(wildfree, 20)
        for _ in range(50):
            assert wildfree("check", "stall").code == 0
    sound(wildfree, 1020)


def sound(wildfree: Wildfree, looks: int) -> None:
    ran = wildfree("verify", "--json")
    *said, last = ran.objects
    assert [each for each in said if each["kind"] == "fault"] == []
    assert (ran.code, last["sound"]) == (0, True)
    assert last["checked"]["manifests"] >= looks


def test_verify_as_a_program_of_its_own_says_sound_first(kept: Path) -> None:
    code = "from desk.main import run; run()"
    words = [sys.executable, "-c", code, "verify", "--workspace", str(kept)]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (ran.returncode, ran.stdout.startswith("Sound. Checked: ")) == (0, True), ran.stderr


def remarks(wildfree: Wildfree) -> list[dict[str, str]]:
    return [each for each in wildfree("verify", "--json").objects if each["kind"] in {"key", "unsealed"}]


def test_what_no_seal_covers_is_said_until_it_is_sealed(kept: Path, wildfree: Wildfree) -> None:
    assert remarks(wildfree) == []
    grow(kept, "8", "9")
    (said,) = remarks(wildfree)
    assert said["kind"] == "unsealed"
    assert said["what"].startswith("2 entries (8 to 9)")
    sealed(kept)
    assert remarks(wildfree) == []


def test_a_tail_that_was_cut_off_with_its_seal_is_at_least_said_to_be_uncovered(
    kept: Path, wildfree: Wildfree
) -> None:
    grow(kept, "9")
    newest = sealed(kept)
    newest.unlink()
    (newest.parent / "segment-000000000008-000000000009.jsonl").unlink()
    changed(kept, "DELETE FROM seal WHERE size = 9")
    assert [each["kind"] for each in remarks(wildfree)] == ["unsealed"]


def test_a_newcomers_key_is_said_in_the_ledger_and_beside_the_one_that_lies_here(
    kept: Path, wildfree: Wildfree
) -> None:
    theirs = Ed25519PrivateKey.generate()
    with Vault.open(kept) as vault:
        name = seal.latest(vault)
        assert name is not None
        seal.seal(vault, name.origin, theirs, datetime.now(UTC))
    in_ledger, beside = remarks(wildfree)
    assert in_ledger["where"] == "entry 8"
    assert "does not vouch" in in_ledger["what"]
    assert beside["where"].startswith("the sealing key in ")


def test_commands_that_seal_at_once_leave_a_sound_archive(kept: Path, wildfree: Wildfree) -> None:
    start = [sys.executable, "-c", "from desk.main import run; run()", "archive", "hold", "--why", "w"]
    held = [subprocess.Popen([*start, str(each), "--workspace", str(kept)], cwd=ROOT) for each in (1, 2)]
    assert [each.wait(timeout=60) for each in held] == [0, 0]
    ran = wildfree("verify", "--json")
    assert ran.code == 0, ran.out
    assert ran.objects[-1]["checked"]["entries"] == 10
    assert [each["kind"] for each in ran.objects] == ["summary"]


def test_a_segment_that_reaches_farther_back_than_the_seal_before_it_is_enough(
    kept: Path, wildfree: Wildfree
) -> None:
    grow(kept, "9")
    papers = sealed(kept).parent
    first, last = sorted(papers.glob("segment-*"))
    (papers / "segment-000000000000-000000000009.jsonl").write_bytes(first.read_bytes() + last.read_bytes())
    last.unlink()
    ran = wildfree("verify")
    assert ran.code == 0, ran.out
    (papers / "segment-000000000000-000000000009.jsonl").unlink()
    assert wildfree("verify").code == EvidenceError.exit_code
