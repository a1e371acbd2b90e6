"""`wildfree add`: keeps what a volunteer brings: links, share texts, screenshots, photos, recordings, lists."""

import sys
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from archive.questions.tips import tips
from config.errors import UsageError
from desk import pictures
from desk.context import ByOption, Desk, JsonOption, NowOption, WorkspaceOption, desk, who
from desk.sealing import seal_what_was_done
from desk.shell import shell
from desk.show import line, local, objects, table
from desk.tips.adding import LONGEST, Added, Giver, add
from desk.tips.becoming import became, row

app = shell()
PIPED = 4 * LONGEST + 1  # bytes of standard input that are read


@app.command("add")
def bring(
    things: Annotated[
        list[str] | None,
        typer.Argument(metavar="URL|TEXT|FILE ...", help="What you bring; - reads a text from standard input."),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="What you say of it.")] = "",
    of: Annotated[str, typer.Option("--of", metavar="URL|NUMBER", help="The listing that the files show.")] = "",
    skip: Annotated[
        bool, typer.Option("--skip-unreadable", help="Leave out lines of a list without a link.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="Show all tips, and what became of them.")] = False,
    by: ByOption = "",
    now: NowOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Keep what you bring: links, the text that a phone shares, screenshots, photos, recordings, lists (CSV, XLSX).

    A listing of a platform that we know is looked at next (visit, or beside you in browse). Short links are kept
    and never followed: open them yourself. What a file says of itself (camera, time, place) is kept apart.

    Example:
        wildfree add https://www.goofish.com/item?id=712345678901 --note "seen in a chat group"
    """
    if listed == bool(things):
        raise UsageError("add what? A link, a share text in quotes, a file; or --list")
    with desk(workspace, now) as here:
        if listed:
            _list(here, as_json=as_json)
            return
        texts = [_piped() if each == "-" else each for each in things or []]
        added = add(here, texts, Giver(" ".join(who(by).split()), note, of, skip))
        seal_what_was_done(here)
        if as_json:
            objects(added)
        else:
            for each in added:
                _say(each, here.settings.zone)
        pictures.read_new(here)  # last: whatever becomes of it, these are kept


def _list(here: Desk, *, as_json: bool) -> None:
    """Show all tips, and what became of them."""
    found = [became(here, each) for each in tips(here.vault)]
    if as_json:
        objects(found)
        return
    table(
        ("tip", "day", "by", "what", "note", "platform", "listing", "files", "became"),
        (row(each, here.settings.zone) for each in found),
        f"{len(found)} tips",
        spare=("note", "files"),
    )


def _piped() -> str:
    """The text of standard input: UTF-8, or as Chinese Windows writes it."""
    body = sys.stdin.buffer.read(PIPED)
    if len(body) == PIPED:
        raise UsageError(f"standard input: longer than {LONGEST} characters. Bring many links as a CSV")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError("standard input: a text neither in UTF-8 nor in GB 18030. Save it again as UTF-8")


def _say(each: Added, zone: ZoneInfo) -> None:
    where = f", listing {each.listing}" if each.listing else ""
    platform = f" ({each.platform}{where})" if each.platform else ""
    line(f"{each.what}{platform}")
    first = "kept" if each.new else f"is here already, brought by {each.by} on {local(each.at, zone)}"
    line(f"  tip {each.tip}: {first}; {each.next}")
