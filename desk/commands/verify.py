"""`wildfree verify`: proves the archive, and says everything that is wrong with it."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from archive.bundle.stranger.check import examined
from archive.bundle.stranger.main import report
from archive.bundle.stranger.words import Findings
from archive.vault import Vault
from archive.verify import whole
from archive.verify.fault import Found
from archive.witness import Held, file, foretold, held
from config.errors import EvidenceError, UsageError, WorkspaceError
from config.proof import roots
from config.settings import overlay
from desk.context import JsonOption, WorkspaceOption, alone, is_workspace
from desk.ending import ending
from desk.shell import shell
from desk.show import line, objects, progress

app = shell()
LOOK = ("visit", "url", "status", "at", "capture", "title")  # what a look tells


@app.command()
def verify(
    bundle: Annotated[
        Path | None, typer.Argument(help="A bundle, as its folder or zip.", show_default="the workspace's archive")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against", help="A checkpoint that somebody else holds: a file of wildfree witness, or a .note."
        ),
    ] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Re-hash every exhibit, hold every row against the ledger, and the ledger against its seals; or check a BUNDLE.

    Exit code 4 if anything is wrong: each fault on one line. Cut off by Ctrl-C, the next run hashes no file again.

    Example:
        wildfree verify
    """
    outside = held(file(against), str(against)) if against else None
    if bundle is not None:
        _examine(bundle, outside, as_json=as_json)
        return
    folder = (workspace or Path()).resolve()
    if not is_workspace(folder):
        alone(folder)
        raise WorkspaceError(f"{folder}: no workspace. Name one with --workspace DIR or WILDFREE_WORKSPACE")
    found = Found()
    _up_to_date(folder)
    try:
        with ending(), progress("verify") as step:
            whole.verify(folder, found, outside=outside, roots=roots(overlay(folder)), progress=step)
    except KeyboardInterrupt:
        _told(found, as_json=as_json, ended=False)
        raise
    _told(found, as_json=as_json, ended=True)
    if not found.sound:
        raise typer.Exit(EvidenceError.exit_code)


def _examine(bundle: Path, outside: Held | None, *, as_json: bool) -> None:
    """Check BUNDLE as a stranger would, who has nothing of ours but the program in it; and against OUTSIDE."""
    if not bundle.exists():
        raise UsageError(f"{bundle}: there is no such bundle")
    found = examined(str(bundle))
    if as_json:
        objects(_listed(found))
    else:
        for told in report(found, ""):
            line(told.told("en"))
    if found.code:
        raise typer.Exit(EvidenceError.exit_code)
    if outside:
        foretold(found, outside)
        if not as_json:
            line(
                f"{outside.where}: holds. The ledger of the bundle goes on from it. Entries then: {outside.said.size}"
            )


def _listed(found: Findings) -> Iterator[dict[str, object]]:
    """FOUND as objects: looks, stamps and what else is to be noted, what is lacking or wrong; the summary last."""
    groups = {"look": found.looks, "note": found.notes, "lack": found.lacks, "fault": found.faults}
    for kind, group in groups.items():
        for each in group:
            facts = dict(zip(LOOK, each.facts, strict=True)) if kind == "look" else {}
            yield {"kind": kind, "where": each.where, "what": each.told("en")} | facts
    yield {
        "kind": "summary", "sound": not found.code, "practice": found.practice, "looks": len(found.looks),
        "checkpoint": found.head, "key": found.key,
    }  # fmt: skip


def _up_to_date(folder: Path) -> None:
    """Bring an older archive to this version's tables, where it can be opened at all; if not, verifying says why."""
    try:
        Vault.open(folder).close()
    except WorkspaceError as problem:
        if "newer wildfree" in str(problem):
            raise


def _told(found: Found, *, as_json: bool, ended: bool) -> None:
    """Print what was FOUND."""
    if as_json:
        objects({"kind": "fault"} | asdict(each) for each in found.faults)
        objects({"kind": str(each.kind), "where": each.where, "what": each.what} for each in found.remarks)
        objects([{"kind": "summary", "sound": found.sound, "ended": ended, "checked": dict(found.checked)}])
        return
    for fault in found.faults:
        line(f"FAULT {fault}")
    for remark in found.remarks:
        line(str(remark))
    checked = ", ".join(f"{count} {what}" for what, count in sorted(found.checked.items()))
    verdict = "Sound" if found.sound else f"Faults: {len(found.faults)}"
    line(f"{verdict if ended else f'Cut off ({verdict.lower()} so far)'}. Checked: {checked or 'nothing'}.")
