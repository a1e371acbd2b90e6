"""Remakes the database from the store alone, up to its last checkpoint.

From the papers come entries, tree and seals; from the entries' bodies and their private files the rows; from the
pictures their likeness. The text in them is left to be read again (desk/pictures.py). What is due (archive/todo.py)
is no evidence and stands in no entry.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive import manifest
from archive.entries import bare
from archive.erase import ERASED
from archive.ledger import Tree, leaf_hash
from archive.note import Checkpoint, Verifier, holds, read
from archive.raw import KEPT, Raw, blank, moment, stored
from archive.rows.exhibits import HASHED, hashed
from archive.seal import CHECKPOINT
from archive.stamped import named as named_stamp
from archive.store import FolderStore, named
from archive.table import Row
from archive.vault import DATABASE, EVIDENCE, Vault
from archive.verify.fault import Found
from archive.verify.ledger import FAULTY
from archive.verify.papers import Bodies, papers
from config.errors import EvidenceError, MachineError, WorkspaceError, why
from config.progress import Progress
from config.system import sync_folder

DUE = ("unit", "lane", "clock", "pause")  # tables that no entry tells of
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rebuilt:
    """A database as it was remade."""

    path: Path
    checkpoint: Checkpoint
    rows: int
    lost: tuple[str, ...]  # private files that are not there: erased since the checkpoint, or lost


class Store:
    """What the store alone tells of the ledger."""

    def __init__(self, store: FolderStore) -> None:
        self.store = store
        self.papers = papers(store)
        self.notes: dict[int, str] = {}
        self.erased: set[str] = set()
        self.checkpoint = self._checked()

    def bodies(self) -> Iterator[tuple[int, bytes]]:
        """Every sealed body in order; EvidenceError where one is missing."""
        found = Found()
        segments = [each for each in self.papers.segments if each.end <= self._size]
        lines = Bodies(self.store, segments, found)
        for index in range(self._size):
            copies = {body for _, body in lines.at(index)}
            found.insist()
            if len(copies) != 1:
                words = "two segments differ in it" if copies else "no segment holds it"
                raise EvidenceError(f"{self.store.papers}: entry {index}: {words}. Put back your copy")
            yield index, copies.pop()

    @property
    def _size(self) -> int:
        return max(self.papers.checkpoints, default=0)

    def _checked(self) -> Checkpoint:
        """The newest checkpoint, whose root and signature the bodies bear out, and every one before it."""
        tree = Tree()
        keys: list[Verifier] = []
        checkpoint = None
        for index, body in self.bodies():
            tree.grow(leaf_hash(body))
            keys.extend(Verifier.read(row["verifier"]) for row in self._said(index, body).get("key", []))
            if tree.size in self.papers.checkpoints:
                checkpoint = self._note(tree, keys)
        if checkpoint is None:
            raise EvidenceError(f"{self.store.papers}: no checkpoint. Nothing was sealed, so nothing can be remade")
        return checkpoint

    def _said(self, index: int, body: bytes) -> dict[str, list[dict[str, Any]]]:
        try:
            rows: dict[str, list[dict[str, Any]]] = bare(body)["rows"]
        except FAULTY:
            raise EvidenceError(f"{self.store.papers}: entry {index} was altered. Put back your copy") from None
        for act in rows.get("act", []):
            self.erased.update(named(act["subject"]) if act["what"] == ERASED else ())
        return rows

    def _note(self, tree: Tree, keys: list[Verifier]) -> Checkpoint:
        path = self.store.papers / CHECKPOINT.format(tree.size)
        text = self.store.read_paper(path.name).decode("utf-8", "replace")
        try:
            said = read(text)
        except ValueError as problem:
            raise EvidenceError(f"{path}: {problem}. Put back your copy") from None
        if not keys or not holds(text, keys[-1]) or (said.size, said.root) != (tree.size, tree.root):
            raise EvidenceError(
                f"{path}: the segments do not bear it out, or its signature is bad. See: wildfree verify"
            )
        self.notes[tree.size] = text
        return said


def rebuild(workspace: Path, folder: Path, progress: Progress) -> Rebuilt:
    """Remake the database of WORKSPACE in FOLDER, which has none; EvidenceError where the store does not tell all."""
    store = Store(FolderStore(workspace / EVIDENCE))
    Vault.bare(folder)
    with closing(sqlite3.connect(folder / DATABASE)) as plain:
        writer = _Writer(plain, store)
        progress(0, store.checkpoint.size)
        for index, body in store.bodies():
            writer.entry(index, body)
            progress(1, 0)
        writer.end()
        if plain.execute("PRAGMA foreign_key_check").fetchall():
            raise EvidenceError(f"{store.store.papers}: rows name rows that no entry tells of. See: wildfree verify")
        plain.commit()
    return Rebuilt(folder / DATABASE, store.checkpoint, writer.rows, tuple(writer.lost))


class _Writer:
    """Writes rows as SQLite keeps them."""

    def __init__(self, plain: sqlite3.Connection, store: Store) -> None:
        self._plain, self._store = plain, store
        self._tree = Tree()
        self._at = ""
        self._hashed: set[str] = set()  # pictures that have their likeness
        self.rows = 0
        self.lost: list[str] = []  # files that should be there

    def entry(self, index: int, body: bytes) -> None:
        """One entry: its own row, the nodes it completes, the rows it tells of, the seal that ends with it."""
        said, leaf = bare(body), leaf_hash(body)
        self._at = moment(said["at"])
        self._put("entry", index, self._at, said["kind"], body.decode(), leaf.hex(), said.get("private"))
        for level, position, made in self._tree.grow(leaf):
            self._put("node", level, position, made.hex())
        hidden = self._hidden(said.get("private"))
        for name, rows in said["rows"].items():
            for place, row in enumerate(rows):
                self._row(name, row, hidden and hidden.get(name, [{}] * len(rows))[place])
        self._pictures(said["rows"])
        if note := self._store.notes.get(index + 1):
            self._put("seal", index + 1, self._at, note)

    def end(self) -> None:
        """What stands only at the end: the head, and the stamps."""
        self._put("head", 1, self._tree.size, self._at)
        for file in self._store.papers.stamps:
            told = named_stamp(file)
            at = moment(manifest.moment(told.at))
            self._put("stamp", told.id, told.size, at, told.kind, told.witness, file)

    def _row(self, name: str, public: dict[str, Any], hidden: dict[str, Any] | None) -> None:
        """A row of evidence; HIDDEN None: what stood outside its entry is gone."""
        self.rows += 1
        told: list[Raw] = []
        for column in KEPT[name].columns:
            if not column.info.get("private"):
                told.append(stored(column, public[column.name]))
            else:
                told.append(blank(column) if hidden is None else stored(column, hidden[column.name]))
        self._put(name, *told)

    def _put(self, table: str, *told: object) -> None:
        names = ", ".join(f'"{column.name}"' for column in Row.metadata.tables[table].columns)
        marks = ", ".join("?" * len(told))
        self._plain.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', told)  # noqa: S608  (names of our own)

    def _hidden(self, sha256: str | None) -> dict[str, list[dict[str, Any]]] | None:
        if sha256 is None:
            return {}
        if sha256 in self._store.erased:
            return None
        if not self._store.store.path(sha256).exists():
            self.lost.append(sha256)
            return None
        rows: dict[str, list[dict[str, Any]]] = bare(self._store.store.read(sha256))["rows"]
        return rows

    def _pictures(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        """The likeness of the pictures that these ROWS are the first to call so."""
        for row in (*rows.get("visit_exhibit", []), *rows.get("tip_exhibit", [])):
            sha256 = row["sha256"]
            if row["role"] in HASHED and sha256 not in self._hashed and self._store.store.path(sha256).exists():
                self._hashed.add(sha256)
                for method, value in hashed(self._store.store.read(sha256)).items():
                    self._put("likeness", sha256, method, value)


def take_over(there: Path, made: Path) -> bool:
    """Let the database MADE have what was due in the one that is THERE; whether that could be read."""
    with closing(sqlite3.connect(made)) as plain, suppress(sqlite3.Error, UnicodeDecodeError):
        plain.execute("ATTACH ? AS old", (f"{there.resolve()}",))
        for table in DUE:
            plain.execute(f"INSERT INTO main.{table} SELECT * FROM old.{table}")  # noqa: S608  (names of our own)
        plain.commit()
        return True
    return False


def place(workspace: Path, made: Path, now: datetime, entries: int | None = None) -> Path | None:
    """Let the database MADE be that of WORKSPACE; answers where the one that was there lies now, if there was one.

    Nobody writes to the old one meanwhile; whoever has it open is told at the next write (archive/vault.py).
    WorkspaceError if it does not hold the number of ENTRIES that was seen in it, so that none is put aside unseen.
    """
    there = workspace / DATABASE
    aside = workspace / f"{DATABASE}.before-{now:%Y%m%dT%H%M%SZ}"
    old = there.exists()
    try:
        with _alone(there, entries) if old else nullcontext():
            for end in ("", "-wal", "-shm"):  # what SQLite keeps beside it goes with it
                if (part := there.with_name(there.name + end)).exists():
                    part.rename(aside.with_name(aside.name + end))
        made.rename(there)
        sync_folder(workspace)
    except OSError as problem:
        raise MachineError(f"{there}: cannot be put in place: {why(problem)}") from None
    return aside if old else None


@contextmanager
def _alone(database: Path, entries: int | None) -> Iterator[None]:
    """Keep writers away from DATABASE, all that was committed in its one file; a damaged one has none to keep."""
    with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as plain:
        try:
            plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            plain.execute("BEGIN IMMEDIATE")
            held = plain.execute("SELECT count(*) FROM entry").fetchone()[0] if entries is not None else None
            if held != entries:
                raise WorkspaceError(f"{database}: was written to meanwhile. Rebuild again")
        except sqlite3.OperationalError as problem:
            raise WorkspaceError(f"{database}: {problem}. Wait for other commands, then rebuild again") from None
        except sqlite3.DatabaseError:
            LOG.debug("%s: too damaged to be locked", database)
        yield
