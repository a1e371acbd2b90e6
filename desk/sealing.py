"""Seals the ledger at the desk: after crawls, before a letter is approved, and whenever proof is asked for."""

import typer

from archive import key, seal
from archive.note import Checkpoint
from config.errors import MachineError
from desk.context import Desk
from desk.show import visible
from desk.stamping import stamp


def sealed(here: Desk) -> Checkpoint | None:
    """Seal what no seal covers yet; None where the key is locked away: then the entries wait for it."""
    found = key.found(here.workspace)
    if found is None:
        return None
    return seal.seal(here.vault, found.name, found.key, here.clock())


def seal_what_was_done(here: Desk) -> None:
    """Seal and have stamped what a command has just kept; where this machine cannot now, say so, and do it later."""
    try:
        if sealed(here):
            stamp(here)
    except MachineError as problem:
        typer.echo(visible(f"Kept, but not sealed yet; the next command does it. {problem}"), err=True)
