"""Turns the evidence rows of one transaction into an entry of the ledger, and back.

An entry's body is canonical JSON (RFC 8785): its index, its time, its kind, a salt, and every column of every row
but the private ones. Those stand in a file of their own, whose SHA-256 the body names, so that they can be erased
and every proof still holds. The body's leaf hash is what the tree is made of.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from archive.leaves import Entry, Head, Node
from archive.ledger import grown, leaf_hash
from archive.manifest import moment
from archive.models import ClockStep
from archive.store import FolderStore
from archive.table import Kept, Row

VERSION = 1
BEFORE = "before_the_ledger"  # the kind of an entry for a row that is older than the ledger
# What an entry is of, where it names rows of several tables: the first of these.
PRINCIPAL = ("origin", "notice", "verdict", "visit", "query", "sweep_end", "sweep", "step", "tip")
ByTable = dict[str, list[dict[str, Any]]]  # table -> rows, in the order of their keys: column -> value


@contextmanager
def watched(session: Session) -> Iterator[list[Kept]]:
    """The evidence rows that SESSION writes meanwhile; RuntimeError if it changes or deletes one."""
    written: list[Kept] = []

    def flushed(session: Session, _: object) -> None:
        if changed := [row for row in (*session.dirty, *session.deleted) if isinstance(row, Kept)]:
            raise RuntimeError(f"evidence is written once: {changed}")
        written.extend(row for row in session.new if isinstance(row, Kept))

    event.listen(session, "after_flush", flushed)
    try:
        yield written
        session.flush()
    finally:
        event.remove(session, "after_flush", flushed)


def append(session: Session, store: FolderStore, rows: Sequence[Kept], now: datetime, kind: str = "") -> None:
    """Write the entry for ROWS, in their transaction; one more before it where the clock was found to step back."""
    if not rows:
        return
    head = _head(session)
    if head.at is not None and now < head.at:
        step = ClockStep(at=now, before=head.at)
        session.add(step)
        session.flush()
        _appended(session, store, head, [step], now, "clock_step")
    _appended(session, store, head, rows, now, kind or _kind(rows))


def adopt(session: Session, store: FolderStore, now: datetime) -> None:
    """Give every row of an archive that is older than the ledger an entry of its own, which says so."""
    for kind in sorted(Kept.__subclasses__(), key=lambda kept: ORDER[kept.__tablename__]):
        for row in session.scalars(select(kind).order_by(*kind.__table__.primary_key)):
            append(session, store, [row], now, BEFORE)


def _appended(
    session: Session, store: FolderStore, head: Head, rows: Sequence[Kept], now: datetime, kind: str
) -> None:
    public, private = told(rows)
    body: dict[str, Any] = {"at": written(now), "index": head.size, "kind": kind, "rows": public, "v": VERSION}
    kept = None
    if private:
        kept = store.put(canonical({"rows": private, "salt": secrets.token_hex(16)}))
        body["private"] = kept
    text = canonical(body | {"salt": secrets.token_hex(16)})
    leaf = leaf_hash(text)
    row = {"index": head.size, "at": now, "kind": kind, "body": text.decode(), "leaf": leaf.hex(), "private": kept}
    session.execute(insert(Entry).values(row))
    for level, position, made in grown(head.size, leaf, nodes(session)):
        if level:
            session.execute(insert(Node).values(level=level, position=position, hash=made.hex()))
    head.size, head.at = head.size + 1, now
    session.flush()


def nodes(session: Session) -> Any:
    """The tree's nodes as archive/ledger.py asks for them."""

    def node(level: int, position: int) -> bytes:
        asked = select(Node.hash).where(Node.level == level, Node.position == position)
        if level == 0:
            asked = select(Entry.leaf).where(Entry.index == position)
        return bytes.fromhex(session.scalars(asked).one())

    return node


def told(rows: Iterable[Kept]) -> tuple[ByTable, ByTable]:
    """What an entry says of ROWS: in its body, and outside of it."""
    public: ByTable = {}
    private: ByTable = {}
    for row in sorted(rows, key=_place):
        shown, hidden = _columns(row)
        public.setdefault(row.__tablename__, []).append(shown)
        if hidden:
            private.setdefault(row.__tablename__, []).append(hidden)
    return public, private


def _columns(row: Kept) -> tuple[dict[str, Any], dict[str, Any]]:
    shown: dict[str, Any] = {}
    hidden: dict[str, Any] = {}
    for column in Row.metadata.tables[row.__tablename__].columns:
        (hidden if column.info.get("private") else shown)[column.name] = written(getattr(row, column.name))
    return shown, hidden


def written(value: Any) -> Any:
    """VALUE as an entry writes it."""
    if isinstance(value, datetime):
        return moment(value)
    return str(value) if isinstance(value, str) else value


def canonical(facts: dict[str, Any]) -> bytes:
    """FACTS as canonical JSON (RFC 8785)."""
    return rfc8785.dumps(facts)


def bare(body: str | bytes) -> dict[str, Any]:
    """What BODY says; ValueError where it is no canonical JSON object."""
    found = json.loads(body)
    if not isinstance(found, dict) or canonical(found) != (body.encode() if isinstance(body, str) else body):
        raise ValueError("not canonical JSON")
    return found


def digest(body: bytes) -> str:
    """The SHA-256 of BODY, as files are named."""
    return sha256(body).hexdigest()


def _head(session: Session) -> Head:
    """The ledger's head, locked: nobody else appends until this transaction ends."""
    head = session.scalars(select(Head).with_for_update()).one_or_none()
    if head is None:
        head = Head(id=1, size=0, at=None)
        session.add(head)
        session.flush()
    return head


def _kind(rows: Sequence[Kept]) -> str:
    tables = {row.__tablename__ for row in rows}
    return next((name for name in PRINCIPAL if name in tables), min(tables))


def _place(row: Kept) -> tuple[int, tuple[Any, ...]]:
    """Where a row stands among others: parents first, then by key."""
    keys = tuple(getattr(row, column.name) for column in Row.metadata.tables[row.__tablename__].primary_key)
    return ORDER[row.__tablename__], keys


ORDER = {table.name: place for place, table in enumerate(Row.metadata.sorted_tables)}
