"""Spoils a copy of an archive in one way after another, past all our own code, and says where that must be seen."""

import json
import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.table import Kept, Row
from archive.vault import DATABASE, EVIDENCE

LEDGER = ("entry", "node", "head", "seal", "stamp")
TABLES = (*(kind.__tablename__ for kind in Kept.__subclasses__()), *LEDGER)
ARCHIVE = (DATABASE, EVIDENCE)


@dataclass(frozen=True)
class Spoilt:
    """One tampering: what is done to a copy, and what the place of a fault must name."""

    what: str
    do: Callable[[Path], None]
    places: tuple[str, ...]  # one of them, whole words

    @property
    def group(self) -> str:
        """What kind of tampering this is, whatever file or row it strikes."""
        return re.sub(r"[0-9a-f]{64}|/[0-9a-f]{2}\b|\d+|(stamp)-\S+:|swapped with .*|= .*", r"\1", self.what)


def copied(ripe: Path, copy: Path) -> Path:
    """A fresh copy of the archive RIPE."""
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    shutil.copyfile(ripe / DATABASE, copy / DATABASE)
    shutil.copytree(ripe / EVIDENCE, copy / EVIDENCE)
    return copy


def rows(ripe: Path, table: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(ripe / DATABASE)) as plain:
        plain.row_factory = sqlite3.Row
        return [dict(row) for row in plain.execute(f'SELECT * FROM "{table}"')]


def key_of(table: str) -> list[str]:
    return [column.name for column in Row.metadata.tables[table].primary_key]


def place_of(table: str, row: dict[str, Any]) -> str:
    return f"{table} {'/'.join(str(row[name]) for name in key_of(table))}" if table != "head" else "head"


def changed(copy: Path, sql: str, *values: Any) -> None:
    """Change the database of COPY; SQLite guards nothing here."""
    with closing(sqlite3.connect(copy / DATABASE)) as plain:
        plain.execute("PRAGMA foreign_keys = OFF")
        assert plain.execute(sql, values).rowcount == 1, sql
        plain.commit()


# --- files


def of_files(ripe: Path, luck: random.Random, times: int) -> Iterator[Spoilt]:
    """Single bytes changed, files cut short, made longer, emptied, deleted, swapped."""
    files = [path.relative_to(ripe) for path in sorted((ripe / EVIDENCE).rglob("*")) if path.is_file()]
    for file in files:
        size = (ripe / file).stat().st_size
        for _ in range(times):
            place, bit = luck.randrange(size), 1 << luck.randrange(8)
            yield Spoilt(f"{file}: byte {place} ^ {bit}", _flipped(file, place, bit), (file.name,))
        yield Spoilt(f"{file}: cut short", _written(file, lambda body: body[:-1]), (file.name,))
        yield Spoilt(f"{file}: emptied", _written(file, lambda _: b""), (file.name,))
        yield Spoilt(f"{file}: made longer", _written(file, lambda body: body + b"\n"), (file.name,))
        yield Spoilt(f"{file}: deleted", lambda copy, file=file: (copy / file).unlink(), (file.name,))  # type: ignore[misc]
        other = luck.choice([each for each in files if each != file])
        if (ripe / other).read_bytes() != (ripe / file).read_bytes():
            yield Spoilt(f"{file}: swapped with {other}", _swapped(file, other), (file.name, other.name))


def _flipped(file: Path, place: int, bit: int) -> Callable[[Path], None]:
    def do(copy: Path) -> None:
        body = bytearray((copy / file).read_bytes())
        body[place] ^= bit
        (copy / file).write_bytes(body)

    return do


def _written(file: Path, new: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda copy: ((copy / file).write_bytes(new((copy / file).read_bytes())) and None) or None


def _swapped(one: Path, other: Path) -> Callable[[Path], None]:
    def do(copy: Path) -> None:
        (copy / one).rename(copy / "aside")
        (copy / other).rename(copy / one)
        (copy / "aside").rename(copy / other)

    return do


# --- rows


def of_columns(ripe: Path) -> Iterator[Spoilt]:
    """Every column of every row, changed in a few ways: to what could be, and to what no column can hold."""
    for table in TABLES:
        for row in rows(ripe, table):
            for column in row:
                for value in _others(table, column, row[column]):
                    place = (place_of(table, row), place_of(table, row | {column: value}))
                    what = f"{place[0]}: {column} = {value!r}"
                    yield Spoilt(what, _updated(table, row, column, value), place)


def _others(table: str, column: str, value: Any) -> Iterator[Any]:
    """Values that COLUMN could have instead of VALUE, and some that it could not."""
    nullable = Row.metadata.tables[table].columns[column].nullable
    if isinstance(value, int):
        yield value + 1000 if column in key_of(table) else value + 1
        if column not in key_of(table):
            yield "no number"
    elif isinstance(value, float):
        yield value / 2
        yield "no number"
    elif value is None:
        yield "7"
    else:
        yield value + "x"
        yield value[:-1] if value else " "
        yield value.encode()  # the same, but a BLOB
        if re.match(r"\d{4}-\d\d-\d\d ", value):
            yield value.replace("20", "19", 1)
            yield "yesterday"
        if value[:1] in "[{":
            yield "[["
            yield json.dumps([{"term": "made up"}])
    if nullable and value is not None:
        yield None


def _updated(table: str, row: dict[str, Any], column: str, value: Any) -> Callable[[Path], None]:
    where = " AND ".join(f'"{name}" = ?' for name in key_of(table))
    sql = f'UPDATE OR REPLACE "{table}" SET "{column}" = ? WHERE {where}'
    return lambda copy: changed(copy, sql, value, *(row[name] for name in key_of(table)))


def of_rows(ripe: Path, luck: random.Random) -> Iterator[Spoilt]:
    """Every row deleted, doubled under another key, and swapped with another."""
    for table in TABLES:
        there = rows(ripe, table)
        for row in there:
            place = place_of(table, row)
            where = " AND ".join(f'"{name}" = ?' for name in key_of(table))
            key = [row[name] for name in key_of(table)]
            yield Spoilt(
                f"{place}: deleted", _done(f'DELETE FROM "{table}" WHERE {where}', *key), (place, *_files(row))
            )
            if twin := _twin(table, row):
                marks = ", ".join("?" * len(twin))
                sql = f'INSERT INTO "{table}" VALUES ({marks})'
                yield Spoilt(f"{place}: doubled", _done(sql, *twin.values()), (place_of(table, twin),))
        if len(there) > 1:
            one, other = luck.sample(there, 2)
            places = (place_of(table, one), place_of(table, other))
            if {**one, **_key(table, other)} != other:
                yield Spoilt(f"{places[0]}: swapped with {places[1]}", _exchanged(table, one, other), places)


def _files(row: dict[str, Any]) -> tuple[str, ...]:
    return (row["file"],) if "file" in row else ()


def _done(sql: str, *values: Any) -> Callable[[Path], None]:
    return lambda copy: changed(copy, sql, *values)


def _key(table: str, row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in key_of(table)}


def _twin(table: str, row: dict[str, Any]) -> dict[str, Any] | None:
    """ROW under a key of its own, different in what must be unique."""
    twin = dict(row)
    last = key_of(table)[-1]
    twin[last] = twin[last] + 5000 if isinstance(twin[last], int) else ("f" * 64 if twin[last] != "f" * 64 else None)
    unique = {"listing": "key", "notice": "number"}
    if table in unique:
        twin[unique[table]] += " twin"
    for table_of, column in (("sighting", "listing_id"), ("demand", "listing_id")):
        if table == table_of:
            twin[column] += 5000
    return twin if twin[last] is not None else None


def _exchanged(table: str, one: dict[str, Any], other: dict[str, Any]) -> Callable[[Path], None]:
    def do(copy: Path) -> None:
        for row in (one, other):
            where = " AND ".join(f'"{name}" = ?' for name in key_of(table))
            changed(copy, f'DELETE FROM "{table}" WHERE {where}', *_key(table, row).values())
        for row in ({**one, **_key(table, other)}, {**other, **_key(table, one)}):
            changed(copy, f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(row))})', *row.values())

    return do


# --- the database file


def of_the_file(ripe: Path, luck: random.Random, times: int) -> Iterator[Spoilt]:
    """Single bytes of the database file, anywhere in it."""
    size = (ripe / DATABASE).stat().st_size
    for _ in range(times):
        place, bit = luck.randrange(size), 1 << luck.randrange(8)
        yield Spoilt(f"{DATABASE}: byte {place} ^ {bit}", _flipped(Path(DATABASE), place, bit), ())


def all_rows(folder: Path) -> dict[str, list[tuple[Any, ...]]] | None:
    """Every row of evidence and of the ledger, as any reader of SQLite has them; None where that fails."""
    try:
        with closing(sqlite3.connect(folder / DATABASE)) as plain:
            plain.text_factory = bytes
            return {
                table: plain.execute(
                    f'SELECT *, {", ".join(f"typeof({name})" for name in _quoted(table))} FROM "{table}" '
                    f"ORDER BY {', '.join(_quoted(table))}"
                ).fetchall()
                for table in TABLES
            }
    except sqlite3.Error:
        return None


def _quoted(table: str) -> list[str]:
    return [f'"{column.name}"' for column in Row.metadata.tables[table].columns]
