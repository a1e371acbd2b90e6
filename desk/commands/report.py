"""`wildfree report`: what was looked at, what could not be seen, what went away."""

from typing import Annotated

import typer

from config.settings import Language
from desk.context import JsonOption, NowOption, WorkspaceOption, desk
from desk.report import summary
from desk.report.file import reported
from desk.shell import shell

app = shell()


@app.command()
def report(
    platforms: Annotated[list[str] | None, typer.Argument(help="Only these.", show_default="all")] = None,
    language: Annotated[
        Language | None, typer.Option(help="The page's language.", show_default="the workspace's")
    ] = None,
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what was looked at, what could not be seen and what went away; reports/ gets it as a page.

    "Not seen since" means: read live once, and gone at the latest look that could see the page.
    Sold is not gone, and a wall is unknown.

    Example:
        wildfree report market
    """
    with desk(workspace, now) as here:
        for name in platforms or []:
            here.platform(name)
        facts, path = reported(here, platforms or [], language or here.settings.language)
    show = summary.objects_of if as_json else summary.tables_of
    show(facts, path)
