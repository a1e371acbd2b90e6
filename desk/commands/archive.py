"""`wildfree archive`: rebuilds, copies, restores the archive, takes bundles in, erases what must not be kept."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from filelock import FileLock, Timeout

from archive import backup as copies
from archive import compare, erase, key, rebuild, take
from archive.vault import DATABASE, EVIDENCE, LOCKS
from archive.verify import whole
from archive.verify.fault import Found
from config.errors import EvidenceError, UsageError, WorkspaceError
from desk.bundling import BUNDLES
from desk.context import ByOption, WorkspaceOption, desk, who
from desk.sealing import seal_what_was_done
from desk.shell import shell
from desk.show import line, progress

app = shell(no_args_is_help=True, help="The archive: rebuild, backup, restore, take, erase, hold, release.")
WhyOption = Annotated[str, typer.Option("--why", help="Why, in a sentence: it is kept.")]
SHOWN = 20  # differences
WITHOUT = "Sealing key, browser profiles and bundles are not in it. A copy of the key: wildfree key --copy FILE"


@app.command("rebuild")
def remake(
    to: Annotated[
        Path | None, typer.Option("--to", help="Put it into this folder, and leave the old as it is.")
    ] = None,
    drop_newer: Annotated[
        bool, typer.Option("--drop-newer", help="Give up what was recorded after the last checkpoint.")
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Remake the database from the evidence folder alone, up to the last checkpoint, and compare the two.

    The old database is put aside, never deleted.

    Example:
        wildfree archive rebuild
    """
    folder = (workspace or Path()).resolve()
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
        same, newer = _compared(folder, made)
        if to is not None:
            to.mkdir(parents=True, exist_ok=True)
            rebuild.place(to, made.path, datetime.now(UTC))
            line(f"It lies in {to / DATABASE}.")
        elif not same:
            _placed(folder, made, newer=newer, drop_newer=drop_newer)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let no other rebuild run in FOLDER, and sweep up after one that was cut off."""
    (folder / LOCKS).mkdir(exist_ok=True)
    try:
        with FileLock(folder / LOCKS / "rebuild.lock", timeout=0):
            for cut_off in folder.glob(".rebuild-*"):
                shutil.rmtree(cut_off, ignore_errors=True)
            yield
    except Timeout:
        raise WorkspaceError(f"{folder}: is being rebuilt already. Wait for that") from None


def _compared(folder: Path, made: rebuild.Rebuilt) -> tuple[bool, int | None]:
    """Say how the database that is there differs: whether it is the same, and how many newer entries it has."""
    if not (folder / DATABASE).exists():
        return False, 0
    found = compare.compared(folder / DATABASE, made.path, made.checkpoint.size)
    for each in found.differs[:SHOWN]:
        line(each)
    if len(found.differs) > SHOWN:
        line(f"and {len(found.differs) - SHOWN} more")
    if not found.differs:
        beyond = f", and {found.beyond} newer entries" if found.beyond else ""
        line(f"{folder / DATABASE} holds the same{beyond}: it stays.")
        return True, found.beyond
    return False, found.beyond


def _placed(folder: Path, made: rebuild.Rebuilt, *, newer: int | None, drop_newer: bool) -> None:
    if newer != 0 and not drop_newer:
        what = "cannot be read" if newer is None else f"holds {newer} entries after the last checkpoint"
        raise EvidenceError(
            f"{folder / DATABASE}: {what}; the store does not have what no checkpoint covers. "
            "To give that up: --drop-newer. To look first: --to DIR"
        )
    there = folder / DATABASE
    due = not there.exists() or compare.take_over(there, made.path)
    seen = made.checkpoint.size if there.exists() and not drop_newer else None
    aside = rebuild.place(folder, made.path, datetime.now(UTC), seen)
    line(f"{there} is the one that was remade." + (f" The old one: {aside}" if aside else ""))
    if not due:
        line("What was due could not be taken over: sweep and check again.")


@app.command()
def backup(folder: Path, workspace: WorkspaceOption = None) -> None:
    """Copy the archive to FOLDER: all of it the first time, what is new later. Keys and profiles are left out.

    Example:
        wildfree archive backup ../backup
    """
    with desk(workspace) as here, progress("backup") as step:
        done = copies.backup(here.workspace, folder.resolve(), step)
    gone = f", {done.erased} erased there too" if done.erased else ""
    line(f"{folder.resolve()}: {done.files} files copied, {done.there} were there{gone}. {WITHOUT}")


@app.command()
def restore(folder: Path, workspace: Annotated[Path, typer.Argument(help="A new folder.")]) -> None:
    """Put the backup in FOLDER back as WORKSPACE, a new folder, and verify it.

    Example:
        wildfree archive restore ../backup ../restored
    """
    with progress("restore") as step:
        done = copies.restore(folder.resolve(), workspace.resolve(), step)
    found = Found()
    with progress("verify") as step:
        whole.verify(workspace.resolve(), found, progress=step)
    for fault in found.faults:
        line(f"FAULT {fault}")
    if not found.sound:
        raise EvidenceError(
            f"{workspace.resolve()}: restored, but the backup is not sound: {len(found.faults)} faults"
        )
    line(
        f"{workspace.resolve()}: {done.files} files, and sound. Its sealing key was not in it: put your copy back as"
    )
    line(str(workspace.resolve() / key.FILE))


@app.command("erase")
def take_away(
    what: Annotated[str, typer.Argument(help="A listing's number, a file's SHA-256, or entry:NUMBER.")] = "",
    why: WhyOption = "",
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Whatever was kept for longer than [retention] allows.")
    ] = False,
    by: ByOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Erase what must not be kept: the bytes go for good, who did it and why stays, and all proofs hold.

    What only this listing's looks name goes. Backups lose it at the next backup; bundles that were given away do not.

    Example:
        wildfree archive erase 1 --why "the seller's court order of 2026-11-20"
    """
    if bool(what) == overdue:
        raise UsageError("erase what? A listing's number, a file's SHA-256, entry:NUMBER, or --overdue")
    with desk(workspace) as here:
        now, name = here.clock(), who(by)
        wanted = (
            [str(each) for each in erase.overdue(here.vault, here.settings.retention.days, now)]
            if overdue
            else [what]
        )
        for each in wanted:
            done = erase.named(here.vault, each, why=why, by=name, now=now)
            line(f"{done.subject}: {done.files} files and the private words of {done.entries} entries are erased.")
            if done.others:
                others = ", ".join(map(str, done.others))
                line(f"Their search pages showed these listings too, whose titles there went with them: {others}")
        if wanted:
            seal_what_was_done(here)
            for copy in _copies(here.workspace):
                line(f"{copy}: a copy that may still hold it. Delete it, if so.")
    if not wanted:
        line("Nothing is overdue. How long evidence is kept: days under [retention] in wildfree.toml")


def _copies(workspace: Path) -> list[Path]:
    """Bundles that were made, and databases that a rebuild put aside: nothing of ours erases in them."""
    return sorted([*(workspace / BUNDLES).glob("*"), *workspace.glob(f"{DATABASE}.before-*")])


@app.command("take")
def take_in(bundle: Path, by: ByOption = "", workspace: WorkspaceOption = None) -> None:
    """Check another team's BUNDLE, a folder or a zip, and keep it as theirs.

    Example:
        wildfree archive take bundle.zip
    """
    with desk(workspace) as here:
        done = take.taken(here.vault, bundle, who(by), here.clock())
        seal_what_was_done(here)
    told = "is kept" if done.new else "was kept before"
    line(f"{bundle}: {told}: {done.files} files, {done.looks} looks, from {done.origin} at {done.entries} entries.")
    other = "as before" if done.known else "new here. Ask them by another way whether it is theirs"
    line(f"Signed with the key {done.key}: {other}.")
    for entries in done.uncompared:
        line(f"Not compared with the ledger of {entries} entries that is here: its history did not come with it.")
    line(f"Its listings have these numbers here: {', '.join(map(str, done.listings))}")
    if done.before:
        line(f"{done.before} of its looks are older than its ledger: nothing proves their dates.")


@app.command()
def hold(listing: int, why: WhyOption, by: ByOption = "", workspace: WorkspaceOption = None) -> None:
    """Let nothing of LISTING be erased until it is released.

    Example:
        wildfree archive hold 1 --why "a court has asked for it"
    """
    with desk(workspace) as here:
        erase.hold(here.vault, listing, erase.HELD, why=why, by=who(by), now=here.clock())
        seal_what_was_done(here)
    line(f"listing {listing}: held. To let it go: wildfree archive release {listing} --why ...")


@app.command()
def release(listing: int, why: WhyOption, by: ByOption = "", workspace: WorkspaceOption = None) -> None:
    """Let LISTING be erased again.

    Example:
        wildfree archive release 1 --why "the case is closed"
    """
    with desk(workspace) as here:
        erase.hold(here.vault, listing, erase.RELEASED, why=why, by=who(by), now=here.clock())
        seal_what_was_done(here)
    line(f"listing {listing}: released.")
