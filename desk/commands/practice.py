"""`wildfree practice`: opens the practice market."""

import sys
from typing import Annotated

import typer

from config.errors import UsageError, WildfreeError
from desk.context import WorkspaceOption, desk
from desk.practice.market import Market
from desk.practice.opening import opened
from desk.shell import shell
from desk.show import line

app = shell()
WORDS = """\
  list                  what stands there
  remove KEY REASON     the platform removes a listing, stating its reason
  delete KEY            a listing is deleted without a word
  sell KEY              a listing is sold
  edit KEY TITLE        the seller changes a title
  quit                  close the market"""


@app.command()
def practice(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of its address, at the first opening.", show_default="a free one")
    ] = 0,
    workspace: WorkspaceOption = None,
) -> None:
    """Open the practice market: a small invented shop to train on.

    Then, in a second window: wildfree sweep market. What you type here happens to its listings,
    as a platform or a seller would do it.

    Example:
        wildfree practice
    """
    with desk(workspace) as here:
        if not here.practice:
            raise UsageError(
                f"{here.workspace}: is a real workspace. Make one to train in: wildfree init DIR --practice"
            )
        with opened(here.workspace, port) as market:
            line(f"The practice market is open at {market.base}\n{WORDS}")
            for typed in sys.stdin:
                if typed.strip() == "quit":
                    return
                _done(market, typed)


def _done(market: Market, typed: str) -> None:
    """Do what was typed, and say so, or say what is wrong with it."""
    word, key, rest = (*typed.strip().split(None, 2), "", "", "")[:3]
    try:
        if word == "list":
            for good in sorted(market.on_sale(), key=lambda good: good.ware.key):
                line(f"  {good.ware.key}  {good.title}")
        elif word:
            _happen(market, word, key, rest)
            line(f"done: {word} {key}")
    except WildfreeError as error:
        line(str(error))


def _happen(market: Market, word: str, key: str, rest: str) -> None:
    """Let WORD happen to listing KEY."""
    match word:
        case "remove" if rest:
            market.remove(key, rest)
        case "edit" if rest:
            market.edit(key, rest)
        case "delete":
            market.delete(key)
        case "sell":
            market.sell(key)
        case _:
            raise UsageError(f"'{word}' needs to be one of these, with what it needs:\n{WORDS}")
