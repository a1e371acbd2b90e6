"""Remakes a workspace's database at the desk: compares it with the one that is there, and lets neither be lost."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from archive import compare, rebuild
from archive.lock import alone
from archive.vault import DATABASE, EVIDENCE
from config.errors import EvidenceError, WorkspaceError
from desk.show import line, progress

SHOWN = 20  # differences


def remade(folder: Path, to: Path | None, *, drop_newer: bool) -> None:
    """Remake the database of the workspace FOLDER; in TO, if that is named.

    EvidenceError where entries that no checkpoint covers would be given up, unless DROP_NEWER says so.
    """
    if not (folder / EVIDENCE).is_dir():
        raise WorkspaceError(f"{folder}: no {EVIDENCE}/ to remake a database from. Name a workspace: --workspace DIR")
    if to is not None and (to / DATABASE).exists():
        raise WorkspaceError(f"{to / DATABASE}: is there already. Name a new folder")
    with _alone(folder), tempfile.TemporaryDirectory(prefix=".rebuild-", dir=folder) as draft:
        with progress("rebuild") as step:
            made = rebuild.rebuild(folder, Path(draft), step)
        line(f"Remade {made.rows} rows from {made.checkpoint.size} entries, with the root that was sealed.")
        if made.lost:
            line(f"{len(made.lost)} files with private words are not there: erased since that seal, or lost.")
        same, newer = _compared(folder / DATABASE, made)
        if to is not None:
            to.mkdir(parents=True, exist_ok=True)
            rebuild.place(to, made.path, datetime.now(UTC))
            line(f"It lies in {to / DATABASE}.")
        elif not same:
            _placed(folder, made, newer=newer, drop_newer=drop_newer)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let no other rebuild run in FOLDER, and sweep up after one that was cut off."""
    with alone(folder, "rebuild", "is being rebuilt already. Wait for that"):
        for cut_off in folder.glob(".rebuild-*"):
            shutil.rmtree(cut_off, ignore_errors=True)
        yield


def _compared(there: Path, made: rebuild.Rebuilt) -> tuple[bool, int | None]:
    """Say how the database THERE differs: whether it is the same, and how many newer entries it has."""
    if not there.exists():
        return False, 0
    found = compare.compared(there, made.path, made.checkpoint.size)
    for each in found.differs[:SHOWN]:
        line(each)
    if len(found.differs) > SHOWN:
        line(f"and {len(found.differs) - SHOWN} more")
    if not found.differs:
        beyond = f", and newer entries: {found.beyond}" if found.beyond else ""
        line(f"{there} holds the same{beyond}: it stays.")
    return not found.differs, found.beyond


def _placed(folder: Path, made: rebuild.Rebuilt, *, newer: int | None, drop_newer: bool) -> None:
    there = folder / DATABASE
    if newer != 0 and not drop_newer:
        what = "cannot be read" if newer is None else f"entries after the last checkpoint: {newer}"
        raise EvidenceError(
            f"{there}: {what}; the store does not have what no checkpoint covers. "
            "To give that up: --drop-newer. To look first: --to DIR"
        )
    due = not there.exists() or rebuild.take_over(there, made.path)
    seen = made.checkpoint.size if there.exists() and not drop_newer else None
    aside = rebuild.place(folder, made.path, datetime.now(UTC), seen)
    line(f"{there} is the one that was remade." + (f" The old one: {aside}" if aside else ""))
    if not due:
        line("What was due could not be taken over: sweep and check again.")
