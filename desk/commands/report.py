"""`wildfree report`: what was looked at, what could not be seen, what went away; what platforms refuse to search."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from config.settings import Language
from desk.context import JsonOption, NowOption, WorkspaceOption, desk
from desk.report import blocklist, summary
from desk.report.file import reported
from desk.shell import NAMES, shell


class Meant(TyperGroup):
    """`wildfree report PLATFORM`: whatever is no command of ours is a platform of the whole report."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """ARGS as typed, or with the command that was meant before them."""
        named = args and args[0] in (*self.commands, *NAMES["help_option_names"])
        return super().parse_args(ctx, args if named else ["all", *args])


app = shell(
    cls=Meant,
    help="Say what was looked at and what became of it: `wildfree report`; or what platforms refuse to search.",
)
Platforms = Annotated[list[str] | None, typer.Argument(help="Only these.", show_default="all")]
LanguageOption = Annotated[Language | None, typer.Option(help="The page's language.", show_default="the workspace's")]


@app.command("all")
def report(
    platforms: Platforms = None,
    language: LanguageOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what was looked at, what could not be seen and what went away; reports/ gets it as a page.

    "Not seen since" means: read live once, and gone at the latest look that could see the page.
    Sold is not gone, and a wall is unknown. A search far from usual says so: its figure is no result by itself.

    Example:
        wildfree report market
    """
    with desk(workspace, now) as here:
        for name in platforms or []:
            here.platform(name)
        facts, path = reported(here, platforms or [], language or here.settings.language)
    show = summary.objects_of if as_json else summary.tables_of
    show(facts, path)


@app.command("blocklist")
def refused(
    platforms: Platforms = None,
    language: LanguageOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say which terms platforms refuse to search, and what other words for the same species bring there.

    The words that were never tried are proposed as the next to search. reports/ gets a page and a sheet (CSV).

    Example:
        wildfree report blocklist market
    """
    with desk(workspace, now) as here:
        for name in platforms or []:
            here.platform(name)
        found, paths = blocklist.reported(here, platforms or [], language or here.settings.language)
    if as_json:
        blocklist.objects_of(found, paths)
    else:
        blocklist.tables_of(here, found, paths)
