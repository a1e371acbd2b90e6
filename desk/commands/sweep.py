"""`wildfree sweep`: searches platforms."""

from typing import Annotated

import typer

from archive import todo
from archive.facts import Ended, Outcome
from desk import crawls, waiting
from desk.context import NOT_LET_IN, PUT_OFF, ByOption, JsonOption, NowOption, WorkspaceOption, desk, who
from desk.shell import shell
from desk.show import line
from desk.swept import told

app = shell()


@app.command()
def sweep(
    platforms: Annotated[list[str], typer.Argument(help="Names of platform files; see: wildfree platform list")],
    term: Annotated[list[str] | None, typer.Option("--term", help="A term to search; may be given again.")] = None,
    by: ByOption = "",
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Search platforms for wildlife terms. New suspect listings become due for a first look (visit).

    A sweep that was cut off, or put off, goes on where it was; one of other terms waits for its own command.
    A wall is reported as a wall, never as nothing found: the platform then waits until a person has dealt with it,
    and all robots leave it alone meanwhile. Far fewer or more cards than usual warn: by what was found before, or by
    [search.expect] of the platform's file.

    Example:
        wildfree sweep market --term 象牙 --term 虎骨
    """
    with desk(workspace, now) as here:
        spiders = crawls.sweep(here, platforms, term or [], who(by))
        swept = [spider for spider in spiders if not spider.left_alone]
        answers, ends = told(here, swept, as_json=as_json)
    visited = {spider.site.name for spider in swept if not spider.site.unvisited}  # elsewhere a person looks
    new = sum(task.lane in visited for task in todo.due(here.vault, todo.Kind.VISIT, here.clock()))
    if new and not as_json:
        line(f"New suspect listings that wait for a first look: {new}. Then: wildfree visit")
    crawls.hint(here, ((each.platform, each.because) for each in answers if each.outcome is Outcome.FAILED))
    late = [crawls.put_off(spiders), waiting.told(here, spiders)]
    if any(end and end[0] is Ended.NOT_LET_IN for end in ends.values()):
        raise typer.Exit(NOT_LET_IN)
    if any(late):
        raise typer.Exit(PUT_OFF)
