"""Shows what a command has to say: JSON objects one a line, or a table, or a progress bar."""

import dataclasses
import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from config.progress import Progress

KEPT = "\n\t\u200d"  # the last holds emoji together
OBEYED = ("Cc", "Cf", "Cs", "Zl", "Zp")  # Unicode's categories
WIDE = 200  # columns of a table that goes to a file or a pipe


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


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Print a table, or its TITLE alone; words of pages are shown as they are, never read as marks of style."""
    rows = list(rows)
    if title and not rows:
        line(title)
        return
    shown = Table(title=title or None, box=None, pad_edge=False, header_style="bold")
    for head in heads:
        shown.add_column(head, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(visible(str(cell))) for cell in row))
    console = Console(highlight=False)
    console.width = console.width if console.is_terminal else WIDE
    console.print(shown)


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
