"""Reads a table that a person hands over, CSV, TSV or XLSX, as numbered lines of texts and nothing more; bounded."""

import csv
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from config.errors import UsageError, why

MEGABYTES = 50  # of a file as it lies there
UNPACKED = 60  # MB of a spreadsheet's inside, which takes six times as much memory to read
LINES = 300_000
CELL = 20_000  # characters
TALL = 20  # lines that one row of a text may take: more, and a quotation mark was left open
WIDTH = 500  # columns of a spreadsheet

TEXTS = (".csv", ".tsv", ".txt")


class Row(NamedTuple):
    """One line of a table."""

    number: int  # from 1, as editors and spreadsheets count
    cells: tuple[str, ...]  # each on one line


def rows(path: Path) -> list[Row]:
    """The lines of PATH (its first sheet) that hold anything; UsageError where it is no table that can be read."""
    _fit(path)
    found: list[Row] = []
    for number, cells in _spreadsheet(path) if path.suffix.lower() == ".xlsx" else _plain(path):
        if number > LINES or len(cells) > WIDTH:
            raise UsageError(f"{path}:{number}: more than {LINES} lines, or {WIDTH} columns. Split it")
        clean = tuple(" ".join(cell.split())[:CELL] for cell in cells)
        if any(clean):
            found.append(Row(number, clean))
    if not found:
        raise UsageError(f"{path}: is empty: there is nothing in it")
    return found


def _fit(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as problem:
        raise UsageError(f"{path}: cannot be read: {why(problem)}") from None
    if not path.is_file():
        raise UsageError(f"{path}: is no file. Name a CSV, TSV or XLSX file")
    if size > MEGABYTES * 1_000_000:
        raise UsageError(f"{path}: more than {MEGABYTES} MB. Split it")
    if path.suffix.lower() == ".xls":
        raise UsageError(f"{path}: the old Excel form. Save it again as XLSX or CSV")
    if path.suffix.lower() not in (".xlsx", *TEXTS):
        raise UsageError(f"{path}: not a list that can be read. Save it as .xlsx, .csv or .tsv")


def _plain(path: Path) -> Iterator[Row]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8. Save it again as 'CSV UTF-8', or as XLSX") from None
    except OSError as problem:
        raise UsageError(f"{path}: cannot be read: {why(problem)}") from None
    if "\0" in text:
        raise UsageError(f"{path}: not text (there are zero bytes in it). Save it again as 'CSV UTF-8', or as XLSX")
    yield from _separated(path, text)


def _separated(path: Path, text: str) -> Iterator[Row]:
    heading = text.lstrip().split("\n", 1)[0]
    mark = max("\t,;", key=heading.count)
    before = csv.field_size_limit(min(MEGABYTES * 1_000_000, sys.maxsize))  # of the whole process
    table = csv.reader(StringIO(text, newline=""), delimiter=mark, strict=True)
    begun = 1
    try:
        for cells in table:
            _low(table.line_num - begun)
            yield Row(begun, tuple(cells))
            begun = table.line_num + 1
    except csv.Error as problem:
        raise UsageError(f"{path}:{begun}: cannot be read: {problem}. A quotation mark may be left open") from None
    finally:
        csv.field_size_limit(before)


def _low(height: int) -> None:
    if height >= TALL:
        raise csv.Error(f"goes on for more than {TALL} lines")


def _spreadsheet(path: Path) -> Iterator[Row]:
    """The first sheet of PATH; formulas are neither worked out nor followed: their text is read."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415  (a third of a second, for this alone)
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]  # noqa: PLC0415

    broken = (
        BadZipFile, zlib.error, EOFError, InvalidFileException, LookupError, ValueError, SyntaxError, TypeError,
        AttributeError, RuntimeError, OSError,  # a form of zip that is not read; seeking to where no file is
    )  # fmt: skip
    try:
        _bounded(path)
        with closing(load_workbook(path, read_only=True, data_only=False, keep_links=False)) as book:
            read = book.worksheets[0].iter_rows(values_only=True, max_col=WIDTH + 1)
            for number, cells in enumerate(read, start=1):
                yield Row(number, _trimmed([_typed(cell) for cell in cells]))
    except broken as problem:
        raise UsageError(f"{path}: no spreadsheet that can be read ({problem}). Save it again as XLSX") from None


def _trimmed(cells: list[str]) -> tuple[str, ...]:
    """CELLS without the empty ones at their end, of which some programs write thousands."""
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _typed(value: Any) -> str:
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


def _bounded(path: Path) -> None:
    with ZipFile(path) as packed:
        parts = packed.infolist()
    if any(part.flag_bits & 1 or part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        raise UsageError(f"{path}: is locked, or packed as no spreadsheet is. Save it again as XLSX, unlocked")
    if sum(part.file_size for part in parts) > UNPACKED * 1_000_000:
        raise UsageError(f"{path}: holds more than {UNPACKED} MB unpacked. Split it, or save it as CSV")
