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
    port: Annotated[int, typer.Option(help="Of its address, at the first opening.", show_default="a free one")] = 0,
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
    """Do what was typed, or say what is wrong with it."""
    word, key, rest = (*typed.split(None, 2), "", "", "")[:3]
    try:
        match word:
            case "list":
                for good in market.on_sale():
                    line(f"  {good.ware.key}  {good.title}")
            case "remove":
                market.remove(key, rest.strip())
            case "delete":
                market.delete(key)
            case "sell":
                market.sell(key)
            case "edit":
                market.edit(key, rest.strip())
            case "":
                pass
            case _:
                line(f"'{word}' is none of these:\n{WORDS}")
    except WildfreeError as error:
        line(str(error))
