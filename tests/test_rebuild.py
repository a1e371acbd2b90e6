"""`wildfree archive rebuild`: the store alone gives the whole database back, with the root that was sealed."""
# ruff: noqa: F401, F811  (fixtures are found by being named)

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import capture, compare, erase, intake, rebuild, stamped, todo
from archive.facts import Brought, Exhibit, Outcome, Reading, Role, Searched, Snapshot
from archive.rows import sweep, term, tip
from archive.vault import DATABASE, EVIDENCE, Vault
from archive.verify.fault import Found
from archive.verify.whole import verify
from config.errors import EvidenceError, WorkspaceError
from config.platform import Condition
from config.progress import nowhere
from config.term import Kind, Term
from tests.conftest import Wildfree
from tests.field import Field, exchange, url
from tests.letters import case
from tests.spoiling import TABLES, changed, rows
from tests.test_verify import grow, kept, sealed

NOW = datetime(2026, 11, 22, 3, 0, 30, 400, tzinfo=UTC)
ALL = (*TABLES, "likeness", "picture_text")


def lost(folder: Path) -> None:
    """Lose FOLDER's database."""
    for path in folder.glob(f"{DATABASE}*"):
        path.unlink()


def picture(here: Field) -> None:
    """A look that brings a picture of the listing's own."""
    here.look("7", Condition.LIVE)
    at, page = here.at, url("7")
    drawn = exchange(f"{page}/1.png", case.screenshot(2), at, kind="Image", media_type="image/png")
    shown = exchange(page, f"<h1>象牙手串 7</h1>{page}".encode(), at)
    seen = Snapshot(page, page, 200, at, {"tool": "test", "vantage": "plain"}, (shown, drawn))
    task = todo.Task(todo.Kind.CHECK, "check:7", "market", at, {"key": "7", "url": page})
    capture.take(here.vault, task, page, seen, Reading(Condition.LIVE, "h1", images=(f"{page}/1.png",)))


def everything(folder: Path) -> dict[str, list[dict[str, object]]]:
    return {table: sorted(rows(folder, table), key=repr) for table in ALL}


@pytest.fixture
def pictured(kept: Path) -> Path:
    """The same, with a picture that has a likeness, an act, a term, a second seal, and what outsiders gave."""
    with Vault.open(kept) as vault:
        picture(Field(vault))
        erase.hold(vault, 2, erase.HELD, why="w", by="a custodian", now=NOW)
        slang = Term(term="果冻料", language="zh", kind=Kind.CODE)
        intake.take(vault, term.changed([term.Changed("zh", "果冻料", None, slang, "a reviewer", NOW, "w")]))
        shot = (Exhibit(Role.SCREENSHOT, case.screenshot(3), "image/png"),)
        refused = Searched(1, "象牙", 1, url("s"), Outcome.BANNED_TERM_NOTICE, "拒绝非法野生动物交易", NOW)
        intake.take(vault, sweep.searched(refused, None, False, shot), shot)
        phoned = (
            Exhibit(Role.TIP, case.screenshot(4), "image/png"),
            Exhibit(Role.METADATA, b"{}", "application/json"),
        )
        intake.take(
            vault, tip.brought(Brought("a visitor", NOW, "IMG_1.png", "n", "market", "77", url("77")), phoned), phoned
        )
    sealed(kept)
    with Vault.open(kept) as vault:
        for witness in ("公证处", "a-notary"):
            stamped.take(vault, 8, "outside", witness, b"a certificate", NOW)
    return kept


def test_a_database_that_was_lost_is_remade_with_every_row_and_the_same_root(
    pictured: Path, wildfree: Wildfree
) -> None:
    before = everything(pictured)
    assert all(before[table] for table in ALL if table not in {"clock_step", "picture_text"}), "every table has rows"
    lost(pictured)
    ran = wildfree("archive", "rebuild")
    assert ran.code == 0, ran.err
    assert "with the root that was sealed" in ran.out
    assert everything(pictured) == before
    assert wildfree("verify").code == 0
    with Vault.open(pictured) as vault:
        Field(vault).look("8", Condition.GONE)  # the archive takes up its work again
    assert wildfree("verify").code == 0


def test_a_database_that_is_right_stays_where_it_is(kept: Path, wildfree: Wildfree) -> None:
    before = (kept / DATABASE).stat().st_ino
    ran = wildfree("archive", "rebuild")
    assert (ran.code, "holds the same: it stays" in ran.out) == (0, True), ran
    assert (kept / DATABASE).stat().st_ino == before
    assert list(kept.glob(".rebuild-*")) == []


def test_a_database_that_was_changed_is_put_aside_and_each_difference_named(
    kept: Path,
    wildfree: Wildfree,
) -> None:
    changed(kept, "UPDATE visit SET condition = 'gone' WHERE id = 1")
    changed(kept, "DELETE FROM verdict WHERE id = 1")
    ran = wildfree("archive", "rebuild")
    assert ran.code == 0, ran.err
    for line in ("visit 1: only there", "visit 1: only in the store", "verdict 1: only in the store"):
        assert line in ran.out.splitlines()
    (aside,) = [path for path in kept.glob(f"{DATABASE}.before-*") if not path.name.endswith(("-wal", "-shm"))]
    with closing(sqlite3.connect(aside)) as plain:
        assert plain.execute("SELECT condition FROM visit WHERE id = 1").fetchall() == [("gone",)]
    assert wildfree("verify").code == 0


def test_newer_entries_are_never_given_up_without_a_word(kept: Path, wildfree: Wildfree) -> None:
    grow(kept, "9")
    assert "holds the same, and newer entries: 1" in wildfree("archive", "rebuild").out
    changed(kept, "UPDATE visit SET condition = 'gone' WHERE id = 1")
    ran = wildfree("archive", "rebuild")
    assert ran.code == EvidenceError.exit_code
    assert "entries after the last checkpoint: 1" in ran.err
    assert len(rows(kept, "visit")) == 3
    assert wildfree("archive", "rebuild", "--drop-newer").code == 0
    assert len(rows(kept, "visit")) == 2
    assert wildfree("verify").code == 0


def test_one_that_cannot_be_read_is_kept_too_until_that_is_said(kept: Path, wildfree: Wildfree) -> None:
    for end in ("-wal", "-shm"):
        (kept / f"{DATABASE}{end}").unlink(missing_ok=True)
    (kept / DATABASE).write_bytes(b"SQLite format 3\0" + bytes(5000))
    ran = wildfree("archive", "rebuild")
    assert ran.code == EvidenceError.exit_code
    assert "cannot be read" in ran.err
    assert wildfree("archive", "rebuild", "--drop-newer").code == 0
    assert wildfree("verify").code == 0


def test_it_can_be_put_beside_without_touching_anything(
    kept: Path,
    tmp_path: Path,
    wildfree: Wildfree,
) -> None:
    changed(kept, "UPDATE visit SET condition = 'gone' WHERE id = 1")
    before = everything(kept)
    assert wildfree("archive", "rebuild", "--to", tmp_path / "made").code == 0
    assert everything(kept) == before
    assert rows(tmp_path / "made", "visit")[0]["condition"] == "live"
    assert wildfree("archive", "rebuild", "--to", tmp_path / "made").code == WorkspaceError.exit_code


def test_what_is_due_is_taken_over(kept: Path, wildfree: Wildfree) -> None:
    due = rows(kept, "unit")
    assert due
    changed(kept, "UPDATE visit SET condition = 'gone' WHERE id = 1")
    assert wildfree("archive", "rebuild").code == 0
    assert rows(kept, "unit") == due


@pytest.mark.parametrize("spoilt", ["segment-000000000000-000000000008.jsonl", "checkpoint-000000000008.note"])
def test_a_store_that_does_not_hold_together_remakes_nothing(kept: Path, spoilt: str, wildfree: Wildfree) -> None:
    paper = kept / EVIDENCE / "ledger" / spoilt
    whole = paper.read_bytes()
    before = everything(kept)
    for body in (whole[:-30], bytes([whole[0] ^ 1]) + whole[1:], b""):
        paper.write_bytes(body)
        ran = wildfree("archive", "rebuild", "--drop-newer")
        assert ran.code == EvidenceError.exit_code, ran
        assert "ledger" in ran.err
    paper.unlink()
    assert wildfree("archive", "rebuild", "--drop-newer").code == EvidenceError.exit_code
    assert everything(kept) == before


def test_comparing_sees_a_change_in_each_table(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    made = rebuild.rebuild(kept, tmp_path / "made", nowhere)
    assert compare.compared(kept / DATABASE, made.path, made.checkpoint.size).differs == ()
    seen = 0
    for table in TABLES:
        for row in rows(kept, table)[:1]:
            copy = tmp_path / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            copy.mkdir()
            with (
                closing(sqlite3.connect(kept / DATABASE)) as plain,
                closing(sqlite3.connect(copy / DATABASE)) as other,
            ):
                plain.backup(other)
            column = [name for name, value in row.items() if isinstance(value, str)][-1:]
            if column:
                with closing(sqlite3.connect(copy / DATABASE)) as plain:
                    plain.execute(f'UPDATE "{table}" SET "{column[0]}" = "{column[0]}" || \'x\'')
                    plain.commit()
                assert compare.compared(copy / DATABASE, made.path, made.checkpoint.size).differs, table
                seen += 1
    assert seen >= 10
    assert verify(kept, Found()).sound


def test_who_has_the_old_database_open_is_told_at_the_next_write_and_loses_nothing_unsaid(
    kept: Path, wildfree: Wildfree
) -> None:
    with Vault.open(kept) as vault:
        here = Field(vault)
        here.look("8", Condition.LIVE)  # its connection stays open
        assert wildfree("archive", "rebuild", "--drop-newer").code == 0  # the same, and a newer one: stays
        changed(kept, "UPDATE visit SET condition = 'gone' WHERE id = 1")
        assert wildfree("archive", "rebuild", "--drop-newer").code == 0
        with pytest.raises(WorkspaceError, match="put aside meanwhile"):
            here.look("9", Condition.LIVE)
    grow(kept, "9")
    assert wildfree("verify").code == 0


def test_what_was_written_while_a_rebuild_compared_is_never_put_aside_unseen(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    made = rebuild.rebuild(kept, tmp_path / "made", nowhere)
    grow(kept, "9")
    with pytest.raises(WorkspaceError, match="written to meanwhile"):
        rebuild.place(kept, made.path, datetime.now(UTC), made.checkpoint.size)
    assert len(rows(kept, "visit")) == 3


def test_a_cut_off_rebuild_is_swept_up_by_the_next(kept: Path, wildfree: Wildfree) -> None:
    (kept / ".rebuild-x").mkdir()
    (kept / ".rebuild-x" / "archive.sqlite").write_text("x")
    assert wildfree("archive", "rebuild").code == 0
    assert list(kept.glob(".rebuild-*")) == []
