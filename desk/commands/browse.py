"""`wildfree browse`: sits beside a volunteer's own browser and records."""

from typing import Annotated

import typer

from desk.browsing import browse as sit_beside
from desk.context import ByOption, NowOption, WorkspaceOption, desk, who
from desk.shell import shell

app = shell()


@app.command()
def browse(
    platform: Annotated[str, typer.Argument(help="Name of a platform file; see: wildfree platform list")],
    own: Annotated[
        list[str] | None,
        typer.Option("--own", help="What your account is called there, to be blacked out; may be given again."),
    ] = None,
    by: ByOption = "",
    now: NowOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Open a window of your own on a platform, and record what you see there: you search, scroll, open, log in.

    Nothing is asked for that you did not ask for, and no key is pressed. While the window has a red edge, its page is
    recorded: cards become sightings, an opened listing a visit, a wall the outcome of a search. Other sites are not,
    and neither is your own account. Close the window, or press Ctrl-C here, to end it.

    Example:
        wildfree browse market
    """
    with desk(workspace, now) as here:
        sit_beside(here, platform, who(by), own or [])
