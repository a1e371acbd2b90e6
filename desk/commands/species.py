"""`wildfree species`: what is known of a species or of goods, and how a published list is taken in."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from config.errors import UsageError
from config.settings import Language, overlay, settings
from desk.context import JsonOption, NowOption, WorkspaceOption, desk, own_folder
from desk.knowing import Known, knowledge
from desk.lists import taking
from desk.shell import NAMES, shell
from desk.show import line, objects
from desk.telling import facts, in_short, paragraphs, title
from desk.terms.own import today

MOST = 3  # finds that are told in full; of more, the names only


class Sought(TyperGroup):
    """`wildfree species WORDS`: whatever is no command of ours is what somebody looks for."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """ARGS as typed, or with the command that was meant before them."""
        meant = args and args[0] not in (*self.commands, *NAMES["help_option_names"])
        return super().parse_args(ctx, ["find", *args] if meant else args)


app = shell(
    cls=Sought,
    no_args_is_help=True,
    help="Say what is known of a species: `wildfree species SEARCH`; or take in a published list.",
)


@app.command()
def find(
    search: Annotated[list[str], typer.Argument(help="Any name or part of one, or a word that it is sold under.")],
    language: Annotated[
        Language | None, typer.Option(help="Of what is told.", show_default="the workspace's, else en")
    ] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what is known of a species, a group or goods: names, protection, what to look at, what is mistaken for it.

    What a list says is shown with its edition; what nobody held against the list, as unverified.

    Example:
        wildfree species 象牙
    """
    words, own = " ".join(search), own_folder(workspace)
    if not words.strip():
        raise UsageError("nothing to look for: write a name or a part of one, as wildfree species 象牙")
    known = knowledge(overlay(own) if own else None)
    spoken = language or (settings(own).language if own else "en")
    found = known.find(words)
    if not found:
        near = known.nearest(words)
        raise UsageError(f"nothing is called '{words}'." + (f" Near to it: {', '.join(near)}" if near else ""))
    if as_json:
        objects(facts(each) for each in found)
    else:
        _tell(found, spoken)


def _tell(found: tuple[Known, ...], language: Language) -> None:
    if len(found) > MOST:
        for each in found:
            line(in_short(each, language))
        line(f"{len(found)} found. Name one of them for more")
        return
    for each in found:
        line(title(each, language))
        for head, said in paragraphs(each, language):
            line(f"  {head}")
            for one in said:
                line(f"    {one}")


@app.command("import")
def import_list(
    file: Annotated[
        Path, typer.Argument(help="CSV, TSV or XLSX: a CITES export, China's list, a list of exemptions.")
    ],
    edition: Annotated[str, typer.Option(help="The list's date, as 2026-03-05; of an export the day of its making.")],
    source: Annotated[str, typer.Option(help="Where it comes from, as a letter would say it.")],
    name: Annotated[
        str, typer.Option(help="What the file in config/ is called.", show_default="the file's name")
    ] = "",
    take: Annotated[bool, typer.Option("--take", help="Take it in; else only say what would change.")] = False,
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Compare a published list with what is known, line by line; with --take, keep it in the workspace.

    Nothing is changed without --take. Lines that cannot be read are named by their number, and the rest is taken.

    Example:
        wildfree species import tests/species/listing.csv --edition 2026-03-05 --source "an export"
    """
    with desk(workspace, now) as here:
        day = _day(edition, today(here))
        change = taking.compared(file, here.overlay, edition=day, source=source, name=name)
        if take:
            taking.keep(change)
    if as_json:
        objects([change.facts()])
    else:
        for said in change.lines(taken=take):
            line(said)


def _day(text: str, today: date) -> date:
    """The day that TEXT names, if it is not after TODAY."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--edition {text}: write the day like 2026-03-05") from None
    if day > today:
        raise UsageError(f"--edition {text}: is yet to come (today is {today}). Give the day of the list's own date")
    return day
