"""Holds every row of evidence against what its one entry says of it, in every column."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table

from archive.entries import bare, digest
from archive.raw import KEPT, UNFIT, Raw, blank, same, shown, stored
from archive.store import FolderStore
from archive.verify.fault import Found, Means
from archive.verify.ledger import FAULTY, Leaf
from archive.verify.tables import Line, Tables, keys

Told = dict[str, Any]  # column -> value as an entry writes it


class EachRow:
    """The rows, as entry after entry tells of them."""

    def __init__(self, tables: Tables, store: FolderStore, erased: frozenset[str], found: Found) -> None:
        self._tables, self._store, self._erased, self._found = tables, store, erased, found

    def told(self, leaf: Leaf) -> None:
        """Check every row that LEAF's entry tells of."""
        if leaf.said is None:
            return
        hidden = self._private(leaf)
        for name, rows in leaf.said["rows"].items():
            table = KEPT.get(name)
            if table is None or not isinstance(rows, list):
                self._found.fault(
                    leaf.where, f"tells of {name!r}, which is no table of evidence", Means.ENTRY, leaf.at
                )
                continue
            for place, row in enumerate(rows):
                self._row(leaf, table, row, _placed(hidden, name, place))

    def strange(self) -> None:
        """Name the rows that no entry tells of."""
        for table in KEPT.values():
            for key in self._tables.unseen(table):
                self._found.fault(_place(table, key), "stands in no entry of the ledger", Means.EXTRA)

    def _row(self, leaf: Leaf, table: Table, public: Any, hidden: Told | None) -> None:
        key = [public.get(name) for name in keys(table)] if isinstance(public, dict) else [None]
        where = f"{_place(table, key)}, {leaf.where}"
        if any(not isinstance(each, str | int) for each in key):
            self._found.fault(where, "the entry names no row", Means.ENTRY, leaf.at)
            return
        if not self._tables.seen(table, key):
            self._found.fault(where, "another entry has named this row before", Means.ENTRY, leaf.at)
        found = self._tables.one(table, key)
        self._found.checked["rows"] += 1
        if found is None:
            self._found.fault(where, "is missing", Means.ROW, leaf.at)
            return
        for fault in self._columns(table, found, public, hidden, leaf):
            self._found.fault(where, fault, Means.ROW, leaf.at)

    def _columns(self, table: Table, found: Line, public: Told, hidden: Told | None, leaf: Leaf) -> Iterator[str]:
        """What is wrong with the row FOUND."""
        erased = leaf.said is not None and leaf.said.get("private") in self._erased
        for column, value in zip(table.columns, found, strict=True):
            private = column.info.get("private")
            told: Raw
            if private and erased:
                told = blank(column)
            elif private and hidden is None:
                continue  # its file is missing or altered, and named for that
            else:
                try:
                    told = stored(column, ((hidden or {}) if private else public)[column.name])
                except UNFIT:
                    yield f"column {column.name}: the entry says nothing that it could hold"
                    continue
            if not same(column, value, told):
                yield f"column {column.name} says {shown(value)!r}, not {'(private)' if private else shown(told)!r}"

    def _private(self, leaf: Leaf) -> dict[str, list[Told]] | None:
        """What stands outside LEAF's body; None where that cannot be had."""
        sha256 = (leaf.said or {}).get("private")
        if sha256 is None:
            return {}
        if sha256 in self._erased:
            self._found.checked["entries with words erased"] += 1
            return None
        self._tables.name(sha256, leaf.index, None, leaf.at)
        return self._opened(sha256, leaf)

    def _opened(self, sha256: str, leaf: Leaf) -> dict[str, list[Told]] | None:
        try:
            body = self._store.path(sha256).read_bytes()
            if digest(body) != sha256:
                return None  # named when files are hashed
            rows = bare(body)["rows"]
        except OSError:
            return None  # named when files are hashed
        except FAULTY:
            self._found.fault(f"{leaf.where}, file {sha256}", "is no private file of ours", Means.ENTRY, leaf.at)
            return None
        return rows if isinstance(rows, dict) else None


def _placed(hidden: dict[str, list[Told]] | None, name: str, place: int) -> Told | None:
    if hidden is None:
        return None
    rows = hidden.get(name, [])
    return rows[place] if place < len(rows) else {}


def _place(table: Table, key: Any) -> str:
    return f"{table.name} {'/'.join(shown(each, 80) for each in key)}"
