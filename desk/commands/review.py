"""`wildfree review`: says what listings are."""

from collections import Counter
from dataclasses import asdict
from typing import Annotated

import typer

from archive.facts import Decision
from archive.questions import review as questions
from config.errors import UsageError
from config.species import ProductForm
from desk import reviewing
from desk.asking import ask
from desk.context import ByOption, JsonOption, NowOption, WorkspaceOption, desk, who
from desk.reasons import said, sentences
from desk.shell import shell
from desk.show import objects, table

app = shell()
EVIDENCE = "How well does the page bear it out? 0 not, 1 a hint, 2 it shows the offer, 3 beyond doubt."


@app.command()
def review(
    listings: Annotated[
        list[int] | None, typer.Argument(min=1, max=2**63 - 1, help="Listings by number.", show_default="all waiting")
    ] = None,
    decision: Annotated[
        Decision | None, typer.Option("--as", help="What they are; without it you are asked.")
    ] = None,
    species: Annotated[
        str,
        typer.Option(
            help="Its name, scientific or common; without --as, only listings of it.",
            show_default="what the terms say",
        ),
    ] = "",
    form: Annotated[ProductForm | None, typer.Option(help="What of it is offered; tool: gear to hunt with.")] = None,
    sufficiency: Annotated[int, typer.Option("-E", min=0, max=3, help=EVIDENCE)] = 2,
    legality: Annotated[
        int,
        typer.Option(
            "-L",
            min=0,
            max=4,
            help="Forbidden: 0 no, 1 hardly, 2 unless papers are shown, 3 very likely, 4 certainly.",
        ),
    ] = 2,
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
        cases = reviewing.named(here, listings) if listings else reviewing.waiting(here, who(by))
        if not listings:
            _blind(reviewing.unpictured(here))
        if species and decision is None:
            cases = reviewing.of_species(here, cases, species)
        if shown or (as_json and decision is None):
            _list(cases, who(by), here.settings.language, as_json=as_json)
        elif decision is None:
            ask(here, cases, who(by))
        elif not listings:
            raise UsageError("--as: say of which listings, by number; see: wildfree review --list")
        else:
            verdict = reviewing.Verdict(decision, species, form, sufficiency, legality, why)
            kept = [reviewing.keep(here, case, verdict, who(by)) for case in cases]
            if as_json:
                objects(kept)
            else:
                table(("listing", "decision", "species"), ((k.listing_id, k.decision, k.species) for k in kept))


def _blind(cases: list[questions.Case]) -> None:
    """Say on standard error which listings a person must open before anybody can judge them."""
    for platform, count in Counter(case.platform for case in cases).items():
        told = f"{platform}: {count} more read live, but without a picture. Open them: wildfree browse {platform}"
        typer.echo(told, err=True)


def _list(cases: list[questions.Case], by: str, language: str, *, as_json: bool) -> None:
    if as_json:
        objects(asdict(case) | {"reasons": sentences(case.reasons, "en")} for case in cases)
        return
    heads = ("listing", "platform", "score", "is", "title", "why")
    rows = ((c.listing_id, c.platform, c.score, c.condition or "", c.title, said(c.reasons, language)) for c in cases)
    table(heads, rows, f"{len(cases)} without a verdict of {by}")
