"""Opens a workspace's archive: its engine, its pragmas, its store."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from archive import entries
from archive.models import Key, Origin
from archive.store import FolderStore
from config.errors import FULL, NO_RIGHT, MachineError, WorkspaceError

Kind = Literal["practice", "real"]
DATABASE = "archive.sqlite"
EVIDENCE = "evidence"
LOCKS = ".locks"  # the folder whose files keep two of our processes apart
CACHE = ".cache"  # the folder of what can be made again at will: no backup has it, and erasing takes it away
TERMS = "terms"  # the lock of terms: who holds it, changes them alone
REVISION = "0005"  # the newest migration; a test holds it true
LEDGER = "0003"  # the one that brought the ledger
PUT_BACK = "Keep it as it is, and work on from your copy of the workspace"
MENDS = {  # by SQLite's primary result code
    sqlite3.SQLITE_PERM: NO_RIGHT,
    sqlite3.SQLITE_READONLY: NO_RIGHT,
    sqlite3.SQLITE_CANTOPEN: f"{NO_RIGHT}, in the folder too: even reading needs that",
    sqlite3.SQLITE_BUSY: "Another command writes to it: wait for that, then try again",
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: "Is there room, and is the disk sound? See to that, then the same command goes on",
    sqlite3.SQLITE_CORRUPT: PUT_BACK,
    sqlite3.SQLITE_NOTADB: PUT_BACK,
    sqlite3.SQLITE_ERROR: PUT_BACK,  # a table or a column is missing
}
OF_THE_MACHINE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


class Vault:
    """The archive of one workspace, open. Close it, or use it in a `with`."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.store = FolderStore(workspace / EVIDENCE)
        self.url = URL.create("sqlite", database=str(workspace / DATABASE))
        self._reader = _engine(self.url, "BEGIN")
        self._writer = _engine(self.url, "BEGIN IMMEDIATE")

    @classmethod
    def create(cls, workspace: Path, kind: Kind, now: datetime, verifier: str = "") -> "Vault":
        """Make the tables in a new workspace, and write for ever what kind it is, and which key seals it.

        A workspace whose making was cut off is finished; WorkspaceError if it is one already.
        """
        vault = cls._current(workspace)
        with vault.writing() as session:
            made = session.scalars(select(Origin.kind)).one_or_none()
            if made is None:
                with entries.watched(session) as rows:
                    session.add(Origin(id=1, kind=kind, at=now))
                    session.add_all([Key(at=now, verifier=verifier)] if verifier else [])
                entries.append(session, vault.store, rows, now)
        if made is not None:
            vault.close()
            raise WorkspaceError(f"{workspace}: is a workspace already ({made}), and stays one")
        return vault

    @classmethod
    def open(cls, workspace: Path) -> "Vault":
        """Open the archive in the folder WORKSPACE, brought to this version's tables if it is older."""
        if not (workspace / DATABASE).is_file():
            raise WorkspaceError(f"{workspace}: no workspace. Make one with: wildfree init {workspace}")
        return cls._current(workspace)

    @classmethod
    def bare(cls, workspace: Path) -> None:
        """Make the tables of this version in WORKSPACE, which has none yet, and nothing in them."""
        cls._current(workspace).close()

    @classmethod
    def _current(cls, workspace: Path) -> "Vault":
        """The archive in WORKSPACE, made if it is not there, with the tables of this version."""
        vault = cls(workspace)
        with ExitStack() as unless_opened:
            unless_opened.callback(vault.close)
            with vault.reading() as session:
                at = _revision(session.connection(), workspace)
            if at > REVISION:
                raise WorkspaceError(
                    f"{workspace}: written by a newer wildfree (tables {at}, this one knows {REVISION}). "
                    "Update wildfree."
                )
            if at < REVISION:
                with _told(workspace, "written"):
                    _migrate(vault, at)
            unless_opened.pop_all()
        return vault

    @property
    def kind(self) -> Kind:
        """Practice or real, as it was made."""
        with self.reading() as session:
            kind = session.scalars(select(Origin.kind)).one_or_none()
        if kind == "practice":
            return "practice"
        if kind == "real":
            return "real"
        raise WorkspaceError(f"{self.workspace}: its making was cut off; finish it with: wildfree init [--practice]")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; one view of the archive from its first question to its end."""
        with _told(self.workspace, "read"), Session(self._reader) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in one transaction that no other writer stands in: committed at the end, or not at all."""
        session = Session(self._writer, expire_on_commit=False)
        with _told(self.workspace, "written"), session, session.begin():
            yield session

    def close(self) -> None:
        """Let go of the database."""
        self._reader.dispose()
        self._writer.dispose()

    def __enter__(self) -> "Vault":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def _told(workspace: Path, done: str) -> Iterator[None]:
    """Say in one line why the archive's file could not be DONE; a row that does not fit is a fault of ours."""
    try:
        yield
    except DatabaseError as problem:
        if type(problem) not in (DatabaseError, OperationalError):
            raise
        code = getattr(problem.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        error = MachineError if code in OF_THE_MACHINE else WorkspaceError
        mend = MENDS.get(code, PUT_BACK)
        raise error(f"{workspace / DATABASE}: cannot be {done}: {problem.orig}. {mend}") from problem


def _engine(url: URL, begin: str) -> Engine:
    """Make an engine whose every transaction opens with the words BEGIN (sqlite3's own come too late)."""
    engine = create_engine(url, connect_args={"timeout": 30, "isolation_level": None})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        record.info["file"] = _file(url)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
        if connection.info["file"] != _file(url):
            raise WorkspaceError(f"{url.database}: was put aside meanwhile (archive rebuild). Run the command again")

    return engine


def _file(url: URL) -> int | None:
    """Which file the database is: a rebuild lets another one take its name."""
    try:
        return Path(url.database or "").stat().st_ino
    except FileNotFoundError:
        return None


def _revision(connection: Connection, workspace: Path) -> str:
    """Which version's tables there are; "" where there are none at all."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return ""
    if "alembic_version" not in tables:
        raise WorkspaceError(
            f"{workspace / DATABASE}: a database, but no archive of ours. Move it away, or name another folder"
        )
    found = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    if len(found) > 1:
        raise WorkspaceError(f"{workspace / DATABASE}: names two versions ({', '.join(found)}). {PUT_BACK}")
    return found[0] if found else ""


def _migrate(vault: Vault, at: str) -> None:
    """Bring the tables to the newest revision from AT, in one transaction."""
    from alembic import command  # noqa: PLC0415  (heavy, and needed once in a workspace's life)
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "archive:migrations")
    try:
        with vault._writer.begin() as connection:  # noqa: SLF001
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if at < LEDGER:
                with Session(connection) as session:
                    entries.adopt(session, vault.store, datetime.now(UTC))
                    session.flush()
    except CommandError as problem:
        raise WorkspaceError(
            f"{vault.workspace / DATABASE}: cannot be brought up to date: {problem}. {PUT_BACK}"
        ) from None
