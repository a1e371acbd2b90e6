"""Pins other teams' ledgers: whose bundle was taken in once is held to its key and to its history ever after."""

import json
from dataclasses import astuple, dataclass

from sqlalchemy import select

from archive.bundle.stranger.names import HISTORY
from archive.bundle.stranger.tree import roots
from archive.bundle.stranger.words import Findings
from archive.models import Act
from archive.vault import Vault
from config.errors import EvidenceError

WHAT = "took_in"  # an Act of that name: its subject is what Pin says, with spaces between


@dataclass(frozen=True)
class Pin:
    """What one bundle shows of its ledger."""

    sha256: str  # of the bundle's list of files
    origin: str
    entries: int  # of its newest checkpoint
    root: str  # hexadecimal
    key: str = ""  # that signed it: NAME+HASH+KEY; "": taken in before keys were pinned

    @classmethod
    def read(cls, subject: str) -> "Pin":
        """The pin in an Act's SUBJECT."""
        sha256, origin, entries, root, *key = subject.split(" ")
        return cls(sha256, origin, int(entries), root, *key)

    @property
    def subject(self) -> str:
        """What the Act says."""
        return " ".join(map(str, astuple(self)))


def earlier(vault: Vault, origin: str) -> list[Pin]:
    """What was taken in of the ledger ORIGIN, in order."""
    with vault.reading() as session:
        acts = session.scalars(select(Act.subject).where(Act.what == WHAT).order_by(Act.id))
        return [pin for pin in map(Pin.read, acts) if pin.origin == origin]


def held(vault: Vault, this: Pin, found: Findings) -> tuple[int, ...]:
    """Hold THIS bundle, in which FOUND was found, against the earlier ones of its ledger.

    Answers the entries of those it could not be compared with. EvidenceError where the key is another one that the
    earlier key does not vouch for, or where of two ledgers the longer does not go on from the shorter.
    """
    uncompared = []
    for before in earlier(vault, this.origin):
        grown = before.entries <= this.entries
        less, more = (before, this) if grown else (this, before)
        known = found.roots if grown else _roots(vault, before)
        same = known.get(less.entries) == less.root
        if before.key and not (this.key in _vouched(before.key, found) or (same and not grown)):
            raise EvidenceError(
                f"not taken in: signed with {this.key}, but what is here of that ledger with {before.key}, which "
                "does not vouch for it: it may be forged in their name. Ask them by another way"
            )
        if known and not same:
            raise EvidenceError(
                f"not taken in: {this.origin} has signed two different ledgers: one of {more.entries} entries, which "
                f"does not go on from one of {less.entries}. One of the two came with a bundle that is here already. "
                "Ask them why: one of the two was rewritten"
            )
        uncompared += [] if known else [before.entries]
    return tuple(uncompared)


def _vouched(key: str, found: Findings) -> set[str]:
    """KEY, and those for which it vouches: one of them signed a checkpoint over the entry that names the next."""
    trusted = {key}
    for index, named in found.named:
        if any(size > index and trusted & {*signers} for size, signers in found.signers.items()):
            trusted.add(named)
    return trusted


def _roots(vault: Vault, before: Pin) -> dict[int, str]:
    """The root at each checkpoint of a bundle that was kept; none where it is older than histories, or was erased."""
    try:
        files = json.loads(vault.store.read(before.sha256))["files"]
        steps = json.loads(vault.store.read(files[HISTORY]["sha256"]))
    except (KeyError, EvidenceError):
        return {}
    return {size: root.hex() for size, root in roots(steps).items()}
