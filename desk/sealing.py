"""Seals the ledger at the desk: after crawls, before a letter is approved, and whenever proof is asked for."""

from archive import key, seal
from archive.note import Checkpoint
from desk.context import Desk


def sealed(here: Desk) -> Checkpoint | None:
    """Seal what no seal covers yet; None where the key is locked away: then the entries wait for it."""
    found = key.found(here.workspace)
    if found is None:
        return None
    return seal.seal(here.vault, found.name, found.key, here.clock())
