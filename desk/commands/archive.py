"""`wildfree archive`: rebuilds, copies, restores the archive, takes bundles in, erases what must not be kept."""

from pathlib import Path
from typing import Annotated

import typer

from archive import backup as copies
from archive import erase, key, take
from archive.vault import DATABASE
from archive.verify import whole
from archive.verify.fault import Found
from config.errors import EvidenceError, UsageError
from desk import rebuilding
from desk.bundling import BUNDLES
from desk.context import ByOption, WorkspaceOption, desk, who
from desk.sealing import seal_what_was_done
from desk.shell import shell
from desk.show import line, progress

app = shell(no_args_is_help=True, help="The archive: rebuild, backup, restore, take, erase, hold, release.")
ListingArgument = Annotated[int, typer.Argument(min=1, max=2**63 - 1, help="Its number.", show_default=False)]
WhyOption = Annotated[str, typer.Option("--why", help="Why, in a sentence: it is kept.")]
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
    rebuilding.remade((workspace or Path()).resolve(), to, drop_newer=drop_newer)


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
    what: Annotated[
        str, typer.Argument(help="A listing's number, a file's SHA-256, tip:NUMBER, or entry:NUMBER.")
    ] = "",
    why: WhyOption = "",
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Whatever was kept for longer than [retention] allows.")
    ] = False,
    by: ByOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Erase what must not be kept: the bytes go for good, who did it and why stays, and all proofs hold.

    What only this listing's looks and tips name goes, and other teams' bundles that look at it. Backups lose it at
    the next backup; bundles that were given away do not.

    Example:
        wildfree archive erase 1 --why "the seller's court order of 2026-11-20"
    """
    if bool(what) == overdue:
        raise UsageError("erase what? A listing's number, a file's SHA-256, tip:NUMBER, entry:NUMBER, or --overdue")
    with desk(workspace) as here:
        now, name = here.clock(), who(by)
        wanted = erase.overdue(here.vault, here.settings.retention.days, now) if overdue else [what]
        for each in wanted:
            done = erase.named(here.vault, each, why=why, by=name, now=now)
            line(f"{done.subject}: erased. Files {done.files}, entries whose private words went {done.entries}.")
            if done.others:
                others = ", ".join(map(str, done.others))
                line(f"Their search pages showed these listings too, whose titles there went with them: {others}")
            if done.along:
                along = ", ".join(map(str, done.along))
                line(f"Bundles of other teams that were taken in went whole, with what they show of these: {along}")
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
    line(f"{bundle}: {told}: from {done.origin}. Files {done.files}, looks {done.looks}, entries {done.entries}.")
    other = "as before" if done.known else "new here. Ask them by another way whether it is theirs"
    line(f"Signed with the key {done.key}: {other}.")
    for entries in done.uncompared:
        line(f"Not compared with the ledger of {entries} entries that is here: its history did not come with it.")
    line(f"Its listings have these numbers here: {', '.join(map(str, done.listings))}")
    line("They can be held and erased by these: wildfree archive hold, erase. The evidence is the bundle: keep it.")
    if done.before:
        line(f"{done.before} of its looks are older than its ledger: nothing proves their dates.")


@app.command()
def hold(listing: ListingArgument, why: WhyOption, by: ByOption = "", workspace: WorkspaceOption = None) -> None:
    """Let nothing of LISTING be erased until it is released.

    Example:
        wildfree archive hold 1 --why "a court has asked for it"
    """
    with desk(workspace) as here:
        erase.hold(here.vault, listing, erase.HELD, why=why, by=who(by), now=here.clock())
        seal_what_was_done(here)
    line(f"listing {listing}: held. To let it go: wildfree archive release {listing} --why ...")


@app.command()
def release(listing: ListingArgument, why: WhyOption, by: ByOption = "", workspace: WorkspaceOption = None) -> None:
    """Let LISTING be erased again.

    Example:
        wildfree archive release 1 --why "the case is closed"
    """
    with desk(workspace) as here:
        erase.hold(here.vault, listing, erase.RELEASED, why=why, by=who(by), now=here.clock())
        seal_what_was_done(here)
    line(f"listing {listing}: released.")
