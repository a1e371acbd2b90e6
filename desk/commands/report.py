"""`wildfree report`: what was looked at, what could not be seen, what went away."""

from pathlib import Path
from typing import Annotated

import typer

from config.errors import ConfigError
from desk.context import REPORTS, Desk, JsonOption, NowOption, WorkspaceOption, desk
from desk.report import summary
from desk.report.facts import Report, gathered
from desk.report.page import Language, html

app = typer.Typer()


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
        facts = gathered(
            here.vault,
            platforms or [],
            at=here.clock(),
            zone=here.settings.zone,
            title=lambda name: _title(here, name),
        )
        path = _written(here.workspace / REPORTS, facts, language or here.settings.language)
    show = summary.objects_of if as_json else summary.tables_of
    show(facts, path)


def _title(here: Desk, name: str) -> str:
    """The title of a platform; its name where its file is not there any more, or cannot be read now."""
    try:
        return here.platform(name).title
    except ConfigError:
        return name


def _written(folder: Path, facts: Report, language: Language) -> Path:
    """Write the page under a name of its own: an earlier report is never written over."""
    page = html(facts, language=language)
    folder.mkdir(mode=0o700, exist_ok=True)
    name, number = f"report-{facts.at:%Y%m%dT%H%M%SZ}", 1
    while True:
        path = folder / f"{name}{f'-{number}' if number > 1 else ''}.html"
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(page)
        except FileExistsError:
            number += 1
        else:
            return path
