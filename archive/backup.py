"""Copies an archive to another folder and back: the database by SQLite's own backup, and what is new in the store.

Keys and browser profiles are left out: whoever has the copy must not be able to seal, or to log in. So are bundles,
which can be made again. A copy is whole once its mark lies in it; one without is not restored.
"""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from archive.plain import read_only
from archive.store import ARRIVING, PAPERS, named
from archive.vault import CACHE, DATABASE, EVIDENCE, LOCKS
from config.errors import EvidenceError, MachineError, WorkspaceError, why
from config.progress import Progress
from config.system import make_private, sync, sync_folder

LEFT_OUT = ("keys", "profiles")
WHOLE = "backup.txt"  # the mark
NOT_COPIED = {*LEFT_OUT, LOCKS, CACHE, EVIDENCE, "bundles", WHOLE}


@dataclass(frozen=True)
class Copied:
    """What a backup, or a restoring, did."""

    files: int  # of the store, that were not there yet
    there: int  # that were
    erased: int  # that had been erased since, and went there too


def backup(workspace: Path, folder: Path, progress: Progress) -> Copied:
    """Copy the archive of WORKSPACE to FOLDER, which may hold an older copy of it."""
    if folder.resolve().is_relative_to(workspace.resolve()):
        raise WorkspaceError(f"{folder}: lies in the workspace itself. Name a folder on another disk")
    _same_archive(workspace, folder)
    try:
        (folder / WHOLE).unlink(missing_ok=True)
        done = _copied(workspace, folder, progress)
        (folder / WHOLE).write_text("A whole backup. To put it back: wildfree archive restore\n", "utf-8")
        _synced(folder / WHOLE)
        sync_folder(folder)
    except OSError as problem:
        raise MachineError(f"{folder}: cannot be written: {why(problem)}") from None
    return done


def restore(folder: Path, workspace: Path, progress: Progress) -> Copied:
    """Copy a backup in FOLDER to WORKSPACE, which holds no archive yet."""
    if not (folder / DATABASE).is_file():
        raise WorkspaceError(f"{folder}: no backup. Name the folder that was given to: wildfree archive backup")
    if not (folder / WHOLE).is_file():
        raise WorkspaceError(
            f"{folder}: no whole backup: it was cut off, or is a workspace. Run wildfree archive backup again"
        )
    if (workspace / DATABASE).exists() or ((workspace / EVIDENCE).exists() and any((workspace / EVIDENCE).iterdir())):
        raise WorkspaceError(f"{workspace}: holds an archive already. Name a new folder")
    return _copied(folder, workspace, progress)


def _copied(here: Path, there: Path, progress: Progress) -> Copied:
    try:
        there.mkdir(mode=0o700, parents=True, exist_ok=True)
        _database(here / DATABASE, there / DATABASE)  # first: each file that it names is in the store by now
        _choices(here, there)
        new, old = _store(here / EVIDENCE, there / EVIDENCE, progress)
        return Copied(new, old, _erased(here / EVIDENCE, there))
    except OSError as problem:
        raise MachineError(f"{problem.filename or there}: cannot be copied: {why(problem)}") from None
    except sqlite3.Error as problem:
        raise EvidenceError(f"{here / DATABASE}: cannot be copied: {problem}. See: wildfree verify") from None


def _same_archive(workspace: Path, folder: Path) -> None:
    """WorkspaceError if FOLDER holds something else than an older copy of WORKSPACE's archive."""
    if not folder.exists() or all(place.name.startswith(".") for place in folder.iterdir()):
        return
    if not (folder / DATABASE).is_file():
        raise WorkspaceError(f"{folder}: is not empty, and holds no backup. Name another folder")
    with closing(read_only(folder / DATABASE)) as copy, closing(read_only(workspace / DATABASE)) as ours:
        for index, (theirs, mine) in enumerate(zip_longest(_leaves(copy), _leaves(ours))):
            if theirs is None:
                return
            if theirs != mine:
                raise WorkspaceError(
                    f"{folder}: holds another archive's backup, or one that goes on otherwise (from entry {index}). "
                    "Keep it, and name another folder"
                )


def _leaves(database: sqlite3.Connection) -> Iterator[str]:
    """The ledger's leaves in order; EvidenceError where they cannot be read."""
    try:
        for (leaf,) in database.execute('SELECT leaf FROM entry ORDER BY "index"'):
            yield leaf
    except sqlite3.Error as problem:
        raise EvidenceError(f"the ledger's entries cannot be read: {problem}. See: wildfree verify") from None


def _database(here: Path, there: Path) -> None:
    """Copy the database as it is at one moment; whole or not at all."""
    draft = there.with_name(f".{there.name}.{os.getpid()}")
    try:
        source = read_only(here)
        with closing(source), closing(sqlite3.connect(draft)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        make_private(draft)
        _synced(draft)
        for end in ("-wal", "-shm"):
            there.with_name(there.name + end).unlink(missing_ok=True)
        draft.replace(there)
        sync_folder(there.parent)
    finally:
        draft.unlink(missing_ok=True)


def _choices(here: Path, there: Path) -> None:
    """Copy everything else that is the workspace's: settings, its own config/, letters, reports."""
    for place in here.iterdir():
        if place.name in NOT_COPIED or place.name.startswith((DATABASE, ".")) or place.is_symlink():
            continue
        if place.is_dir():
            shutil.copytree(place, there / place.name, dirs_exist_ok=True)
        else:
            shutil.copy2(place, there / place.name)


def _store(here: Path, there: Path, progress: Progress) -> tuple[int, int]:
    """Copy the files that are not there yet; how many were new, and how many were there."""
    new = old = 0
    for file in _files(here):
        place = there / file.relative_to(here)
        known = place.exists() and place.stat().st_size == file.stat().st_size
        if not known:
            _file(file, place)
        new, old = new + (not known), old + known
        progress(1, 1)
    return new, old


def _file(file: Path, place: Path) -> None:
    """Copy one exhibit or paper; EvidenceError, and nothing is copied, where an exhibit is not what its name says."""
    body = file.read_bytes()
    if file.parent.name != PAPERS and hashlib.sha256(body).hexdigest() != file.name:
        raise EvidenceError(f"{file}: the exhibit was altered. Put back your older copy of it, then back up again")
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name[:60]}.{os.getpid()}")
    try:
        draft.write_bytes(body)
        _synced(draft)
        draft.replace(place)
        sync_folder(place.parent)
    finally:
        draft.unlink(missing_ok=True)


def _erased(here: Path, there: Path) -> int:
    """Take away from the copy what the archive says was erased, and no longer has itself."""
    with closing(sqlite3.connect(there / DATABASE)) as plain:
        subjects = plain.execute("SELECT subject FROM act WHERE what = 'erased'").fetchall()
    gone = {sha256 for (subject,) in subjects for sha256 in named(str(subject))}
    places = [Path(sha256[:2], sha256) for sha256 in gone]
    left = [place for place in places if (there / EVIDENCE / place).exists() and not (here / place).exists()]
    for place in left:
        (there / EVIDENCE / place).unlink()
    return len(left)


def _files(store: Path) -> Iterator[Path]:
    """Every exhibit and paper, in order."""
    for folder in sorted(store.iterdir()) if store.is_dir() else ():
        if folder.is_dir() and folder.name != ARRIVING:
            yield from (file for file in sorted(folder.iterdir()) if file.is_file() and not file.name.startswith("."))


def _synced(file: Path) -> None:
    with file.open("rb+") as opened:
        sync(opened.fileno())
