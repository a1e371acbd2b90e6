"""`wildfree archive backup|restore`: a copy that is whole, quick the second time, and proved when it is put back."""
# ruff: noqa: F401, F811  (fixtures are found by being named)

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.vault import DATABASE, EVIDENCE
from config.errors import EvidenceError, WorkspaceError
from tests.conftest import Wildfree
from tests.test_rebuild import everything
from tests.test_verify import a_page, grow, kept


def files(folder: Path) -> dict[str, bytes]:
    there = (path for path in (folder / EVIDENCE).rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in there}


@pytest.fixture
def copy(kept: Path, tmp_path: Path, wildfree: Wildfree) -> Path:
    assert wildfree("archive", "backup", tmp_path / "copy").code == 0
    return tmp_path / "copy"


def test_what_was_backed_up_is_restored_the_same_and_verified(
    kept: Path,
    copy: Path,
    tmp_path: Path,
    wildfree: Wildfree,
) -> None:
    (kept / "keys" / "secret").write_text("x")
    ran = wildfree("archive", "restore", copy, tmp_path / "again")
    assert ran.code == 0, ran.err
    assert "sound" in ran.out
    assert everything(tmp_path / "again") == everything(kept)
    assert files(tmp_path / "again") == files(kept)
    assert len(files(kept)) > 10
    assert (tmp_path / "again" / "wildfree.toml").read_bytes() == (kept / "wildfree.toml").read_bytes()
    assert wildfree("verify", "--workspace", tmp_path / "again").code == 0


def test_keys_and_profiles_are_left_out_and_that_is_said(
    kept: Path,
    tmp_path: Path,
    wildfree: Wildfree,
) -> None:
    (kept / "profiles" / "cookies").write_text("x")
    assert (kept / "keys" / "sealing.key").exists()
    ran = wildfree("archive", "backup", tmp_path / "copy")
    assert "Sealing key, browser profiles and bundles are not in it" in ran.out
    left = {path.name for path in (tmp_path / "copy").rglob("*")}
    assert left & {"sealing.key", "keys", "profiles", "cookies", ".locks"} == set()
    assert {DATABASE, EVIDENCE, "wildfree.toml"} <= left


def test_the_second_time_only_what_is_new_is_copied(kept: Path, copy: Path, wildfree: Wildfree) -> None:
    before = {path: path.stat().st_ino for path in (copy / EVIDENCE).rglob("*") if path.is_file()}
    grow(kept, "9")
    ran = wildfree("archive", "backup", copy)
    new = len(files(kept)) - len(before)
    assert new >= 2
    assert f": {new} files copied, {len(before)} were there" in ran.out
    assert all(path.stat().st_ino == number for path, number in before.items())
    assert (everything(copy), files(copy)) == (everything(kept), files(kept))


def test_what_was_erased_goes_from_the_copy_too(kept: Path, copy: Path, wildfree: Wildfree) -> None:
    assert wildfree("archive", "erase", "1", "--why", "w").code == 0
    gone = set(files(copy)) - set(files(kept))
    assert len(gone) >= 5
    assert "erased there too" in wildfree("archive", "backup", copy).out
    assert files(copy) == files(kept)


def test_a_damaged_exhibit_is_never_copied_over_a_good_one(kept: Path, copy: Path, wildfree: Wildfree) -> None:
    page = a_page(kept)
    page.write_bytes(page.read_bytes() + b"more")
    ran = wildfree("archive", "backup", copy)
    assert ran.code == EvidenceError.exit_code
    assert f"{page}: the exhibit was altered" in ran.err
    good = (copy / page.relative_to(kept)).read_bytes()
    assert not good.endswith(b"more")


def test_a_backup_that_was_spoilt_is_restored_with_its_faults_named(
    copy: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    page = a_page(copy)
    page.write_bytes(page.read_bytes()[:-1] + b"x")
    ran = wildfree("archive", "restore", copy, tmp_path / "again")
    assert ran.code == EvidenceError.exit_code
    assert page.name in ran.out + ran.err


def test_another_archives_backup_or_a_workspace_is_never_written_over(
    kept: Path,
    copy: Path,
    tmp_path: Path,
    wildfree: Wildfree,
) -> None:
    assert wildfree("init", tmp_path / "other", "--practice").code == 0
    before = everything(copy)
    for words in (
        ("backup", copy, "--workspace", tmp_path / "other"),
        ("backup", kept / "inside"),
        ("restore", copy, kept),
        ("restore", tmp_path / "nothing", tmp_path / "new"),
    ):
        ran = wildfree("archive", *words)
        assert ran.code == WorkspaceError.exit_code, words
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a photo").write_text("x")
    assert wildfree("archive", "backup", tmp_path / "full").code == WorkspaceError.exit_code
    assert everything(copy) == before


def test_a_backup_that_was_cut_off_is_not_restored_and_the_next_one_finishes_it(
    kept: Path, copy: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    page = a_page(kept)
    (copy / page.relative_to(kept)).unlink()
    page.write_bytes(page.read_bytes() + b"more")  # the next one stops at it
    assert wildfree("archive", "backup", copy).code == EvidenceError.exit_code
    ran = wildfree("archive", "restore", copy, tmp_path / "again")
    assert ran.code == WorkspaceError.exit_code
    assert "cut off" in ran.err
    assert not (tmp_path / "again").exists()
    page.write_bytes(page.read_bytes().removesuffix(b"more"))
    assert wildfree("archive", "backup", copy).code == 0
    assert wildfree("archive", "restore", copy, tmp_path / "again").code == 0


def test_a_workspace_is_no_backup(kept: Path, tmp_path: Path, wildfree: Wildfree) -> None:
    assert "is a workspace" in wildfree("archive", "restore", kept, tmp_path / "again").err
    assert not (tmp_path / "again").exists()


def test_a_shorter_or_rewritten_archive_never_goes_over_a_longer_copy(
    kept: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    shutil.copytree(kept, tmp_path / "shorter")
    shutil.copytree(kept, tmp_path / "rewritten")
    grow(kept, "9")
    assert wildfree("archive", "backup", tmp_path / "copy").code == 0
    before = everything(tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "rewritten" / DATABASE)) as plain:
        plain.execute('UPDATE entry SET leaf = hex(randomblob(32)) WHERE "index" = 2')
        plain.commit()
    for other in ("shorter", "rewritten"):
        ran = wildfree("archive", "backup", tmp_path / "copy", "--workspace", tmp_path / other)
        assert ran.code == WorkspaceError.exit_code
        assert "goes on otherwise" in ran.err
    assert everything(tmp_path / "copy") == before


def test_an_act_that_names_a_path_takes_no_file_outside_of_the_copy(
    kept: Path, copy: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("x")
    act = "INSERT INTO act (at, by, what, subject, why) VALUES ('2026-01-01', '', 'erased', ?, '')"
    for place in (kept, copy):
        with closing(sqlite3.connect(place / DATABASE)) as plain:
            plain.execute(act, ("l\n../../precious.txt\n../precious.txt\n" + str(precious),))
            plain.commit()
    wildfree("archive", "backup", copy)
    wildfree("archive", "restore", copy, tmp_path / "new")
    assert precious.read_text() == "x"
