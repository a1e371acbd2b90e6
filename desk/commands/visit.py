"""`wildfree visit`: takes the first looks that are due."""

from typing import Annotated

import typer

from archive import todo
from desk import looks
from desk.context import JsonOption, NowOption, WorkspaceOption, desk
from desk.shell import shell

app = shell()


@app.command()
def visit(
    platforms: Annotated[list[str] | None, typer.Argument(help="Only these.", show_default="all")] = None,
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Open each new suspect listing once, in a browser, and keep the page as evidence.

    On a platform that waits for a person they stay due.

    Example:
        wildfree visit market
    """
    with desk(workspace, now) as here:
        looks.take(here, todo.Kind.VISIT, platforms or [], as_json=as_json)
