"""`wildfree check`: looks again at the listings that were visited."""

from typing import Annotated

import typer

from archive import todo
from desk import looks
from desk.context import JsonOption, NowOption, WorkspaceOption, desk
from desk.shell import shell

app = shell()


@app.command()
def check(
    platforms: Annotated[list[str] | None, typer.Argument(help="Only these.", show_default="all")] = None,
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Look again at every visited listing, and say what its page says now.

    A wall, a time-out or a page we cannot read is said as such: it never means that a listing is gone.
    A check that was cut off, or put off, goes on where it was. A platform that waits for a person is left alone.

    Example:
        wildfree check market
    """
    with desk(workspace, now) as here:
        looks.take(here, todo.Kind.CHECK, platforms or [], as_json=as_json)
