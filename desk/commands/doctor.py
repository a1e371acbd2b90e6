"""`wildfree doctor`: says what is missing on this machine, and how to mend it."""

import os.path
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from archive.vault import DATABASE
from config.errors import MachineError
from config.platform import platforms
from config.proof import proof
from desk.context import Desk, JsonOption, WorkspaceOption, desk
from desk.doctor import folder, here, ledger
from desk.doctor.finding import Finding, State, block, ok
from desk.shell import shell
from desk.show import line, objects, table

NARROW = 80  # columns below which a table of four breaks words

app = shell()


@app.command()
def doctor(
    network: Annotated[
        bool, typer.Option("--network", help="Also ask every platform, timestamp authority and calendar, once.")
    ] = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what is missing on this machine and in this workspace, and how to mend it. Changes nothing.

    Exit code 6 where something is missing; what is merely not as it should be is a warning.

    Example:
        wildfree doctor
    """
    found: list[Finding] = []
    if workspace is None and not os.path.isfile(DATABASE):  # noqa: PTH113  (as in desk/context.py)
        found += here.findings(datetime.now(UTC))
        found += _asked(None) if network else []
    else:
        with desk(workspace) as mine:
            found += here.findings(mine.clock())
            found.append(ok("workspace", f"{mine.workspace}: {'practice' if mine.practice else 'real'}"))
            found += folder.findings(mine.workspace)
            found += ledger.findings(mine.vault, mine.settings.zone)
            found += _asked(mine) if network else []
    if network:  # the others' clocks say more than ours alone
        found = [each for each in found if (each.what, each.state) != ("clock", State.UNKNOWN)]
    console = Console()
    if as_json:
        objects(found)
    elif console.is_terminal and console.width < NARROW:
        for each in found:
            line(block(each, console.width))
    else:
        table(("", "what", "found", "mend"), ((each.state, each.what, each.found, each.mend) for each in found))
    if any(each.state is State.MISSING for each in found):
        raise typer.Exit(MachineError.exit_code)


def _asked(mine: Desk | None) -> Iterator[Finding]:
    from desk.doctor import network  # noqa: PLC0415  (Scrapy's settings come with it)

    if mine is None:
        return network.findings(platforms(), proof(), ())
    names = [each.name for each in platforms(mine.overlay)]
    allow = mine.settings.allowed(practice=mine.practice)
    return network.findings(map(mine.platform, names), proof(mine.overlay), allow)
