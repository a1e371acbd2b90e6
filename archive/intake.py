"""The one door of the archive: files first, then the rows that speak of them, in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from archive.facts import Exhibit
from archive.rows import exhibits
from archive.vault import Vault

Answer = TypeVar("Answer")
Rows = Callable[[Session, Sequence[str]], Answer]  # writes rows, given the SHA-256s of the files in order


def take(vault: Vault, rows: Rows[Answer], files: Iterable[Exhibit] = ()) -> Answer:
    """Keep FILES and write ROWS (see archive/rows/), and return what the rows answer.

    The files have reached the disk before the first row names them, and all rows are committed
    together: a process killed anywhere leaves either everything or, at most, files that no row names.
    """
    files = tuple(files)
    hashes = [vault.store.put(file.body) for file in files]
    with vault.writing() as session:
        exhibits.kept(session, files, hashes)
        return rows(session, hashes)
