"""`wildfree witness`: hands out our newest checkpoint, and checks one that was handed out before."""

from pathlib import Path
from typing import Annotated

import typer

from archive import seal, stamped
from archive.witness import attached, compared, exported, file, since
from config.errors import UsageError, why
from desk.context import Desk, JsonOption, NowOption, WorkspaceOption, desk
from desk.sealing import sealed
from desk.shell import shell
from desk.show import line, objects
from desk.whole import write_whole

app = shell()


@app.command()
def witness(
    out: Annotated[Path | None, typer.Option(help="The file to write it to.", show_default="the screen")] = None,
    check: Annotated[
        Path | None, typer.Option(help="Check this file instead, which was handed out before.", show_default=False)
    ] = None,
    after: Annotated[
        Path | None,
        typer.Option("--since", help="Prove that it goes on from this file, handed out before.", show_default=False),
    ] = None,
    attach: Annotated[
        Path | None,
        typer.Option(help="Keep this file with the newest checkpoint: an outsider's word on it.", show_default=False),
    ] = None,
    giver: Annotated[str, typer.Option("--from", help="Who gave the file that is attached.")] = "",
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Hand out the ledger's newest checkpoint: who holds it can show later whether we rewrote what was before.

    Give it to somebody outside, by mail or on paper. --check says whether the ledger of today still goes on from one.
    --since writes both checkpoints' proof as public witnesses take it (C2SP tlog-witness, add-checkpoint).
    What a notary or a timestamp authority gives you for it, --attach keeps beside it.

    Example:
        wildfree witness
    """
    if out and out.is_dir():
        raise UsageError(f"--out {out}: is a folder. Name a file")
    if sum(map(bool, (out or after, check, attach))) > 1:
        raise UsageError("--check, --attach, and --out or --since: choose one")
    if attach:
        with desk(workspace, now) as here:
            line(f"{attach}: kept as {_attached(here, attach, giver)}")
        return
    with desk(workspace, now) as here:
        if check:
            found = compared(here.vault, file(check), str(check))
        else:
            sealed(here)
            written = since(here.vault, file(after), str(after)) if after else exported(here.vault)
    if check and as_json:
        objects([found])
    elif check:
        line(f"{check}: holds. {found.origin} goes on from it. Entries then: {found.entries}, today: {found.today}")
    elif out:
        write_whole(out, written.encode())
        line(f"{out}: hand it to somebody outside. Later: wildfree witness --check {out.name}")
    elif as_json:
        objects([{"witness": written}])
    else:
        line(written.rstrip("\n"))


def _attached(here: Desk, path: Path, giver: str) -> str:
    """Keep the file at PATH, from GIVER, as a stamp of the newest checkpoint; its name there."""
    newest = seal.latest(here.vault)
    if newest is None or not giver.strip():
        raise UsageError("--attach: say who gave it: --from NAME" if newest else "nothing is sealed yet")
    if path.is_dir():
        raise UsageError(f"{path}: is a folder. Name the file that was given to you")
    try:
        body = path.read_bytes()
    except OSError as problem:
        raise UsageError(f"{path}: cannot be read: {why(problem)}") from None
    if lack := attached(here.vault, body):
        raise UsageError(f"{path}: {lack}. Attach what somebody else gave you for it")
    return stamped.take(here.vault, newest.size, "outside", giver.strip(), body, here.clock())
