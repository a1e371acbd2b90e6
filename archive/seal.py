"""Seals the ledger: signs what it is now, and writes the entries since the last seal to the store as one segment.

The segment and the note reach the disk before the row that speaks of them: losing the database loses nothing sealed.
"""

import re
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from archive import intake
from archive.entries import nodes
from archive.leaves import Entry, Head, Seal
from archive.ledger import root
from archive.lock import lock
from archive.models import Key
from archive.note import Checkpoint, Verifier, holds, read, signed, verifier
from archive.vault import Vault
from config.errors import EvidenceError

SEGMENT = "segment-{:012}-{:012}.jsonl"  # from the entry, to before the entry: one body a line
CHECKPOINT = "checkpoint-{:012}.note"  # by the number of entries
OF_CHECKPOINT = re.compile(r"checkpoint-(\d{12})\.note")


def latest(vault: Vault) -> Checkpoint | None:
    """What the newest seal says; None where nothing was sealed yet."""
    with vault.reading() as session:
        row = session.scalars(select(Seal).order_by(Seal.size.desc())).first()
    return read(row.note) if row else None


def waiting(vault: Vault) -> int:
    """How many entries no seal covers yet."""
    last = latest(vault)
    with vault.reading() as session:
        return _length(session) - (last.size if last else 0)


def waiting_since(vault: Vault) -> datetime | None:
    """When the first entry was written that no seal covers, in UTC; None where all are covered."""
    last = latest(vault)
    with vault.reading() as session:
        return session.scalars(select(Entry.at).where(Entry.index == (last.size if last else 0))).one_or_none()


def signer(vault: Vault) -> Verifier | None:
    """The key that seals this ledger now; None where none was named yet."""
    with vault.reading() as session:
        written = session.scalars(select(Key.verifier).order_by(Key.id.desc())).first()
    return Verifier.read(written) if written else None


def seal(vault: Vault, name: str, key: Ed25519PrivateKey, now: datetime) -> Checkpoint:
    """Sign the ledger NAME as it is, with KEY; what was sealed already stays as it was.

    A key that the ledger does not know yet becomes an entry first. EvidenceError if the tree no longer goes on from
    the last seal: then it was rewritten. Of two processes one waits for the other.
    """
    with lock(vault.workspace, "seal"):
        return _sealed(vault, name, key, now)


def _sealed(vault: Vault, name: str, key: Ed25519PrivateKey, now: datetime) -> Checkpoint:
    known, own = signer(vault), verifier(name, key)
    if known != own:
        intake.take(vault, lambda session, _: session.add(Key(at=now, verifier=str(own))))
    finish(vault)
    last = latest(vault)
    with vault.reading() as session:
        size = _length(session)
        made = Checkpoint(name, size, root(size, nodes(session)))
        begun = last.size if last else 0
        if last and (size < begun or root(begun, nodes(session)) != last.root):
            raise EvidenceError(f"{vault.workspace}: the ledger was rewritten since its seal. See: wildfree verify")
        bodies = select(Entry.body).where(Entry.index >= begun, Entry.index < size).order_by(Entry.index)
        segment = "".join(f"{body}\n" for body in session.scalars(bodies))
    if last and size == begun:
        return last
    note = signed(made, key)
    vault.store.put_paper(SEGMENT.format(begun, size), segment.encode())
    vault.store.put_paper(CHECKPOINT.format(size), note.encode())
    _spoken_of(vault, size, note)
    return made


def finish(vault: Vault) -> None:
    """Write the rows of checkpoints that reached the store just before we were cut off."""
    last, by = latest(vault), signer(vault)
    found = (OF_CHECKPOINT.fullmatch(name) for name in vault.store.list_papers())
    for size in [int(each[1]) for each in found if each and int(each[1]) > (last.size if last else 0)]:
        note = vault.store.read_paper(CHECKPOINT.format(size)).decode("utf-8", "replace")
        if by is None or not holds(note, by):
            raise EvidenceError(f"{vault.store.papers / CHECKPOINT.format(size)}: altered. See: wildfree verify")
        _spoken_of(vault, size, note)


def _spoken_of(vault: Vault, size: int, note: str) -> None:
    with vault.writing() as session:
        if session.get(Seal, size) is None:
            at = session.scalars(select(Entry.at).where(Entry.index == size - 1)).one()
            session.execute(insert(Seal).values(size=size, at=at, note=note))


def _length(session: Session) -> int:
    return session.scalars(select(Head.size)).one_or_none() or 0
