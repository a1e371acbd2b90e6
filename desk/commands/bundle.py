"""`wildfree bundle`: packs evidence so that a stranger can check it."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from config.errors import UsageError
from desk.bundling import bundled
from desk.context import JsonOption, NowOption, WorkspaceOption, desk
from desk.ending import ending
from desk.shell import shell
from desk.show import line, objects, progress

app = shell()


@app.command()
def bundle(
    subject: Annotated[
        str, typer.Argument(metavar="LISTING|NOTICE", help="A listing's number, or a letter's.", show_default=False)
    ],
    out: Annotated[
        Path | None, typer.Option(help="The folder to lay it in.", show_default="bundles/ in the workspace")
    ] = None,
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Pack every look at a LISTING, or those a letter (NOTICE) relies on, so that a stranger can check them.

    A folder and a zip of it: the pages (WACZ), every file, the proofs, a record sheet, and verify.py, which needs
    nothing of ours. The seller's page stands in it as it was: it is for a platform, court or authority only.

    Example:
        wildfree bundle 1
    """
    if out and out.exists() and not out.is_dir():
        raise UsageError(f"--out {out}: is a file. Name a folder")
    with ending(), desk(workspace, now) as here, progress("Packing") as step:
        step(0, 1)
        made = bundled(here, subject, out)
        step(1, 0)
    if as_json:
        objects([made])
        return
    line(f"{made.package}: looks {made.looks}, SHA-256 {made.sha256}")
    if made.before:
        line(f"Kept before there was a ledger, and so not proved since their date: looks {made.before}")
    line("The zip is what to send; the folder beside it holds the same.")
    line(f"To check it: python3 {shlex.quote(str(made.folder / 'verify.py'))}")
