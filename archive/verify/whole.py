"""Verifies a whole archive in one run, and finds all its faults."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from archive import key
from archive.ledger import Tree
from archive.note import Checkpoint, Verifier
from archive.store import FolderStore
from archive.vault import EVIDENCE
from archive.verify import ledger, papers, tables
from archive.verify.fault import Found, Kind, Means
from archive.verify.files import Files
from archive.verify.manifests import Manifests
from archive.verify.papers import Bodies, Papers
from archive.verify.resume import Earlier
from archive.verify.rows import EachRow
from archive.verify.seals import Seals
from archive.verify.stamps import stamps
from archive.verify.tables import Tables, reading
from archive.witness import Held
from config.errors import WorkspaceError
from config.progress import Progress, nowhere


def verify(
    workspace: Path,
    found: Found,
    *,
    outside: Held | None = None,
    roots: Sequence[bytes] = (),
    progress: Progress = nowhere,
) -> Found:
    """Check everything in WORKSPACE's archive, and note in FOUND what is wrong.

    OUTSIDE: a checkpoint that somebody else holds. ROOTS: the certificates of the
    timestamp authorities that we know. Cut off by KeyboardInterrupt, it goes on from there when it is run again.
    """
    earlier = Earlier(workspace)
    store = FolderStore(workspace / EVIDENCE)
    there = papers.papers(store)  # before our view of the database begins: later ones are none of its
    with tables.opened(workspace, found) as rows:
        tables.whole(rows, found)
        run = _Run(rows, store, there, found, progress)
        run.ledger(_signed(outside, rows, found))
        with reading(found, "stamp"):
            stamps(rows, store, there, roots, found)
        with reading(found, "the files' names"):
            run.files.check(earlier, progress)
    earlier.over()
    return found


def _signed(outside: Held | None, rows: Tables, found: Found) -> tuple[Checkpoint, str] | None:
    """What OUTSIDE says, and where, if the ledger's own key has signed it; whatever else it says accuses nobody."""
    if outside is None:
        return None
    keys: list[Verifier] = []
    with reading(found, "key"):
        for (written,) in rows.ask("SELECT verifier FROM main.key"):
            with suppress(ValueError, AttributeError):  # its row is a fault of its own
                keys.append(Verifier.read(written.decode()))
    if foreign := outside.foreign(keys):
        found.fault(outside.where, foreign, Means.SEAL)
        return None
    return outside.said, outside.where


class _Run:
    """One walk over the ledger, and everything that hangs on it."""

    def __init__(self, rows: Tables, store: FolderStore, there: Papers, found: Found, progress: Progress) -> None:
        self._rows, self._store, self._there, self._found, self._progress = rows, store, there, found, progress
        erased: frozenset[str] = frozenset()
        with reading(found, "act"):
            erased = rows.erased()
        self.files = Files(rows, store, erased, found)
        self._each_row = EachRow(rows, store, erased, found)
        self._looks = Manifests(rows, store, found)

    def ledger(self, outside: tuple[Checkpoint, str] | None) -> None:
        """Walk it."""
        papers.strangers(self._there, self._found)
        if not self._there.checkpoints:
            self._found.remark(Kind.NOT_CHECKED, "the ledger", "nothing is sealed yet, so no signature bears it out")
        with reading(self._found, "the ledger"):
            seals = Seals(self._rows, self._store, self._there, self._found, outside)
            self._progress(0, self._rows.ask("SELECT count(*) FROM main.entry").fetchone()[0])
            self._walk(seals)
            self._each_row.strange()
            self._owner(seals)

    def _owner(self, seals: Seals) -> None:
        """Say where the key that lies here is not the one that sealed last; there may be none here."""
        with suppress(WorkspaceError):
            here = key.found(self._store.folder.parent)
            if here and seals.keys and here.verifier != seals.keys[-1]:
                words = f"is not the one that sealed last, {seals.keys[-1]}"
                self._found.remark(Kind.KEY, f"the sealing key in {here.where}", words)

    def _walk(self, seals: Seals) -> None:
        tree = Tree()
        bodies = Bodies(self._store, self._there.segments, self._found)
        for leaf in ledger.leaves(self._rows, bodies, self._found):
            ledger.nodes(self._rows, tree.grow(leaf.hash), self._found, leaf.at)
            ledger.before(leaf, self._found)
            for each in (self.files, self._each_row, self._looks):
                each.told(leaf)
            seals.told(leaf, tree)
            self._progress(1, 0)
        seals.rest(tree.size)
        ledger.surplus(self._rows, tree.size, self._found)
