"""Opens a workspace's archive: its engine, its pragmas, its store."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from archive.models import Origin
from archive.store import FolderStore
from config.errors import WorkspaceError

Kind = Literal["practice", "real"]
DATABASE = "archive.sqlite"
EVIDENCE = "evidence"
REVISION = "0002"  # the newest migration; a test holds it true


class Vault:
    """The archive of one workspace, open. Close it, or use it in a `with`."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.store = FolderStore(workspace / EVIDENCE)
        self.url = URL.create("sqlite", database=str(workspace / DATABASE))
        self._reader = _engine(self.url, "BEGIN")
        self._writer = _engine(self.url, "BEGIN IMMEDIATE")

    @classmethod
    def create(cls, workspace: Path, kind: Kind, now: datetime) -> "Vault":
        """Make the tables in a new workspace, and write for ever what kind it is.

        A workspace whose making was cut off is finished; WorkspaceError if it is one already.
        """
        vault = cls(workspace)
        with _readable(vault):
            _migrate(vault)
        with vault.writing() as session:
            made = session.scalars(select(Origin.kind)).one_or_none()
            if made is None:
                session.execute(insert(Origin).values(id=1, kind=kind, at=now))
        if made is not None:
            vault.close()
            raise WorkspaceError(f"{workspace}: is a workspace already ({made}), and stays one")
        return vault

    @classmethod
    def open(cls, workspace: Path) -> "Vault":
        """Open the archive in the folder WORKSPACE, brought to this version's tables if it is older."""
        if not (workspace / DATABASE).is_file():
            raise WorkspaceError(f"{workspace}: no workspace. Make one with: wildfree init {workspace}")
        vault = cls(workspace)
        with _readable(vault), vault._reader.connect() as connection:
            at = _revision(connection)
        if at is None or at < REVISION:
            _migrate(vault)
        elif at > REVISION:
            vault.close()
            raise WorkspaceError(
                f"{workspace}: written by a newer wildfree (tables {at}, this one knows {REVISION}). Update wildfree."
            )
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
        with Session(self._reader) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in one transaction that no other writer stands in: committed at the end, or not at all."""
        try:
            with Session(self._writer, expire_on_commit=False) as session, session.begin():
                yield session
        except OperationalError as problem:
            raise WorkspaceError(f"{self.workspace / DATABASE}: cannot be written: {problem.orig}") from None

    def close(self) -> None:
        """Let go of the database."""
        self._reader.dispose()
        self._writer.dispose()

    def __enter__(self) -> "Vault":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def _readable(vault: Vault) -> Iterator[None]:
    """Say in one line that the archive's file is no database."""
    try:
        yield
    except DatabaseError as problem:
        vault.close()
        raise WorkspaceError(f"{vault.workspace / DATABASE}: cannot be read as an archive: {problem.orig}") from None


def _engine(url: URL, begin: str) -> Engine:
    """Make an engine whose every transaction opens with the words BEGIN (sqlite3's own come too late)."""
    engine = create_engine(url, connect_args={"timeout": 30, "isolation_level": None})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: sqlite3.Connection, _: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _migrate(vault: Vault) -> None:
    """Bring the tables to the newest revision, in one transaction."""
    from alembic import command  # noqa: PLC0415  (heavy, and needed once in a workspace's life)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "archive:migrations")
    with vault._writer.begin() as connection:  # noqa: SLF001
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
