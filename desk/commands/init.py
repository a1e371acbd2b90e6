"""`wildfree init`: makes a workspace."""

from pathlib import Path
from typing import Annotated

import typer

from config.errors import UsageError
from desk import workspaces
from desk.context import is_workspace
from desk.shell import shell
from desk.show import line

app = shell()


@app.command()
def init(
    folder: Annotated[Path | None, typer.Argument(help="Where; made if it is not there.")] = None,
    workspace: Annotated[Path | None, typer.Option("--workspace", "-w", envvar="WILDFREE_WORKSPACE")] = None,
    practice: Annotated[bool, typer.Option("--practice", help="To train on the practice market.")] = False,
) -> None:
    """Make a workspace: one folder with everything in it. It is practice or real for ever.

    Example:
        wildfree init training --practice
    """
    chosen = folder or workspace
    if chosen is None:
        raise UsageError("say where: wildfree init DIR")
    made = chosen.resolve()
    if inside := next((above for above in made.parents if is_workspace(above)), None):
        raise UsageError(f"{made}: lies inside the workspace {inside}. Name a folder outside of it")
    workspaces.make(made, "practice" if practice else "real")
    kind = "practice" if practice else "real"
    following = "wildfree practice" if practice else "wildfree sweep PLATFORM"
    line(f"{made}: a {kind} workspace. Next: write who you are into wildfree.toml, then: {following}")
    if not practice:
        line("Keep a copy of the key that will seal your evidence: wildfree key --copy FILE")
