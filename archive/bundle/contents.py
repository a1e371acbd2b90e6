"""What goes into a bundle: looks, entries with their proofs, checkpoints, keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.facts import Role


@dataclass(frozen=True)
class File:
    """One exhibit in its role."""

    role: Role
    sha256: str
    url: str
    media_type: str
    size: int  # bytes


@dataclass(frozen=True)
class Look:
    """One visit, as the ledger knows it."""

    visit: int
    platform: str
    key: str
    canonical: str
    at: datetime  # UTC
    url: str
    final_url: str
    status: int | None
    capture: str
    missing: tuple[str, ...]
    condition: str
    title: str
    price: str
    environment: dict[str, str]
    files: tuple[File, ...]
    before: bool  # it is older than the ledger, which proves nothing of its date

    def first(self, role: Role) -> str | None:
        """The SHA-256 of its first file in ROLE."""
        return next((file.sha256 for file in self.files if file.role is role), None)


@dataclass(frozen=True)
class ProvedEntry:
    """One entry, and its proofs."""

    index: int
    body: str
    private: str | None  # SHA-256 of what goes with it; None: nothing stands outside the body, or it stays with us
    visit: int | None  # whose look it is; None: of nobody's, or of many
    proofs: dict[int, tuple[str, ...]]  # entries of the checkpoint -> hashes, hexadecimal


@dataclass(frozen=True)
class Sealed:
    """One checkpoint, and what outsiders say of it."""

    size: int
    at: datetime  # UTC
    note: str
    stamps: tuple[str, ...]  # papers of the store


@dataclass(frozen=True)
class Contents:
    """Everything that goes into one bundle."""

    name: str
    about: dict[str, Any]  # {"listing": {...}} or {"notice": number}
    looks: tuple[Look, ...]
    leaves: tuple[ProvedEntry, ...]
    seals: tuple[Sealed, ...]  # the newest last
    keys: tuple[str, ...]  # the newest last
    history: tuple[tuple[int, tuple[str, ...]], ...]  # entries of each checkpoint so far -> the subtrees it added
    letter: tuple[str, ...]  # SHA-256s of the letter's text, PDF and mail
    erased: frozenset[str]  # SHA-256s of files that were taken away for good

    @property
    def seal(self) -> Sealed:
        """The newest checkpoint."""
        return self.seals[-1]

    def files(self) -> Iterator[str]:
        """The SHA-256s of every file of the store that goes in."""
        yield from self.letter
        yield from (leaf.private for leaf in self.leaves if leaf.private)
        yield from (file.sha256 for look in self.looks for file in look.files)
