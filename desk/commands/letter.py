"""`wildfree letter`: drafts, approves and shows the letters that demand removal."""

from typing import Annotated

import typer

from config.errors import EvidenceError
from config.settings import Language
from desk import writing
from desk.context import ByOption, JsonOption, NowOption, WorkspaceOption, desk, who
from desk.shell import shell
from desk.show import line, objects, progress

app = shell(no_args_is_help=True, help="Draft, approve and show the letters that demand removal.")


@app.command()
def draft(
    platform: Annotated[str, typer.Argument(help="To which platform.")],
    language: Annotated[Language | None, typer.Option(show_default="the workspace's")] = None,
    listing: Annotated[
        list[int] | None, typer.Option(min=1, max=2**63 - 1, help="Only this one; may be given again.")
    ] = None,
    by: ByOption = "",
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Draft one letter about the listings that reviewers agreed on. Nothing is sent.

    A listing whose reviews do not bear a letter is left out, and said, unless you named it. Whatever else is missing
    is said, all at once, and then no letter is made.

    Example:
        wildfree letter draft market --language zh
    """
    with desk(workspace, now) as here, progress("Writing") as step:
        step(0, 1)
        paper = writing.draft(here, platform, language or here.settings.language, listing or [], who(by))
        step(1, 0)
    if as_json:
        objects([paper])
    else:
        for each in paper.left_out:
            line(each)
        line(f"{paper.number}: listings {len(paper.listings)}. Read it: {paper.pdf}")
        line(f"Then: wildfree letter approve {paper.number}")


@app.command()
def approve(
    number: Annotated[str, typer.Argument(help="The letter's number.")],
    by: ByOption = "",
    now: NowOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say that you have read a letter and stand behind it. Sending stays a person's own act.

    Example:
        wildfree letter approve PRACTICE-2026-0001
    """
    with desk(workspace, now) as here:
        paper = writing.approve(here, number, who(by))
    line(f"{paper.number}: approved by {who(by)}. To send it, open {paper.eml} in your mail program.")


@app.command()
def withdraw(
    number: Annotated[str, typer.Argument(help="The letter's number.")],
    why: Annotated[str, typer.Option(help="What is wrong with it.", prompt=True)],
    by: ByOption = "",
    now: NowOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Take a letter back that was not sent. It stays in the archive; its listings are free for another.

    Example:
        wildfree letter withdraw PRACTICE-2026-0001 --why "wrong species in item 2"
    """
    with desk(workspace, now) as here:
        paper = writing.withdraw(here, number, why, who(by))
    line(f"{paper.number}: withdrawn. A new one: wildfree letter draft {paper.platform}")


@app.command()
def show(
    number: Annotated[str, typer.Argument(help="The letter's number.")],
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Print a letter's text, and where its PDF and mail are.

    Example:
        wildfree letter show PRACTICE-2026-0001
    """
    with desk(workspace) as here:
        paper = writing.find(here, number)
    if as_json:
        objects([paper])
    else:
        line(paper.text.read_text("utf-8"))
        line(f"PDF: {paper.pdf}\nMail: {paper.eml}")


@app.command("list")
def list_letters(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """List the letters.

    Example:
        wildfree letter list
    """
    with desk(workspace) as here:
        papers = writing.papers(here)
    if as_json:
        objects(paper for paper in papers if isinstance(paper, writing.Paper))
    else:
        for paper in papers:
            if isinstance(paper, str):
                continue
            line(f"{paper.number}  {paper.platform}  {paper.language}  {paper.stage}  listings {len(paper.listings)}")
            line(f"  {paper.pdf}")
        line(f"{len(papers)} letters")
    damaged = [paper for paper in papers if isinstance(paper, str)]
    if damaged:
        raise EvidenceError("\n".join(damaged))
