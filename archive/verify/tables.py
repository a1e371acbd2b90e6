"""Reads an archive's database as it lies there: no type of ours between the file and whoever checks it."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from archive.plain import read_only
from archive.raw import KEPT, Raw, Text
from archive.store import named
from archive.vault import DATABASE, REVISION
from archive.verify.fault import Found, Means
from config.errors import WorkspaceError

BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_INTERRUPT}
ERASED = "SELECT subject FROM main.act WHERE what = 'erased'"
Line = tuple[Any, ...]


def columns(table: Table) -> str:
    """TABLE's columns for a SELECT, in their order."""
    return ", ".join(f'"{column.name}"' for column in table.columns)


def keys(table: Table) -> list[str]:
    """The columns of TABLE's key."""
    return [column.name for column in table.primary_key]


class Tables:
    """One view of the database, which does not change while we look; notes of our own stand in temporary tables."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        for table in KEPT.values():
            wanted = ", ".join(f'"{name}"' for name in keys(table))
            self.ask(f'CREATE TEMP TABLE "seen_{table.name}" ({wanted}, PRIMARY KEY ({wanted})) WITHOUT ROWID')
        self.ask("CREATE TEMP TABLE named (sha256 PRIMARY KEY, entry, size, since) WITHOUT ROWID")
        self.ask("BEGIN")

    def ask(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """The answer to SQL; texts come as raw.Text."""
        return self._connection.execute(sql, values)

    def one(self, table: Table, key: Sequence[Raw]) -> Line | None:
        """The row of TABLE under KEY."""
        where = " AND ".join(f'"{name}" = ?' for name in keys(table))
        sql = f'SELECT {columns(table)} FROM main."{table.name}" WHERE {where}'  # noqa: S608  (names of our own)
        row: Line | None = self.ask(sql, *key).fetchone()
        return row

    def seen(self, table: Table, key: Sequence[Raw]) -> bool:
        """Remember that an entry names the row of TABLE under KEY; False where another has named it before."""
        marks = ", ".join("?" * len(key))
        sql = f'INSERT OR IGNORE INTO "seen_{table.name}" VALUES ({marks})'  # noqa: S608  (names of our own)
        return self.ask(sql, *key).rowcount == 1

    def unseen(self, table: Table) -> Iterator[Line]:
        """The keys of the rows of TABLE that no entry names."""
        wanted = ", ".join(f'"{name}"' for name in keys(table))
        place = " AND ".join(f'seen."{name}" = kept."{name}"' for name in keys(table))
        yield from self.ask(
            f'SELECT {wanted} FROM main."{table.name}" kept WHERE NOT EXISTS '  # noqa: S608  (names of our own)
            f'(SELECT 1 FROM "seen_{table.name}" seen WHERE {place})'
        )

    def name(self, sha256: str, entry: int, size: int | None, since: str) -> None:
        """Remember that ENTRY speaks of the file SHA256."""
        self.ask("INSERT OR IGNORE INTO named VALUES (?, ?, ?, ?)", sha256, entry, size, since)

    def forget(self, sha256s: Iterable[str]) -> None:
        """Forget that an entry speaks of these: a later one says that they were erased."""
        self._connection.executemany("DELETE FROM named WHERE sha256 = ?", ((each,) for each in sha256s))

    def erased(self) -> frozenset[str]:
        """The SHA-256s of all files that an act says were erased."""
        return _erased(self.ask(ERASED))


@contextmanager
def opened(workspace: Path, found: Found) -> Iterator[Tables]:
    """The tables of WORKSPACE, to read only; none at all where its database is too damaged, which is noted."""
    path = workspace / DATABASE
    try:
        connection = _connected(path)
    except sqlite3.OperationalError as problem:
        raise WorkspaceError(f"{path}: cannot be opened: {problem}") from None
    with closing(connection), closing(sqlite3.connect(":memory:", isolation_level=None)) as nothing:
        nothing.text_factory = Text
        tables = None
        with reading(found, "the whole file"):
            connection.execute("SELECT count(*) FROM main.sqlite_master").fetchone()
            tables = Tables(connection)
        yield tables or Tables(nothing)


def erased_by_now(workspace: Path) -> frozenset[str]:
    """What acts say was erased, also after our view began; nothing where they cannot be read."""
    with suppress(sqlite3.Error), closing(_connected(workspace / DATABASE)) as connection:
        return _erased(connection.execute(ERASED))
    return frozenset()


def _erased(rows: Iterable[Line]) -> frozenset[str]:
    texts = (subject.decode("utf-8", "replace") for (subject,) in rows if isinstance(subject, Text))
    return frozenset(sha256 for text in texts for sha256 in named(text))


def _connected(path: Path) -> sqlite3.Connection:
    connection = read_only(path, patience=30)
    connection.text_factory = Text
    return connection


@contextmanager
def reading(found: Found, what: str) -> Iterator[None]:
    """Note as a fault where the database cannot be read while WHAT is checked."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as problem:  # the latter where its own words are damaged
        if getattr(problem, "sqlite_errorcode", 0) & 0xFF in BUSY:
            raise WorkspaceError(f"{DATABASE}: {problem}. Wait for other commands, then verify again") from None
        found.fault(f"{DATABASE}, {what}", f"cannot be read: {problem}", Means.DATABASE)


def whole(tables: Tables, found: Found) -> None:
    """Let SQLite check its own file, and see whose tables it holds."""
    with reading(found, "the file"):
        for (said,) in tables.ask("PRAGMA main.integrity_check"):
            if said != b"ok":
                found.fault(DATABASE, f"damaged: {said.decode('utf-8', 'replace')}", Means.DATABASE)
    with reading(found, "alembic_version"):
        at = [row[0] for row in tables.ask("SELECT version_num FROM main.alembic_version")]
        if at != [REVISION.encode()]:
            found.fault(f"{DATABASE}, alembic_version", f"says {at}, not {REVISION}", Means.DATABASE)
    with reading(found, "references"):
        for table, rowid, parent, _ in tables.ask("PRAGMA main.foreign_key_check"):
            words = f"names a row of {parent.decode()} that is not there"
            found.fault(f"{DATABASE}, {table.decode()} row {rowid}", words, Means.ROW)
