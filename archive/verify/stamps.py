"""Checks what outside witnesses say of checkpoints: row, file, digest; and what could not be checked is said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from archive.entries import digest
from archive.raw import Text
from archive.seal import CHECKPOINT
from archive.stamped import named
from archive.stamps.told import Says, Told
from archive.store import FolderStore
from archive.verify.fault import Found, Kind, Means
from archive.verify.papers import Papers
from archive.verify.tables import Tables
from config.errors import EvidenceError

COLUMNS = ("id", "size", "at", "kind", "witness", "file")


def stamps(tables: Tables, store: FolderStore, papers: Papers, roots: Sequence[bytes], found: Found) -> None:
    """Check every stamp; ROOTS: the authorities' own certificates that we know."""
    rows: dict[str, Any] = {}
    for row in tables.ask('SELECT id, size, "at", kind, witness, file FROM main.stamp ORDER BY id'):
        file = row[5].decode("utf-8", "replace") if isinstance(row[5], Text) else repr(row[5])
        if file in rows:
            found.fault(f"stamp {row[0]}", f"names {file}, as another row does", Means.EXTRA)
        rows[file] = row
        if not (store.papers / file).is_file():
            found.fault(f"stamp {row[0]}, evidence/ledger/{file}", "its file is missing", Means.STAMP)
    newest = max((row[0] for row in rows.values() if isinstance(row[0], int)), default=0)
    for file in papers.stamps:
        _row(file, rows.get(file), newest, found)
        _file(file, store, roots, found)


def _row(file: str, row: Any, newest: int, found: Found) -> None:
    """Whether ROW says what the name FILE says."""
    where = f"evidence/ledger/{file}"
    told = named(file)
    if row is None and told.id > newest:
        found.remark(Kind.UNFINISHED, where, "no row speaks of it yet; the next stamp finishes it")
    elif row is None:
        found.fault(where, "its row is missing", Means.ROW)
    else:
        right = {name: _stored(value) for name, value in told.row.items()}
        for name, value in zip(COLUMNS, row, strict=True):
            if value != right[name] or isinstance(value, Text) != isinstance(right[name], bytes):
                found.fault(f"stamp {row[0]}", f"column {name} is not what its file's name says", Means.ROW)


def _file(file: str, store: FolderStore, roots: Sequence[bytes], found: Found) -> None:
    where = f"evidence/ledger/{file}"
    told = named(file)
    since = f"{told.at:%Y-%m-%dT%H:%M:%SZ}"
    try:
        body, note = store.read_paper(file), store.read_paper(CHECKPOINT.format(told.size))
    except EvidenceError as problem:
        found.fault(where, str(problem), Means.STAMP, since)
        return
    found.checked["stamps"] += 1
    if not digest(body).startswith(told.begins):
        found.fault(where, "was altered: its SHA-256 does not begin as its name says", Means.STAMP, since)
        return
    said = _said(told.kind, body, bytes.fromhex(digest(note)), roots)
    if said.verdict is Says.WRONG:
        found.fault(where, said.because, Means.STAMP, since)
    elif said.verdict is not Says.PROVED:
        found.remark(Kind.NOT_CHECKED, where, said.because)


def _said(kind: str, body: bytes, sha256: bytes, roots: Sequence[bytes]) -> Told:
    """What the stamp BODY says of a note's SHA256."""
    if kind == "rfc3161":
        from archive.stamps import rfc3161  # noqa: PLC0415  (most archives have none)

        return rfc3161.read(body, sha256, roots)
    if kind == "opentimestamps":
        from archive.stamps import calendars  # noqa: PLC0415  (the same)

        return calendars.read(body, sha256)
    return Told(Says.NOT_CHECKED, "an outsider's file: whoever gave it knows how it is checked")


def _stored(value: object) -> object:
    """VALUE as SQLite keeps it, and we read it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}".encode()
    return value.encode() if isinstance(value, str) else value
