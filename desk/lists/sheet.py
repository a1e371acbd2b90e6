"""Reads a table that a person hands over, CSV, TSV or XLSX, as lines of cells with their numbers; bounded."""

import csv
import sys
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from config.errors import UsageError, why

MEGABYTES = 50  # of a file as it lies there
UNPACKED = 400  # MB of a spreadsheet's inside
LINES = 300_000
CELL = 20_000  # characters
TALL = 20  # lines that one row of a text may take: more, and a quotation mark was left open
WIDTH = 500  # columns of a spreadsheet

Row = tuple[int, tuple[str, ...]]  # line number from 1, cells


def rows(path: Path) -> Iterator[Row]:
    """The lines of PATH that hold anything, each cell on one line; UsageError where it is no table that we read."""
    _fit(path)
    found = _spreadsheet(path) if path.suffix.lower() == ".xlsx" else _text(path)
    for count, (number, cells) in enumerate(found):
        if count >= LINES:
            raise UsageError(f"{path}: more than {LINES} lines. Split it")
        clean = tuple(" ".join(cell.split())[:CELL] for cell in cells)
        if any(clean):
            yield number, clean


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


def _text(path: Path) -> Iterator[Row]:
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
    csv.field_size_limit(min(MEGABYTES * 1_000_000, sys.maxsize))
    table = csv.reader(StringIO(text, newline=""), delimiter=mark, strict=True)
    begun = 1
    try:
        for cells in table:
            _low(table.line_num - begun)
            yield begun, tuple(cells)
            begun = table.line_num + 1
    except csv.Error as problem:
        raise UsageError(f"{path}:{begun}: cannot be read: {problem}. A quotation mark may be left open") from None


def _low(height: int) -> None:
    if height >= TALL:
        raise csv.Error(f"goes on for more than {TALL} lines")


def _spreadsheet(path: Path) -> Iterator[Row]:
    """The first sheet of PATH: values, no formulas, nothing that it links to."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415  (a third of a second, for this alone)
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]  # noqa: PLC0415

    broken = (BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError, TypeError, AttributeError)
    try:
        _bounded(path)
        with closing(load_workbook(path, read_only=True, data_only=True, keep_links=False)) as book:
            for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True, max_col=WIDTH), start=1):
                yield number, tuple("" if cell is None else str(cell) for cell in cells)
    except (*broken, IndexError) as problem:
        raise UsageError(f"{path}: no spreadsheet that can be read ({problem}). Save it again as XLSX") from None


def _bounded(path: Path) -> None:
    with ZipFile(path) as packed:
        if sum(part.file_size for part in packed.infolist()) > UNPACKED * 1_000_000:
            raise UsageError(f"{path}: holds more than {UNPACKED} MB unpacked. Split it")
