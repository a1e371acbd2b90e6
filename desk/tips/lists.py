"""Reads a list of links, CSV, TSV or XLSX: which column has them, and which lines have none."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors import UsageError
from config.fold import folded
from desk.sheet import Row, rows
from desk.tips.links import Link, Reader

LONGEST = 4000  # characters of a line that are kept


@dataclass(frozen=True)
class Line:
    """One line of a list that names a link."""

    number: int  # from 1
    said: str  # its cells
    note: str  # what stands in its column of notes
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Lines:
    """A list as it was read."""

    lines: tuple[Line, ...]
    faulty: tuple[int, ...]  # lines without a link


def lines(path: Path, reader: Reader) -> Lines:
    """Every line of the list PATH; UsageError where no column of it has links."""
    found = [Row(row.number, tuple(map(reader.untold, row.cells))) for row in rows(path)]
    column, headed = _column(path, found, reader)
    notes = [place for place, head in enumerate(_heads(found[0])) if headed and head in reader.shares.notes]
    kept, faulty = [], []
    for row in found[1:] if headed else found:
        if links := reader.links(_cell(row, column)):
            said = f"{path.name}:{row.number}: {' | '.join(filter(None, row.cells))}"[:LONGEST]
            note = "; ".join(filter(None, (_cell(row, place) for place in notes if place != column)))
            kept.append(Line(row.number, said, note[:LONGEST], tuple(links)))
        else:
            faulty.append(row.number)
    return Lines(tuple(kept), tuple(faulty))


def _column(path: Path, found: Sequence[Row], reader: Reader) -> tuple[int, bool]:
    """Which column has the links, and whether the first line is a heading."""
    named = [place for place, head in enumerate(_heads(found[0])) if head in reader.shares.columns]
    if named:
        return named[0], True
    counts = [0] * max(len(row.cells) for row in found)
    for row in found:
        for place, cell in enumerate(row.cells):
            counts[place] += bool(cell and reader.links(cell))
    if not any(counts):
        names = ", ".join(reader.shares.columns[:4])
        raise UsageError(f"{path}: no column of links. Call it link (or {names}), with an address in each line")
    column = counts.index(max(counts))
    return column, not reader.links(_cell(found[0], column))


def _heads(row: Row) -> list[str]:
    return [folded(cell).strip(" :：*") for cell in row.cells]


def _cell(row: Row, column: int) -> str:
    return row.cells[column] if column < len(row.cells) else ""
