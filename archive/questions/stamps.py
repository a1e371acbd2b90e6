"""What outside witnesses have said of checkpoints."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select

from archive.leaves import Stamp
from archive.seal import CHECKPOINT
from archive.stamps import calendars
from archive.stamps.told import Says
from archive.vault import Vault


@dataclass(frozen=True)
class Spoken:
    """One stamp that was kept."""

    size: int  # of the checkpoint
    kind: str
    witness: str
    file: str  # its name among the store's papers


def spoken(vault: Vault, size: int) -> set[tuple[str, str]]:
    """Who (kind, name) has spoken of the checkpoint of SIZE."""
    return {(each.kind, each.witness) for each in stamps(vault) if each.size == size}


def stamps(vault: Vault) -> list[Spoken]:
    """Every stamp, in the order in which they came."""
    with vault.reading() as session:
        rows = session.scalars(select(Stamp).order_by(Stamp.id)).all()
        return [Spoken(row.size, row.kind, row.witness, row.file) for row in rows]


def pending(vault: Vault) -> Iterator[Spoken]:
    """What calendars promised and no later stamp of the same one fulfils."""
    newest = {(each.size, each.witness): each for each in stamps(vault) if each.kind == "opentimestamps"}
    for each in newest.values():
        note = vault.store.read_paper(CHECKPOINT.format(each.size))
        said = calendars.read(vault.store.read_paper(each.file), sha256(note).digest())
        if said.verdict is Says.PENDING:
            yield each
