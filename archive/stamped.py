"""Keeps what an outside witness says of a checkpoint: its file among the papers, and the row that speaks of it.

The file's name tells all that its row tells, and the beginning of its own SHA-256: the row can be remade from the
name alone, and neither can be changed without the other showing it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from sqlalchemy import insert, select

from archive.entries import digest
from archive.leaves import Stamp
from archive.store import FolderStore
from archive.vault import Vault

MOMENT = "%Y%m%dT%H%M%S.%fZ"
KINDS = ("rfc3161", "opentimestamps", "outside")
NAME = re.compile(
    rf"stamp-(\d{{12}})-(\d{{6}})-(\d{{8}}T\d{{6}}\.\d{{6}}Z)-({'|'.join(KINDS)})-([^/-]{{1,120}})-([0-9a-f]{{16}})"
)


@dataclass(frozen=True)
class Named:
    """What the name of a stamp's file tells."""

    size: int  # of the checkpoint
    id: int  # from 1, in the order in which they came
    at: datetime  # UTC
    kind: str
    witness: str
    begins: str  # the first 16 figures of the file's SHA-256
    file: str  # the name itself

    @property
    def row(self) -> dict[str, int | str | datetime]:
        """What the row that speaks of it says, by column."""
        return {name: value for name, value in vars(self).items() if name != "begins"}


def named(file: str) -> Named:
    """What the name FILE tells; ValueError where it is no stamp's."""
    found = NAME.fullmatch(file)
    if not found:
        raise ValueError(f"{file}: no stamp's name")
    at = datetime.strptime(found[3], MOMENT).replace(tzinfo=UTC)
    return Named(int(found[1]), int(found[2]), at, found[4], unquote(found[5]), found[6], file)


def take(vault: Vault, size: int, kind: str, witness: str, body: bytes, now: datetime) -> str:
    """Keep BODY, by which WITNESS speaks of the checkpoint of SIZE, and answer its file's name."""
    finish(vault)
    there = [named(file).id for file in _files(vault.store)]
    who = quote(witness, safe="").replace("-", "%2D")[:120].rstrip("%")
    number = max(there, default=0) + 1
    at = f"{now.astimezone(UTC):{MOMENT}}"
    file = f"stamp-{size:012}-{number:06}-{at}-{kind}-{who}-{digest(body)[:16]}"
    vault.store.put_paper(file, body)
    _written(vault, [file])
    return file


def finish(vault: Vault) -> None:
    """Write the rows of stamps that were kept just before we were cut off."""
    with vault.reading() as session:
        known = set(session.scalars(select(Stamp.file)))
    _written(vault, [file for file in _files(vault.store) if file not in known])


def _files(store: FolderStore) -> list[str]:
    return [name for name in store.list_papers() if NAME.fullmatch(name)]


def _written(vault: Vault, files: list[str]) -> None:
    with vault.writing() as session:
        for file in files:
            session.execute(insert(Stamp).values(named(file).row))
