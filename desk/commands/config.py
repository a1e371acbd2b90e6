"""`wildfree config`: hands platform files, terms, letter templates and laws from team to team, signed."""

from pathlib import Path
from typing import Annotated

import typer

from config.errors import UsageError
from desk.context import ByOption, Desk, JsonOption, NowOption, WorkspaceOption, desk, who
from desk.packs import form, taking
from desk.packs.finding import Clash
from desk.packs.weighing import Weight, weighed
from desk.sealing import seal_what_was_done
from desk.shell import shell
from desk.show import line, objects
from desk.terms.own import Deed

app = shell(no_args_is_help=True, help="Hand your own platform files, terms, templates and laws on; take others'.")
DONE = "All of it is here already: nothing is to be taken."
ASKED = "Is that key theirs? You have asked them by another way?"
UNSURE = "not taken: nobody has said that the key is theirs. Ask them by another way, and then say so: --yes"
LOOKED = "Nothing was changed. To take it in: the same command with --take"
SHOWN = 60  # lines of a file's differences; --json has all
WhyOption = Annotated[str, typer.Option("--why", help="Why, in a sentence: it is kept.")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The pack, a zip.", show_default=False)]


@app.command()
def pack(
    file: FileArgument,
    why: WhyOption,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="A file or a folder of config/; may be given again.", show_default="all"),
    ] = None,
    by: ByOption = "",
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Pack this workspace's own platform files, terms, letter templates and laws into FILE, signed with its key.

    Settings, sender, keys, browser profiles and evidence never go along.

    Example:
        wildfree config pack ../pack.zip --why "a platform file of ours, and new slang"
    """
    with desk(workspace, now) as here:
        made, own = taking.pack(here, file, only or [], Deed(who(by), why))
        seal_what_was_done(here)
    if as_json:
        objects(
            [{"file": str(file), "sha256": made.sha256, "files": list(made.files), "left_out": list(own.left_out)}]
        )
        return
    line(f"{file}: SHA-256 {made.sha256}")
    for path in made.files:
        line(f"  {path}")
    for path in own.left_out:
        line(f"Left out, as packs do not hold it: {path}")
    line(f"Signed with the key {made.manifest.key}: tell it to who takes the pack, by another way.")


@app.command()
def take(
    file: FileArgument,
    really: Annotated[bool, typer.Option("--take", help="Take it; without this nothing is changed.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Its key is theirs: I have asked them by another way.")] = False,
    older: Annotated[
        bool, typer.Option("--older", help="Take it though a newer pack of theirs was taken: go back to this one.")
    ] = False,
    conflicts: Annotated[
        Clash | None, typer.Option(help="Where a file conflicts with your own: keep yours, or take theirs.")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="Why, in a sentence: it is kept.")] = "",
    by: ByOption = "",
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show what the pack FILE of another team would change here; with --take, take all of it, or nothing.

    Laws in it come as not adopted here: every letter that rests on them says so.

    Example:
        wildfree config take ../pack.zip --take --yes --why "their platform file is newer"
    """
    with desk(workspace, now) as here:
        this = form.read(file)
        known = taking.whose(here, this, file)
        if not as_json:
            _introduce(file, this, known)
        deed = Deed(who(by), why or "only looked at") if not really else Deed(who(by), why)
        weight = weighed(here, this, deed, conflicts)
        if as_json:
            objects(weight.facts())
        else:
            _show(weight, this)
        done = not weight.writes and (known.again if really else not weight.clashes)
        if really and not done:
            if known.newer and not older:
                raise UsageError(f"not taken: {_older(this, known)}. To go back to this one all the same: --older")
            _taken(here, this, known, deed, conflicts, yes=yes)
    if not as_json:
        line(DONE if done else "Taken." if really else LOOKED)


def _introduce(file: Path, this: form.Pack, known: taking.Whose) -> None:
    said = this.manifest
    line(f"{file}: of {said.origin}, packed by {said.by} on {said.at} with {said.tool}: {said.why}")
    other = "known here" if known.known else "new here. Ask them by another way whether it is theirs"
    line(f"Signed with the key {said.key}: {other}.")
    if known.again:
        line("This very pack was taken before.")
    if known.newer:
        line(f"Mind: {_older(this, known)}.")


def _older(this: form.Pack, known: taking.Whose) -> str:
    return f"it was packed at {this.manifest.at}, and one of theirs of {known.newer} was taken"


def _show(weight: Weight, this: form.Pack) -> None:
    for each in weight.files:
        line(f"{each.finding:9}  {each.path}{f'  ({each.because})' if each.because else ''}")
        for row in each.diff[:SHOWN]:
            line(f"    {row}")
        if len(each.diff) > SHOWN:
            line(f"    ... and {len(each.diff) - SHOWN} more lines: --json shows all")
    if any(path.startswith("laws/") for path in this.files):
        line("Its laws come as not adopted here: every letter that rests on them says so.")


def _taken(here: Desk, this: form.Pack, known: taking.Whose, deed: Deed, clash: Clash | None, *, yes: bool) -> None:
    """Take THIS pack, if its key is known, or a person says that it is theirs."""
    try:
        sure = known.known or yes or typer.confirm(ASKED, err=True)
    except typer.Abort:  # nobody is there to be asked
        sure = False
    if not sure:
        raise UsageError(UNSURE)
    taking.take(here, this, deed, clash)
    seal_what_was_done(here)
