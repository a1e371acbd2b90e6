"""`wildfree init`: makes a workspace."""

from pathlib import Path
from typing import Annotated

import typer

from desk import workspaces
from desk.shell import shell
from desk.show import line

app = shell()


@app.command()
def init(
    folder: Annotated[
        Path | None, typer.Argument(help="Where; made if it is not there.", show_default="here")
    ] = None,
    workspace: Annotated[Path | None, typer.Option("--workspace", "-w", envvar="WILDFREE_WORKSPACE")] = None,
    practice: Annotated[bool, typer.Option("--practice", help="To train on the practice market.")] = False,
) -> None:
    """Make a workspace: one folder with everything in it. It is practice or real for ever.

    Example:
        wildfree init training --practice
    """
    made = (folder or workspace or Path()).resolve()
    workspaces.make(made, "practice" if practice else "real")
    kind = "practice" if practice else "real"
    line(f"{made}: a {kind} workspace. Next: write who you are into wildfree.toml, then wildfree sweep PLATFORM")
