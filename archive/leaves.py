"""The ledger's own tables: its entries, its tree, its seals, and what outsiders say of them."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from archive.table import Row, Sha256


class Entry(Row):
    """One leaf of the ledger: what was written in one transaction. Order is the index, never the clock."""

    __tablename__ = "entry"

    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 0, without a gap
    at: Mapped[datetime]  # UTC, by the computer's clock
    kind: Mapped[str]
    body: Mapped[str]  # canonical JSON; see archive/entries.py
    leaf: Mapped[str] = mapped_column(Sha256)  # the body's leaf hash
    private: Mapped[str | None] = mapped_column(Sha256)  # the file with what stands outside the body


class Node(Row):
    """The root of a complete subtree; derived from the entries' leaves, and remade from them at will."""

    __tablename__ = "node"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1: the leaves are the entries'
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(Sha256)


class Head(Row):
    """How long the ledger is; whoever appends locks this row, so that no two get the same index."""

    __tablename__ = "head"

    id: Mapped[int] = mapped_column(primary_key=True)  # 1: there is one
    size: Mapped[int]
    at: Mapped[datetime | None]  # UTC, of the last entry


class Seal(Row):
    """A checkpoint as it was signed; the same note lies in the store, with the entries that it covers."""

    __tablename__ = "seal"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # entries
    at: Mapped[datetime]  # UTC, of the last entry that it covers
    note: Mapped[str]  # see archive/note.py


class Stamp(Row):
    """What somebody outside says of a checkpoint: a time-stamp, a calendar's proof, a notary's file."""

    __tablename__ = "stamp"

    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(ForeignKey("seal.size"))
    at: Mapped[datetime]  # UTC, when we were given it
    kind: Mapped[str]  # rfc3161, opentimestamps, outside
    witness: Mapped[str]  # who gave it
    file: Mapped[str]  # its name among the store's papers
