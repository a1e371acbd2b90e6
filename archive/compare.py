"""Compares the database that is there with one that was remade from the store."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785
from sqlalchemy import JSON

from archive.entries import bare
from archive.plain import read_only
from archive.raw import KEPT
from archive.table import Row
from archive.verify.ledger import FAULTY

LEDGER = ("entry", "node", "head", "seal", "stamp", "likeness")


@dataclass(frozen=True)
class Compared:
    """How the database that is there differs from the one that was remade."""

    beyond: int | None  # entries that no checkpoint covers yet; None: it cannot be read
    differs: tuple[str, ...]  # rows that only one of them has, or has otherwise


def compared(there: Path, made: Path, size: int) -> Compared:
    """What is in the database THERE but not in the one that was MADE up to SIZE entries, and the other way round."""
    try:
        with closing(read_only(there)) as plain:
            plain.execute("ATTACH ? AS made", (str(made),))
            plain.create_function("canonical", 1, _canonical, deterministic=True)
            newer = [row[0] for row in plain.execute('SELECT body FROM main.entry WHERE "index" >= ?', (size,))]
            own = {(name, key) for body in newer for name, key in _keys(body)}
            differs = tuple(line for table in (*KEPT, *LEDGER) for line in _differs(plain, table, own, bool(newer)))
    except (sqlite3.Error, UnicodeDecodeError, *FAULTY):
        return Compared(None, (f"{there}: cannot be read",))
    return Compared(len(newer), differs)


def _differs(plain: sqlite3.Connection, table: str, own: set[tuple[str, Any]], newer: bool) -> Iterator[str]:
    columns = ", ".join(_column(column) for column in Row.metadata.tables[table].columns)
    keys = [column.name for column in Row.metadata.tables[table].primary_key]
    names = [column.name for column in Row.metadata.tables[table].columns]
    for one, other, words in (("main", "made", "only there"), ("made", "main", "only in the store")):
        sql = f'SELECT {columns} FROM {one}."{table}" EXCEPT SELECT {columns} FROM {other}."{table}"'  # noqa: S608  (names of our own)
        for row in plain.execute(sql):
            key = tuple(row[names.index(name)] for name in keys)
            if table == "likeness" and not _compared(plain, other, *key):
                continue
            if (table, key) in own or (newer and one == "main" and table in LEDGER) or (newer and table == "head"):
                continue
            yield f"{table} {'/'.join(map(str, key))}: {words}"


def _compared(plain: sqlite3.Connection, other: str, sha256: str, method: str) -> bool:
    """Whether OTHER has to have the same likeness; it has where it has one by this METHOD at all.

    Not compared is what an older version kept, whose pictures are hashed anew when they are next asked for; and
    what came in another team's bundle, as no look of ours tells which of its files are pictures.
    """
    there = f"SELECT 1 FROM {other}.likeness WHERE sha256 = ? AND method = ?"  # noqa: S608  (names of our own)
    return plain.execute(there, (sha256, method)).fetchone() is not None


def _column(column: Any) -> str:
    return f'canonical("{column.name}")' if isinstance(column.type, JSON) else f'"{column.name}"'


def _canonical(text: Any) -> Any:
    try:
        return rfc8785.dumps(json.loads(text))
    except (ValueError, TypeError):
        return text


def _keys(body: str) -> Iterator[tuple[str, Any]]:
    for name, rows in bare(body)["rows"].items():
        keys = [column.name for column in KEPT[name].primary_key]
        yield from ((name, tuple(row[key] for key in keys)) for row in rows)
