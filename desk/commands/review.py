"""`wildfree review`: says what listings are."""

from typing import Annotated

import typer

from archive.facts import Decision
from archive.questions import review as questions
from config.species import ProductForm
from desk import reviewing
from desk.context import ByOption, JsonOption, NowOption, WorkspaceOption, desk, who
from desk.shell import shell
from desk.show import objects, table

app = shell()


@app.command()
def review(
    listings: Annotated[
        list[int] | None, typer.Argument(help="Listings by number.", show_default="all waiting")
    ] = None,
    decision: Annotated[
        Decision | None, typer.Option("--as", help="What they are; without it you are asked.")
    ] = None,
    species: Annotated[str, typer.Option(help="Scientific name.", show_default="what the terms say")] = "",
    form: Annotated[ProductForm | None, typer.Option(help="What of it is offered.")] = None,
    sufficiency: Annotated[int, typer.Option("-E", min=0, max=3, help="How well the evidence bears it, 0-3.")] = 2,
    legality: Annotated[int, typer.Option("-L", min=0, max=4, help="How sure it is forbidden, 0-4.")] = 2,
    why: Annotated[
        str, typer.Option(help="Your reason, in a sentence.", show_default="the telling words of the title, quoted")
    ] = "",
    shown: Annotated[bool, typer.Option("--list", help="Only list what waits.")] = False,
    by: ByOption = "",
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Look at suspect listings and say what each is. A later verdict of yours takes the place of the earlier.

    A letter needs evidence of at least E2 and legality of at least L2, and the agreement of as many
    people as the workspace's settings ask for.

    Example:
        wildfree review 1 2 --as illegal --species "Loxodonta africana" --form worked --by "first reviewer"
    """
    with desk(workspace, now) as here:
        cases = reviewing.waiting(here, listings or [], who(by))
        if shown:
            _list(cases, as_json=as_json)
        elif decision is None:
            reviewing.ask(here, cases, who(by))
        else:
            verdict = reviewing.Verdict(decision, species, form, sufficiency, legality, why)
            said = [reviewing.keep(here, case, verdict, who(by)) for case in cases]
            if as_json:
                objects(said)
            else:
                table(("listing", "decision", "species"), ((s.listing_id, s.decision, s.species) for s in said))


def _list(cases: list[questions.Case], *, as_json: bool) -> None:
    if as_json:
        objects(cases)
        return
    heads = ("listing", "platform", "score", "looked at", "title", "why")
    rows = (
        (c.listing_id, c.platform, c.score, c.condition or "not yet", c.title, "; ".join(c.reasons)) for c in cases
    )
    table(heads, rows, f"{len(cases)} waiting")
