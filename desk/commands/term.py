"""`wildfree term`: the words that are looked for: which there are, what they were worth, and how they change."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from config.errors import UsageError
from config.fold import folded
from config.term import Kind, Placed, Status, languages, placed
from desk.context import ByOption, JsonOption, NowOption, WorkspaceOption, desk, own_config, own_folder, who
from desk.shell import shell
from desk.show import line, objects, table
from desk.terms import adding, comparing, figures, own, queue, saying, suggesting, taking
from desk.terms.adding import Asked
from desk.terms.options import (
    Ambiguity,
    KindOption,
    Language,
    Lowers,
    Raises,
    Search,
    Source,
    Species,
    Why,
    Word,
    Yes,
)
from desk.terms.reading import Given

app = shell(no_args_is_help=True, help="List the terms; add, change and retire them; see what they were worth.")


@app.command("list")
def list_terms(
    search: Annotated[str, typer.Argument(help="A part of the term or of its species.", show_default="all")] = "",
    language: Annotated[str, typer.Option(help="Only of this language.", show_default="all")] = "",
    kind: Annotated[Kind | None, typer.Option(help="Only of this kind.", show_default="all")] = None,
    status: Annotated[Status | None, typer.Option(help="Only of this status.", show_default="all")] = None,
    by: ByOption = "",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List the terms, those in the queue and the retired ones too. Works without a workspace.

    Example:
        wildfree term list 象牙 --language zh --kind product
    """
    known = _known(workspace, by)
    if language:
        own.spoken(language, languages(own_config(workspace)), "--language")
    found = own.wanted(known, search, language=language, kind=kind, status=status)
    if as_json:
        objects(map(saying.facts, found))
        return
    rows = [(*saying.short(each), each.since or "", own.where(each)) for each in found]
    table(("term", "language", "kind", "species", "ambiguity", "status", "since", "file"), rows)
    line(f"{len(found)} terms")


def _known(workspace: Path | None, by: str) -> tuple[Placed, ...]:
    """The terms of WORKSPACE (or of the one we stand in), whose edits are noted; without one the shipped terms."""
    if folder := own_folder(workspace):
        with desk(folder) as here:
            own.notice(here, who(by))
    return placed(own_config(workspace))


@app.command()
def show(
    word: Word,
    language: Language = "",
    by: ByOption = "",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show one term: its row, and what became of it here, change by change.

    Example:
        wildfree term show 象牙
    """
    with desk(workspace) as here:
        own.notice(here, who(by))
        each = own.found(here, word, language)
        past = adding.history(here, each)
    if as_json:
        objects([saying.facts(each)], is_a="term")
        objects(past, is_a="change")
        return
    for name, value in saying.facts(each).items():
        line(f"{name:10} {', '.join(value) if isinstance(value, list) else value if value is not None else ''}")
    table(("at", "what", "by", "why"), [(f"{c.at:%Y-%m-%d %H:%M} UTC", c.what, c.by, c.why) for c in past])


@app.command()
def add(
    word: Word,
    why: Why,
    language: Language = "",
    kind: KindOption = None,
    species: Species = None,
    ambiguity: Ambiguity = None,
    raises: Raises = None,
    lowers: Lowers = None,
    search: Search = None,
    source: Source = None,
    yes: Yes = False,
    by: ByOption = "",
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Add a term to the workspace's own, or take a word of the queue into use. The next sweep uses it.

    Example:
        wildfree term add 月光骨 --kind code --species Manidae --raises 手串,私聊 --why "met in three groups"
    """
    asked = Asked(kind, species, ambiguity, raises, lowers, search, source)
    with desk(workspace, now) as here:
        done = adding.add(here, word, language, asked, own.Deed(who(by), why, yes))
    saying.tell(done, as_json=as_json)
    saying.unseen(word)


@app.command()
def change(
    word: Word,
    why: Why,
    language: Language = "",
    kind: KindOption = None,
    species: Species = None,
    ambiguity: Ambiguity = None,
    raises: Raises = None,
    lowers: Lowers = None,
    search: Search = None,
    source: Source = None,
    status: Annotated[Status | None, typer.Option(help="How far it has come; draft: back in use.")] = None,
    yes: Yes = False,
    by: ByOption = "",
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Change what the workspace says of a term, a shipped one too: only what is given changes.

    Example:
        wildfree term change 象牙 --status reviewed --why "weighed by our two Chinese readers"
    """
    asked = Asked(kind, species, ambiguity, raises, lowers, search, source)
    with desk(workspace, now) as here:
        before = own.found(here, adding.written(word), language)
        done = adding.change(here, word, language, asked, status, own.Deed(who(by), why, yes))
        gone = saying.lost(here, before, done)
    saying.tell(done, as_json=as_json, also=gone)


@app.command()
def retire(
    word: Word,
    why: Why,
    language: Language = "",
    by: ByOption = "",
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Use a term no more, a shipped one too, or turn down a word of the queue. Its past stays.

    Example:
        wildfree term retire 象牙雕 --why "found nothing but carved nuts for a year"
    """
    with desk(workspace, now) as here:
        before = own.found(here, adding.written(word), language)
        done = adding.change(here, word, language, Asked(), Status.RETIRED, own.Deed(who(by), why))
        gone, still = saying.lost(here, before, done), adding.still_named(here, word)
    named = [f"As a name of {still} in config/species it is still found."] if still else []
    saying.tell(done, as_json=as_json, also=gone + named)


@app.command()
def stats(
    search: Annotated[str, typer.Argument(help="A part of the term.", show_default="all")] = "",
    noise: Annotated[bool, typer.Option("--noise", help="First those that only ever gave noise.")] = False,
    by: ByOption = "",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what each term was worth: hits, listings, and how many of those reviewers confirmed or refuted.

    A listing counts once the reviewers that the settings ask for agree on it.

    Example:
        wildfree term stats --noise
    """
    with desk(workspace) as here:
        own.notice(here, who(by))
        found = [each for each in figures.figures(here) if folded(search.strip()) in folded(each.term)]
    found = figures.noisiest(found) if noise else found
    if as_json:
        objects(asdict(each) | {"n": each.n} for each in found)
        return
    heads = ("term", "language", "status", "hits", "listings", "confirmed", "refuted", "precision (95 % interval)")
    table(heads, map(saying.figures_row, (each for each in found if each.hits)))
    for text in saying.silent(found):
        line(text)


@app.command()
def suggest(
    word: Annotated[str, typer.Argument(help="New slang that you met.", show_default="what the titles suggest")] = "",
    seen: Annotated[str, typer.Option(help="Where you met it: an address.")] = "",
    why: Annotated[str, typer.Option(help="What it seems to mean, in a sentence.")] = "",
    language: Language = "",
    kind: Annotated[Kind, typer.Option(help="What it does in a text.")] = Kind.CODE,
    species: Species = None,
    least: Annotated[int, typer.Option(min=2, help="Confirmed titles that a suggestion must stand in.")] = 3,
    by: ByOption = "",
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Put a WORD into the queue of new slang; without one, show the queue, and what confirmed titles suggest.

    A word in the queue is neither matched nor searched until somebody takes it in: wildfree term add WORD.

    Example:
        wildfree term suggest 月光骨 --seen https://forum.example/t/81 --why "seems to mean pangolin scales"
    """
    with desk(workspace, now) as here:
        if word:
            deed = own.Deed(who(by), adding.met(seen, why))
            saying.tell(adding.propose(here, word, language, Asked(kind, species), deed), as_json=as_json)
            saying.unseen(word)
            return
        if seen or why:
            raise UsageError("--seen, --why: of which word? wildfree term suggest WORD --seen ...")
        own.notice(here, who(by))
        waiting, found = queue.queue(here), suggesting.suggested(here, least)
    if as_json:
        objects(waiting, is_a="proposed")
        objects(found.candidates, is_a="candidate")
    else:
        saying.show_suggested(waiting, found, least)


@app.command("import")
def import_terms(
    file: Annotated[Path, typer.Argument(help="A list: .xlsx, .csv or .tsv.", exists=True, dir_okay=False)],
    take: Annotated[bool, typer.Option("--take", help="Take in what is new or changed.")] = False,
    source: Annotated[str, typer.Option(help="Whose list it is; --take needs it, or a column.")] = "",
    language: Annotated[str, typer.Option(help="Of the lines that name none.", show_default="the workspace's")] = "",
    kind: Annotated[Kind | None, typer.Option(help="Of the lines that name none.")] = None,
    yes: Yes = False,
    skip: Annotated[
        bool, typer.Option("--skip-unreadable", help="Take the other lines where some cannot be read.")
    ] = False,
    leave_out: Annotated[list[str] | None, typer.Option(help="A column that is not to be read.")] = None,
    by: ByOption = "",
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Hold somebody's own list of terms against what is known, line by line; nothing counts before --take.

    What contradicts a shipped term, or one that was retired here, is shown and never taken by the way.

    Example:
        wildfree term import their-terms.csv --source "a partner's list, 2026"
    """
    given = Given(language, kind, source.strip(), tuple(leave_out or ()))
    with desk(workspace, now) as here:
        own.notice(here, who(by))
        found = comparing.compared(here, file, given)
        if as_json:
            objects(each.facts() for each in found)
        else:
            saying.show_compared(found, take=take)
        if take:
            taken = taking.take(here, file, found, taking.Taking(who(by), source.strip(), yes, skip))
            if not as_json:
                line(f"taken: {taken}")
