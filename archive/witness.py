"""Hands our newest checkpoint to third parties, and says whether one handed out before still fits our ledger."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.leaves import Entry, Seal
from archive.ledger import EMPTY, leaf_hash, parent_hash
from archive.models import Key
from archive.note import Checkpoint, Verifier, holds, read
from archive.vault import Vault
from config.errors import EvidenceError

LARGEST = 1 << 16  # characters of a witness's file


@dataclass(frozen=True)
class Compared:
    """An older checkpoint, and today's ledger that goes on from it."""

    origin: str
    entries: int  # of the older checkpoint
    root: str  # hexadecimal
    today: int  # entries


def exported(vault: Vault) -> str:
    """The newest checkpoint for third parties: the key on the first line, an empty line, the signed note."""
    with vault.reading() as session:
        seal = session.scalars(select(Seal).order_by(Seal.size.desc())).first()
        key = session.scalars(select(Key.verifier).order_by(Key.id.desc())).first()
    if seal is None or key is None:
        raise EvidenceError(f"{vault.workspace}: nothing is sealed yet. Unlock the sealing key, then try again")
    return f"{key}\n\n{seal.note}"


def compared(vault: Vault, written: str, where: str) -> Compared:
    """What was WRITTEN for a third party (with its key, or the note alone) against the ledger as it is now.

    The root is made anew from the bodies of the entries. EvidenceError, which names the file as WHERE, if it is no
    checkpoint of ours, or the ledger does not go on from it.
    """
    note = written.partition("\n\n")[2] if "+" in written.partition("\n")[0] else written
    try:
        old = read(note)
    except ValueError as problem:
        raise EvidenceError(f"{where}: {problem}. See: wildfree witness") from None
    with vault.reading() as session:
        _ours(session, note, old, where)
        bodies = session.scalars(select(Entry.body).where(Entry.index < old.size).order_by(Entry.index))
        there, root = _root(bodies.yield_per(1000))
        today = session.scalars(select(Entry.index).order_by(Entry.index.desc())).first()
    if (there, root) != (old.size, old.root):
        fault = f"has {there} of its {old.size} entries" if there < old.size else "has other entries"
        raise EvidenceError(
            f"{where}: the ledger of today {fault}: it was rewritten since that checkpoint. See: wildfree verify"
        )
    return Compared(old.origin, old.size, old.root.hex(), 0 if today is None else today + 1)


def _ours(session: Session, note: str, old: Checkpoint, where: str) -> None:
    """EvidenceError unless NOTE was signed by a key that the ledger names."""
    keys = [Verifier.read(each) for each in session.scalars(select(Key.verifier))]
    if old.origin not in {key.name for key in keys}:
        raise EvidenceError(f"{where}: is of the ledger {old.origin}, which is not this one")
    if not any(holds(note, key) for key in keys):
        raise EvidenceError(f"{where}: bears no good signature of this ledger: it was altered, or is forged")


def _root(bodies: Iterable[str]) -> tuple[int, bytes]:
    """How many BODIES there are, and the root over them (RFC 9162 §2.1.1)."""
    stack: list[tuple[int, bytes]] = []  # complete subtrees from the left: leaves, hash
    size = 0
    for body in bodies:
        count, made, size = 1, leaf_hash(body.encode()), size + 1
        while stack and stack[-1][0] == count:
            count, made = count * 2, parent_hash(stack.pop()[1], made)
        stack.append((count, made))
    if not stack:
        return 0, EMPTY
    _, root = stack.pop()
    while stack:
        root = parent_hash(stack.pop()[1], root)
    return size, root
