"""Hands our newest checkpoint to third parties, and says whether one handed out before still fits our ledger."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from archive.bundle.stranger.words import Findings
from archive.entries import nodes
from archive.leaves import Entry, Seal
from archive.ledger import Tree, consistency, leaf_hash
from archive.models import Key
from archive.note import Checkpoint, Verifier, holds, read
from archive.vault import Vault
from config.errors import EvidenceError, UsageError, why

LARGEST = 1 << 16  # characters of a witness's file


@dataclass(frozen=True)
class Held:
    """A checkpoint in somebody else's hands."""

    note: str
    said: Checkpoint
    where: str  # the file it was read from

    def foreign(self, keys: Sequence[Verifier]) -> str:
        """Why it is no checkpoint of the ledger that names KEYS; "" where it is one."""
        if self.said.origin not in {key.name for key in keys}:
            return f"is of the ledger {self.said.origin}, which is not this one"
        if not any(holds(self.note, key) for key in keys):
            return (
                "bears no good signature of a key that this ledger names: it was altered or forged, or the ledger "
                "was made anew with another key"
            )
        return ""


@dataclass(frozen=True)
class Continued:
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


def since(vault: Vault, written: str, where: str) -> str:
    """Our newest checkpoint with the proof that it goes on from what was WRITTEN for a third party before.

    It is the body of `add-checkpoint` (C2SP tlog-witness), as public witnesses of ledgers take it: the old size, the
    proof (RFC 9162 §2.1.4.1; a hash a line in Base64), an empty line, the signed note. EvidenceError as `compared`.
    """
    old = compared(vault, written, where).entries
    note = exported(vault).partition("\n\n")[2]
    with vault.reading() as session:
        proof = consistency(old, read(note).size, nodes(session))
    return "".join((f"old {old}\n", *(f"{b64encode(each).decode()}\n" for each in proof), "\n", note))


def attached(vault: Vault, body: bytes) -> str:
    """Why BODY is no outsider's word on our newest checkpoint; "" where it may be one."""
    if not body.strip():
        return "is empty"
    with suppress(UnicodeDecodeError, EvidenceError):
        note = held(body.decode(), "").note
        names = {line.split(" ")[1] for line in note.partition("\n\n")[2].splitlines() if line.startswith("\u2014 ")}
        if names <= _own(vault):
            return "is our own checkpoint, which nobody else has signed"
    return ""


def _own(vault: Vault) -> set[str]:
    """The names under which our keys sign."""
    with vault.reading() as session:
        return {Verifier.read(each).name for each in session.scalars(select(Key.verifier))}


def file(path: Path) -> str:
    """What the file at PATH says; UsageError where it is none, or can be no checkpoint."""
    if path.is_dir():
        raise UsageError(f"{path}: is a folder. Name a file that wildfree witness wrote, or a .note")
    try:
        with path.open("rb") as opened:
            return opened.read(LARGEST).decode()
    except OSError as problem:
        raise UsageError(f"{path}: cannot be read: {why(problem)}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is no checkpoint: not UTF-8") from None


def held(written: str, where: str) -> Held:
    """What was WRITTEN for a third party, with its key or the note alone, in the file WHERE. EvidenceError: none."""
    note = written.partition("\n\n")[2] if "+" in written.partition("\n")[0] else written
    try:
        return Held(note, read(note), where)
    except ValueError as problem:
        raise EvidenceError(f"{where}: {problem}. Name a file that wildfree witness wrote, or a .note") from None


def foretold(found: Findings, outside: Held) -> None:
    """Hold the bundle in which FOUND was found against a checkpoint OUTSIDE; EvidenceError where they do not fit."""
    if foreign := outside.foreign([Verifier.read(each) for _, each in found.named]):
        raise EvidenceError(f"{outside.where}: {foreign}")
    root = found.roots.get(outside.said.size)
    if root is None:
        raise EvidenceError(
            f"{outside.where}: not compared: the bundle does not tell what its ledger was at {outside.said.size} "
            "entries. Ask its maker for a newer one"
        )
    if root != outside.said.root.hex():
        raise EvidenceError(f"{outside.where}: the ledger of the bundle had other entries then: it was rewritten")


def compared(vault: Vault, written: str, where: str) -> Continued:
    """What was WRITTEN for a third party (with its key, or the note alone) against the ledger as it is now.

    The root is made anew from the bodies of the entries. EvidenceError, which names the file as WHERE, if it is no
    checkpoint of ours, or the ledger does not go on from it.
    """
    outside = held(written, where)
    old = outside.said
    with vault.reading() as session:
        if foreign := outside.foreign([Verifier.read(each) for each in session.scalars(select(Key.verifier))]):
            raise EvidenceError(f"{where}: {foreign}")
        bodies = session.scalars(select(Entry.body).where(Entry.index < old.size).order_by(Entry.index))
        tree = _tree(bodies.yield_per(1000))
        today = session.scalars(select(Entry.index).order_by(Entry.index.desc())).first()
    if (tree.size, tree.root) != (old.size, old.root):
        fault = f"has {tree.size} of its {old.size} entries" if tree.size < old.size else "has other entries"
        raise EvidenceError(
            f"{where}: the ledger of today {fault}: it was rewritten since that checkpoint. See: wildfree verify"
        )
    return Continued(old.origin, old.size, old.root.hex(), 0 if today is None else today + 1)


def _tree(bodies: Iterable[str]) -> Tree:
    tree = Tree()
    for body in bodies:
        tree.grow(leaf_hash(body.encode()))
    return tree
