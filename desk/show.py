"""Shows what a command has to say: JSON objects one a line, or a table, or a progress bar."""

import dataclasses
import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from config.progress import Progress

KEPT = "\n\t\u200d"  # the last holds emoji together
OBEYED = ("Cc", "Cf", "Cs", "Zl", "Zp")  # Unicode's categories
WIDE = 200  # columns of a table that goes to a file or a pipe
LEAST = 20  # columns of a terminal that a long cell needs to be read; what is shorter is never broken
GAP = 2  # columns between two cells


def objects(rows: Iterable[Any], **more: Any) -> None:
    """Print each row (a dataclass or a dict), with MORE added, as one JSON object a line."""
    for row in rows:
        facts = dataclasses.asdict(row) if dataclasses.is_dataclass(row) and not isinstance(row, type) else row
        line(json.dumps(more | facts, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def line(text: str) -> None:
    """Print one line for the reader; what a terminal would obey is shown by its number."""
    print(visible(text), flush=True)


def visible(text: str) -> str:
    """TEXT with every sign that a terminal obeys (escapes, turned direction) or no encoding has spelt out.

    Line ends and tabs stay.
    """
    return "".join(f"[U+{ord(sign):04X}]" if _obeyed(sign) else sign for sign in text)


def _obeyed(sign: str) -> bool:
    return sign not in KEPT and unicodedata.category(sign) in OBEYED


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], title: str = "", spare: Sequence[str] = ()) -> None:
    """Print a table, or its TITLE alone; words of pages are shown as they are, never read as marks of style.

    On a terminal that is too narrow for it the columns SPARE go first, one after the other, and are named; where it
    is too narrow even so, each row is a block of its own, a line for each cell.
    """
    texts = [[visible(str(cell)) for cell in row] for row in rows]
    if title and not texts:
        line(title)
        return
    console = Console(highlight=False)
    console.width = console.width if console.is_terminal else WIDE
    left = next((n for n in range(len(spare) + 1) if _fits(heads, texts, spare[:n], console)), None)
    if left is None:
        _blocks(heads, texts, title, console)
        return
    shown = Table(title=title or None, box=None, pad_edge=False, header_style="bold")
    for head in heads:
        if head not in spare[:left]:
            shown.add_column(head, overflow="fold")
    for row in texts:
        shown.add_row(*(Text(cell) for head, cell in zip(heads, row, strict=True) if head not in spare[:left]))
    console.print(shown)
    if left:
        line(f"Not shown, for want of room: {', '.join(spare[:left])}. See --json, or a wider window")


def _fits(heads: Sequence[str], rows: Sequence[Sequence[str]], without: Sequence[str], console: Console) -> bool:
    """Whether a table WITHOUT these columns has room on CONSOLE: whole for what is short, LEAST for what is not."""
    columns = ((head, *(row[place] for row in rows)) for place, head in enumerate(heads) if head not in without)
    widths = [min(LEAST, max(cell_len(part) for cell in column for part in cell.split("\n"))) for column in columns]
    return not console.is_terminal or sum(widths) + GAP * (len(widths) - 1) <= console.width


def _blocks(heads: Sequence[str], rows: Iterable[Sequence[str]], title: str, console: Console) -> None:
    """Print each of ROWS as lines `head: cell`, broken between words only; a cell that is empty has no line."""
    if title:
        line(title)
    for number, row in enumerate(rows):
        if number or title:
            line("")
        for head, cell in zip(heads, row, strict=True):
            if cell:
                console.print(Text.assemble((f"{head}: ", "bold"), cell))


def local(moment: datetime, zone: ZoneInfo) -> str:
    """MOMENT as `2026-11-21 12:05 +08:00`."""
    there = moment.astimezone(zone)
    return f"{there:%Y-%m-%d %H:%M} {there.isoformat()[-6:]}"


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """A progress bar on standard error, moved by what it gives."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    total = 0
    with Bars(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None)

        def step(done: int, more: int, waiting: str = "") -> None:
            nonlocal total
            total += more
            bar.update(task, advance=done, total=total, description=f"{title}: {waiting}" if waiting else title)

        ended = False
        try:
            yield step
            ended = True
        finally:
            bar.live.transient = not ended  # else it goes away: what stopped the work is said in its place
