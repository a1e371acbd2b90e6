"""Reads a list that somebody keeps in a spreadsheet: its heading and its lines, as texts and nothing more."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from config.errors import UsageError, why

MOST_LINES = 100_000
MOST_COLUMNS = 100
MOST_BYTES = 200 << 20  # of a file, unpacked
BROKEN = (BadZipFile, ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError)


@dataclass(frozen=True)
class Line:
    """One line of a list."""

    number: int  # from 1, as spreadsheets count
    cells: tuple[str, ...]


def lines(path: Path) -> list[Line]:
    """The lines of the file PATH (its first sheet) that are not empty; UsageError where it cannot be read."""
    read = READERS.get(path.suffix.lower())
    if read is None:
        raise UsageError(f"{path}: not a list that can be read. Save it as .xlsx, .csv or .tsv")
    found = []
    for number, cells in enumerate(read(path), start=1):
        if number > MOST_LINES or len(cells) > MOST_COLUMNS:
            raise UsageError(f"{path}:{number}: more than {MOST_LINES} lines, or {MOST_COLUMNS} columns. Cut it up")
        texts = tuple(" ".join(cell.split()) for cell in cells)
        if any(texts):
            found.append(Line(number, texts))
    if not found:
        raise UsageError(f"{path}: there is nothing in it")
    return found


def _workbook(path: Path) -> Iterator[list[str]]:
    """The rows of a workbook's first sheet. Formulas are neither worked out nor followed: their text is read."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415  (heavy)

    try:
        with ZipFile(path) as packed:
            if sum(each.file_size for each in packed.infolist()) > MOST_BYTES:
                raise UsageError(f"{path}: more than {MOST_BYTES >> 20} MiB when it is unpacked. Cut it up")
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        try:
            for row in book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS + 1):
                yield _trimmed([_text(value) for value in row])
        finally:
            book.close()
    except OSError as problem:
        raise UsageError(f"{path}: cannot be read: {why(problem)}") from None
    except BROKEN as problem:
        raise UsageError(f"{path}: no workbook that can be read ({type(problem).__name__}). Save it again") from None


def _trimmed(cells: list[str]) -> list[str]:
    """CELLS without the empty ones at their end, of which some programs write thousands."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: Any) -> str:
    """What stands in a cell, as a person would type it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float | time | timedelta | None):
        return "" if value is None else str(value)
    return f"={getattr(value, 'text', '') or type(value).__name__}".replace("==", "=")  # a formula over several cells


def _commas(path: Path) -> Iterator[list[str]]:
    text = _plain(path)
    head = text.partition("\n")[0]
    return _cells(path, text, max(",;\t", key=head.count))


def _tabs(path: Path) -> Iterator[list[str]]:
    return _cells(path, _plain(path), "\t")


def _cells(path: Path, text: str, delimiter: str) -> Iterator[list[str]]:
    table = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from table
    except csv.Error as problem:
        raise UsageError(f"{path}:{table.line_num + 1}: cannot be read: {problem}. Mend the line") from None


def _plain(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path}: more than {MOST_BYTES >> 20} MiB. Cut it up")
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8. Save it again as UTF-8 (in Excel: CSV UTF-8), or as .xlsx") from None
    except OSError as problem:
        raise UsageError(f"{path}: cannot be read: {why(problem)}") from None
    if "\0" in text:
        raise UsageError(f"{path}: not UTF-8 (there are zero bytes in it). Save it again as UTF-8, or as .xlsx")
    return text


READERS: dict[str, Callable[[Path], Iterable[list[str]]]] = {
    ".xlsx": _workbook,
    ".csv": _commas,
    ".tsv": _tabs,
    ".txt": _tabs,
}
