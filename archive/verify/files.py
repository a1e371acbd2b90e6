"""Re-hashes every file of the store, and holds it against what the ledger says of it."""

import os
from collections.abc import Iterator
from pathlib import Path

from archive.raw import Text
from archive.store import ARRIVING, PAPERS, SHA256, FolderStore
from archive.verify.fault import Found, Kind, Means
from archive.verify.hashing import Hashed, each, mark
from archive.verify.ledger import Leaf
from archive.verify.resume import Earlier
from archive.verify.tables import Tables, erased_by_now
from config.progress import Progress

# The tables that say what an exhibit is: its role, and in words of which row.
WHOSE = {
    "visit_exhibit": """SELECT CAST(e.role AS BLOB),
        CAST('visit ' || v.id || ', listing ' || v.listing_id || ' ' || l.platform || '/' || l.key AS BLOB)
        FROM main.visit_exhibit e JOIN main.visit v ON v.id = e.visit_id JOIN main.listing l ON l.id = v.listing_id
        WHERE e.sha256 = ?""",
    "query_exhibit": """SELECT CAST(e.role AS BLOB),
        CAST('search ' || q.id || ', ' || s.platform || ' ' || q.term AS BLOB)
        FROM main.query_exhibit e JOIN main.query q ON q.id = e.query_id JOIN main.sweep s ON s.id = q.sweep_id
        WHERE e.sha256 = ?""",
    "tip_exhibit": """SELECT CAST(e.role AS BLOB), CAST('tip ' || e.tip_id AS BLOB)
        FROM main.tip_exhibit e WHERE e.sha256 = ?""",
}


class Files:
    """The files of the store, as entry after entry speaks of them."""

    def __init__(self, tables: Tables, store: FolderStore, erased: frozenset[str], found: Found) -> None:
        self._tables, self._store, self._erased, self._found = tables, store, erased, found
        self._gone: set[str] = set()  # erased so far
        self._back: set[str] = set()  # erased, and delivered again later

    def told(self, leaf: Leaf) -> None:
        """Remember which files LEAF's entry speaks of."""
        for row in _rows(leaf, "act"):
            if row.get("what") == "erased":
                lines = str(row.get("subject")).split("\n")
                self._gone.update(lines)
                self._back.difference_update(lines)
                self._tables.forget(lines)
                words = f"{lines[0]}: {len(lines) - 1} files were erased, those of private words among them"
                self._found.remark(Kind.ERASED, f"act {row.get('id')}, {leaf.where}", words)
        for row in _rows(leaf, "exhibit"):
            sha256, size = row.get("sha256"), row.get("size")
            if isinstance(sha256, str) and isinstance(size, int) and sha256 not in self._erased:
                self._tables.name(sha256, leaf.index, size, leaf.at)
        for row in (row for table in WHOSE for row in _rows(leaf, table)):
            sha256 = row.get("sha256")
            if isinstance(sha256, str) and sha256 in self._gone:
                self._back.add(sha256)
                self._tables.name(sha256, leaf.index, None, leaf.at)

    def check(self, earlier: Earlier, progress: Progress) -> None:
        """Hash all that lies there."""
        there = {path.name: path for path in self._there()}
        for sha256 in self._erased - self._back:
            if sha256 in there:
                self._found.fault(self._path(sha256), "was erased, but is still there", Means.ERASING)
        self._missing(there)
        found = {name: (path, stat) for name, path in there.items() if (stat := _stat(path))}
        done = self._skipped({name: mark(stat) for name, (_, stat) in found.items()}, earlier)
        left = [(str(path), stat.st_size) for name, (path, stat) in found.items() if name not in done]
        progress(len(done), len(there))
        for lot in each(left):
            right = [one for one in lot if self._right(one)]
            earlier.keep(right)
            progress(len(lot), 0)

    def _there(self) -> Iterator[Path]:
        """Every file of the store but its papers, and those that are arriving."""
        folder = self._store.folder
        folders = [place for place in folder.iterdir() if place.is_dir()] if folder.is_dir() else []
        for place in sorted(place for place in folders if place.name not in {PAPERS, ARRIVING}):
            for path in sorted(place.iterdir()):
                if SHA256.fullmatch(path.name) and place.name == path.name[:2] and path.is_file():
                    yield path
                else:
                    self._found.remark(Kind.UNNAMED, str(path), "no exhibit of ours")

    def _missing(self, there: dict[str, Path]) -> None:
        rows = self._tables.ask("SELECT sha256, entry, since FROM named").fetchall()
        missing = [(sha256.decode(), entry, since.decode()) for sha256, entry, since in rows]
        missing = [each for each in missing if each[0] not in there]
        gone = erased_by_now(self._store.folder.parent) if missing else frozenset()
        for sha256, entry, since in missing:
            if sha256 not in gone or sha256 in self._erased:
                where = f"{self._path(sha256)}{self._whose(sha256, entry)}"
                self._found.fault(where, "the file is missing", Means.FILE, since)

    def _skipped(self, there: dict[str, str], earlier: Earlier) -> set[str]:
        """What an earlier run has found right, and nobody has written since."""
        done = {name for name, now in there.items() if earlier.marks.get(name) == now}
        if done:
            words = f"{len(done)} of {len(there)} files were hashed by a run that was cut off, and not written since"
            self._found.remark(Kind.RESUMED, str(self._store.folder), words)
            self._found.checked["files"] += len(done)
        return done

    def _right(self, one: Hashed) -> bool:
        """Whether the file is what its name says, and as long as its row."""
        sha256 = Path(one.path).name
        row = self._tables.ask("SELECT entry, size, since FROM named WHERE sha256 = ?", sha256).fetchone()
        _, size, since = row or (None, None, Text())
        self._found.checked["files"] += 1
        self._found.checked["bytes"] += one.size
        what = ""
        if one.problem:
            what = f"cannot be read: {one.problem}"
        elif one.sha256 != sha256:
            what = f"was altered: its SHA-256 is {one.sha256}"
        elif size not in {None, one.size}:
            what = f"has {one.size} bytes, not {size} as its row says"
        if what:
            whose = self._whose(sha256, row[0]) if row else " (named by nothing)"
            self._found.fault(f"{self._path(sha256)}{whose}", what, Means.FILE, since.decode())
        return not what

    def _path(self, sha256: str) -> str:
        return str(self._store.path(sha256).relative_to(self._store.folder.parent))

    def _whose(self, sha256: str, entry: int) -> str:
        """What the file is, as far as the rows tell: its role, and of which look, search or tip."""
        for asked in WHOSE.values():
            for told in self._tables.ask(asked, sha256):
                role, of = (bytes(each or b"").decode("utf-8", "replace") for each in told)
                return f" ({role} of {of}; entry {entry})"
        return f" (entry {entry})"


def _stat(path: Path) -> os.stat_result | None:
    """What the system says of PATH; None where it was erased a moment ago."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _rows(leaf: Leaf, table: str) -> list[dict[str, object]]:
    rows = leaf.said["rows"].get(table, []) if leaf.said else []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
