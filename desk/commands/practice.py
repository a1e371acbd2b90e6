"""`wildfree practice`: opens the practice market."""

import sys
from typing import Annotated

import typer

from config.errors import UsageError, WildfreeError
from desk.context import WorkspaceOption, desk
from desk.practice.market import Market
from desk.practice.opening import opened
from desk.shell import shell
from desk.show import line, table

app = shell()
WORDS = """\
  list                  what stands there
  remove KEY REASON     the platform removes a listing, stating its reason
  delete KEY            a listing is deleted without a word
  sell KEY              a listing is sold
  edit KEY TITLE        the seller changes a title
  relist KEY            a listing is deleted and offered again, under another key, with the same photos
  tricks                what can go wrong on a market, what should be said of it, and what is on
  trick NAME on         it goes wrong everywhere; with keys or search terms behind it: only there
  trick NAME off        it goes right again
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
    as a platform or a seller would do it; and it can play the tricks of real ones: walls, challenges,
    swapped listings. `tricks` lists them, each with what should be said of it.

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
        match word:
            case "":
                return
            case "list":
                for good in sorted(market.on_sale(), key=lambda good: good.ware.key):
                    line(f"  {good.ware.key}  {good.title}")
            case "tricks":
                _list_tricks(market)
            case _:
                line(f"done: {word} {key}{_happen(market, word, key, rest)}")
    except WildfreeError as error:
        line(str(error))


def _happen(market: Market, word: str, key: str, rest: str) -> str:
    """Let WORD happen to listing KEY; answers what more there is to say of it."""
    match word:
        case "remove" if rest:
            market.remove(key, rest)
        case "edit" if rest:
            market.edit(key, rest)
        case "delete":
            market.delete(key)
        case "sell":
            market.sell(key)
        case "relist":
            return f", now {market.relist(key)}"
        case "trick" if rest:
            return _switch(market, key, *rest.split())
        case _:
            raise UsageError(f"'{word}' needs to be one of these, with what it needs:\n{WORDS}")
    return ""


def _switch(market: Market, name: str, switch: str, *places: str) -> str:
    """Switch the trick NAME on or off."""
    if switch == "on":
        market.play(name, *places)
    elif switch == "off" and not places:
        market.cease(name)
    else:
        raise UsageError(f"type: trick {name} on, trick {name} on KEY or TERM ..., or trick {name} off")
    return f" {switch} {_where(market, name)}".rstrip()


def _list_tricks(market: Market) -> None:
    """Print the tricks, where each is on, and what sweep and check, which use a browser here, should say of it."""
    rows = (
        (
            trick.name,
            _where(market, trick.name),
            trick.of_listing(browser=True) or "",
            trick.of_search(browser=True) or "",
            trick.shows,
        )
        for trick in market.tricks.values()
    )
    table(("trick", "on", "a listing is", "a search is", "what a visitor meets"), rows)


def _where(market: Market, name: str) -> str:
    """Where the trick NAME is on; nothing where it is off."""
    on = market.playing()
    return "" if name not in on else " ".join(sorted(on[name])) or "everywhere"
