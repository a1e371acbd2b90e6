"""How a row of evidence lies in the database file, as its entry tells it. Pure.

An entry writes values as JSON (archive/entries.py); SQLite keeps them in its own few types. Verifying compares the
two without any of our types between them, so that a damaged value is found and never stumbled over.
"""

import json
from typing import Any

import rfc8785
from sqlalchemy import JSON, Boolean, Column, Float, Table

from archive.table import Kept, Row, Utc

Raw = None | int | float | str | bytes  # what SQLite keeps
KEPT: dict[str, Table] = {
    table.name: table
    for table in Row.metadata.sorted_tables
    if table.name in {kind.__tablename__ for kind in Kept.__subclasses__()}
}  # parents first
UNFIT = (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError)  # of a value that cannot be


class Text(bytes):
    """A text as it lies in the file, in UTF-8 or not; bytes that are none are SQLite's BLOB."""


def stored(column: Column[Any], value: Any) -> Raw:
    """What COLUMN keeps for VALUE, as an entry writes it; one of UNFIT where it can keep no such thing."""
    kind = column.type
    if value is None:
        return None
    if isinstance(kind, Utc):
        return moment(value)
    if isinstance(kind, JSON):
        return json.dumps(value)
    if isinstance(kind, Boolean):
        return int(value)
    if isinstance(kind, Float):
        return float(value)
    if not isinstance(value, str | int):
        raise TypeError(f"{column.name}: {value!r} is neither a text nor a number")
    return value


def moment(written: str) -> str:
    """A moment as SQLite keeps it: 2026-11-21T04:05:06.000007Z is 2026-11-21 04:05:06.000007."""
    return written.removesuffix("Z").replace("T", " ")


def blank(column: Column[Any]) -> str:
    """What a private COLUMN keeps after it was erased."""
    return "[]" if isinstance(column.type, JSON) else ""


def same(column: Column[Any], found: Raw, told: Raw) -> bool:
    """Whether COLUMN keeps (FOUND, read with Text) what it was TOLD, in the same type; JSON keys have no order."""
    if isinstance(told, str):
        if not isinstance(found, Text):
            return False
        return found == told.encode("utf-8", "surrogatepass") or (
            isinstance(column.type, JSON) and _same_json(found, told)
        )
    return type(found) is type(told) and found == told


def _same_json(found: bytes, told: str) -> bool:
    try:
        value = json.loads(found.decode())
        return rfc8785.dumps(value) == rfc8785.dumps(json.loads(told)) and json.dumps(value) == found.decode()
    except (*UNFIT, rfc8785.CanonicalizationError):
        return False


def shown(value: Raw, most: int = 60) -> str:
    """VALUE for a reader, on one short line."""
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    return text if len(text) <= most else f"{text[:most]}…"
