"""Checks checkpoints: signature, key, root, row and paper; and one that somebody else holds against us."""

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

from archive.ledger import EMPTY, Tree
from archive.note import Checkpoint, Verifier, holds, read
from archive.raw import Text, moment
from archive.seal import CHECKPOINT
from archive.store import FolderStore
from archive.verify.fault import Found, Kind, Means
from archive.verify.ledger import Leaf
from archive.verify.papers import Papers, Segment
from archive.verify.tables import Tables
from config.errors import EvidenceError


@dataclass
class Seals:
    """The checkpoints, met at their sizes while the ledger is walked."""

    tables: Tables
    store: FolderStore
    papers: Papers
    found: Found
    outside: tuple[Checkpoint, str] | None = None  # what somebody else holds, and the file it was read from
    keys: list[Verifier] = field(default_factory=list)  # that the ledger named so far

    def __post_init__(self) -> None:
        rows = self.tables.ask('SELECT size, "at", note FROM main.seal').fetchall()
        self._rows: dict[int, Any] = {}
        for row in rows:
            if isinstance(row[0], int) and row[0] > 0:
                self._rows[row[0]] = row
            else:
                self.found.fault(f"seal {row[0]!r}", "covers no entries", Means.SEAL)
        self._sizes = {*self._rows, *self.papers.checkpoints}
        self._newest = max(self._rows, default=0)
        self._sealed = 0  # entries that the last checkpoint covers

    def told(self, leaf: Leaf, tree: Tree) -> None:
        """Take note of a key in LEAF's entry, and check what was sealed with it as the last."""
        rows = leaf.said["rows"].get("key", []) if leaf.said else []
        for row in rows if isinstance(rows, list) else []:
            try:
                self._named(Verifier.read(row["verifier"]), leaf)
            except (ValueError, TypeError, KeyError, AttributeError):
                self.found.fault(leaf.where, "names a key that is none", Means.ENTRY, leaf.at)
        if tree.size in self._sizes:
            self._sizes.discard(tree.size)
            self._at(tree.size, tree.root, leaf)
        if self.outside and self.outside[0].size == tree.size:
            self._against(tree.root)

    def _named(self, key: Verifier, leaf: Leaf) -> None:
        if self.keys and key != self.keys[-1]:
            words = f"from here on {key} seals; the key before it does not vouch for that. Ask its owner"
            self.found.remark(Kind.KEY, leaf.where, words)
        self.keys.append(key)

    def rest(self, size: int) -> None:
        """Name the entries that no checkpoint covers, and the checkpoints that cover more than the SIZE there are."""
        if self._sealed < size:
            words = f"{size - self._sealed} entries ({self._sealed} to {size - 1}) are covered by no checkpoint yet"
            self.found.remark(Kind.UNSEALED, "the ledger", f"{words}: whoever writes to this disk could change them")
        for each in sorted(self._sizes):
            self.found.fault(
                f"seal {each}, {_name(each)}", f"covers {each} entries, but there are {size}", Means.REWRITTEN
            )
        if self.outside and self.outside[0].size > size:
            words = f"covers {self.outside[0].size} entries, but there are {size}: the newest were taken away"
            self.found.fault(self.outside[1], words, Means.REWRITTEN)
        if self.outside and self.outside[0].size == 0 and self.outside[0].root != EMPTY:
            self.found.fault(self.outside[1], "its root over nothing is not that", Means.SEAL)
        if self.outside and not any(each.name == self.outside[0].origin for each in self.keys):
            self.found.fault(self.outside[1], f"is of another ledger: {self.outside[0].origin}", Means.REWRITTEN)

    def _at(self, size: int, root: bytes, leaf: Leaf) -> None:
        self.found.checked["checkpoints"] += 1
        self._segment(size, leaf.at)
        row, paper = self._rows.get(size), self._paper(size)
        if row is None and paper is not None and size > self._newest:
            self.found.remark(
                Kind.UNFINISHED, f"seal {size}, {_name(size)}", "no row speaks of it yet; the next seal finishes it"
            )
        elif row is None:
            self.found.fault(f"seal {size}, {_name(size)}", "its row is missing", Means.ROW, leaf.at)
        note = row[2] if row else paper
        if row and paper is not None and (row[2] != paper or not isinstance(row[2], Text)):
            self.found.fault(f"seal {size}, {_name(size)}", "row and paper differ", Means.SEAL, leaf.at)
        if row and leaf.at and (row[1] != moment(leaf.at).encode() or not isinstance(row[1], Text)):
            words = "its time is not that of the last entry it covers"
            self.found.fault(f"seal {size}", words, Means.ROW, leaf.at)
        for each, where in ((note, f"seal {size}"), (paper, _name(size))):
            if each is not None and (fault := self._fault(each, size, root)):
                self.found.fault(where, fault[0], fault[1], leaf.at)

    def _fault(self, note: bytes, size: int, root: bytes) -> tuple[str, Means] | None:
        """What is wrong with NOTE, and what that means."""
        try:
            text = note.decode()
            said = read(text)
        except (ValueError, AttributeError):
            return "is no checkpoint", Means.SEAL
        if not self.keys:
            return "the ledger names no key that could have signed it", Means.SEAL
        if said.origin != self.keys[-1].name or not holds(text, self.keys[-1]):
            return "its signature is not that of the key which the ledger names", Means.SEAL
        if said.size != size:
            return f"says {said.size} entries", Means.SEAL
        if said.root != root:
            return "its root is not that of the entries", Means.REWRITTEN
        return None

    def _segment(self, size: int, since: str) -> None:
        """See that a segment lies there which ends with this checkpoint, and reaches back to the one before."""
        if not any(each.end == size and each.begin <= self._sealed for each in self.papers.segments):
            name = Segment(self._sealed, size).name
            self.found.fault(f"evidence/ledger/{name}", "is missing", Means.FILE, since)
        self._sealed = size

    def _paper(self, size: int) -> bytes | None:
        try:
            return self.store.read_paper(CHECKPOINT.format(size))
        except EvidenceError as problem:
            self.found.fault(_name(size), str(problem), Means.FILE)
            return None

    def _against(self, root: bytes) -> None:
        if self.outside is None:
            return
        said, where = self.outside
        self.found.checked["checkpoints held outside"] += 1
        if said.root != root:
            words = f"its first {said.size} entries had the root {_coded(said.root)}, now {_coded(root)}"
            self.found.fault(where, words, Means.REWRITTEN)


def _name(size: int) -> str:
    return f"evidence/ledger/{CHECKPOINT.format(size)}"


def _coded(root: bytes) -> str:
    return b64encode(root).decode()
