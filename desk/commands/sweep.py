"""`wildfree sweep`: searches platforms."""

from typing import Annotated

import typer

from archive import todo
from archive.facts import Ended, Outcome
from archive.questions import crawl
from desk import crawls
from desk.context import NOT_LET_IN, PUT_OFF, ByOption, JsonOption, NowOption, WorkspaceOption, desk, who
from desk.shell import shell
from desk.show import line, objects, table

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

    A sweep that was cut off, or put off, goes on where it was. A wall is reported as a wall, never as nothing found.

    Example:
        wildfree sweep market --term 象牙 --term 虎骨
    """
    with desk(workspace, now) as here:
        spiders = crawls.sweep(here, platforms, term or [], who(by))
        sweeps = [spider.sweep_id for spider in spiders]
        ends = [crawl.end_of(here.vault, sweep_id) for sweep_id in sweeps]
        answers = [answer for sweep_id in sweeps for answer in crawl.answers(here.vault, sweep_id)]
    if as_json:
        objects(answers)
    else:
        rows = [(each.platform, each.term, each.page, each.outcome, each.cards, each.suspects) for each in answers]
        table(("platform", "term", "page", "outcome", "cards", "suspect"), rows)
        for end in ends:
            if end and end[0] is not Ended.COMPLETE:
                line(f"Stopped: {end[1]}")
    waiting = todo.due(here.vault, todo.Kind.VISIT, here.clock())
    if waiting and not as_json:
        line(f"New suspect listings that wait for a first look: {len(waiting)}. Then: wildfree visit")
    crawls.hint(here, ((each.platform, each.because) for each in answers if each.outcome is Outcome.FAILED))
    late = crawls.put_off(spiders)
    if any(end and end[0] is Ended.NOT_LET_IN for end in ends):
        raise typer.Exit(NOT_LET_IN)
    if late:
        raise typer.Exit(PUT_OFF)
