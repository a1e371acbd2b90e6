"""Pins other teams' ledgers: whose bundle or pack was taken once is held to its key and its history ever after."""

import json
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlalchemy import select

from archive.bundle.stranger.names import HISTORY
from archive.bundle.stranger.tree import roots
from archive.bundle.stranger.words import Findings
from archive.models import Act, Key
from archive.note import Verifier
from archive.vault import Vault
from config.errors import EvidenceError

WHAT = "took_in"  # an Act of that name: its subject is what Pin says, with spaces between
TOOK_PACK, PACKED = "took a pack", "packed"  # the same, of what PackPin says


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


@dataclass(frozen=True)
class PackPin:
    """Which pack of which ledger."""

    sha256: str  # of the pack
    origin: str
    key: str  # that signed it: NAME+HASH+KEY

    @classmethod
    def read(cls, subject: str) -> "PackPin":
        """The pin in an Act's SUBJECT."""
        return cls(*subject.split(" "))

    @property
    def subject(self) -> str:
        """What the Act says."""
        return " ".join(astuple(self))


def packs(vault: Vault, origin: str) -> list[PackPin]:
    """The packs of the ledger ORIGIN that were taken, in order."""
    with vault.reading() as session:
        acts = session.scalars(select(Act.subject).where(Act.what == TOOK_PACK).order_by(Act.id))
        return [pin for pin in map(PackPin.read, acts) if pin.origin == origin]


def was_taken(vault: Vault, this: PackPin, at: datetime) -> bool:
    """Whether the ledger says that THIS pack was taken AT that moment (UTC)."""
    wanted = select(Act.id).where(Act.what == TOOK_PACK, Act.subject == this.subject, Act.at == at)
    with vault.reading() as session:
        return session.scalars(wanted).first() is not None


def known_keys(vault: Vault, origin: str) -> list[str]:
    """The keys that the ledger ORIGIN is known by here, the newest last: of its bundles, its packs, or our own."""
    with vault.reading() as session:
        own = session.scalars(select(Key.verifier).order_by(Key.id)).all()
        acts = session.execute(select(Act.what, Act.subject).where(Act.what.in_((WHAT, TOOK_PACK))).order_by(Act.id))
        pins = [Pin.read(subject) if what == WHAT else PackPin.read(subject) for what, subject in acts]
    theirs = [pin.key for pin in pins if pin.origin == origin and pin.key]
    return [key for key in own if Verifier.read(key).name == origin] or theirs


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
    for pack in packs(vault, this.origin):
        if this.key not in _vouched(pack.key, found):
            raise _forged(this.key, pack.key)
    uncompared = []
    for before in earlier(vault, this.origin):
        grown = before.entries <= this.entries
        less, more = (before, this) if grown else (this, before)
        known = found.roots if grown else _roots(vault, before)
        same = known.get(less.entries) == less.root
        if before.key and not (this.key in _vouched(before.key, found) or (same and not grown)):
            raise _forged(this.key, before.key)
        if known and not same:
            raise EvidenceError(
                f"not taken in: {this.origin} has signed two different ledgers: one of {more.entries} entries, which "
                f"does not go on from one of {less.entries}. One of the two came with a bundle that is here already. "
                "Ask them why: one of the two was rewritten"
            )
        uncompared += [] if known else [before.entries]
    return tuple(uncompared)


def _forged(key: str, before: str) -> EvidenceError:
    return EvidenceError(
        f"not taken in: signed with {key}, but what is here of that ledger with {before}, which "
        "does not vouch for it: it may be forged in their name. Ask them by another way"
    )


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
