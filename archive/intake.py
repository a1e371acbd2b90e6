"""The one door of the archive: files first, then the rows that speak of them and their entry, in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from archive import entries
from archive.facts import Exhibit
from archive.rows import exhibits
from archive.store import FolderStore
from archive.vault import Vault

Answer = TypeVar("Answer")
Rows = Callable[[Session, Sequence[str]], Answer]  # writes rows, given the SHA-256s of the files in order
Last = Callable[[FolderStore, Sequence[str]], Exhibit]  # sums the files up, given where they lie and their SHA-256s


def take(
    vault: Vault,
    rows: Rows[Answer],
    files: Iterable[Exhibit] = (),
    last: Last | None = None,
    *,
    apart: bool = False,
) -> Answer:
    """Keep FILES and write ROWS (see archive/rows/), and return what the rows answer.

    LAST makes one more file of those that are kept already, as a manifest is. The entry says what was written; APART:
    each row has an entry of its own.

    The files have reached the disk before the first row names them, and all rows are committed
    together: a process killed anywhere leaves either everything or, at most, files that no row names.
    """
    files = tuple(files)
    hashes = [vault.store.put(file.body) for file in files]
    if last is not None:
        files = (*files, last(vault.store, hashes))
        hashes.append(vault.store.put(files[-1].body))
    with vault.writing() as session:
        with entries.watched(session) as written:
            exhibits.kept(session, files, hashes)
            answer = rows(session, hashes)
        for told in [[row] for row in written] if apart else [written]:
            entries.append(session, vault.store, told, datetime.now(UTC))
    return answer
