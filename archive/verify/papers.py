"""The ledger's papers as they lie in the store: segments, checkpoints, stamps, by their names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.seal import CHECKPOINT, OF_CHECKPOINT, SEGMENT
from archive.stamped import NAME as STAMP
from archive.store import FolderStore
from archive.verify.fault import Found, Kind, Means
from config.errors import EvidenceError

OF_SEGMENT = re.compile(r"segment-(\d{12})-(\d{12})\.jsonl")


@dataclass(frozen=True)
class Segment:
    """The bodies of the entries from BEGIN on, to before END."""

    begin: int
    end: int

    @property
    def name(self) -> str:
        """Its name among the papers."""
        return SEGMENT.format(self.begin, self.end)


@dataclass(frozen=True)
class Papers:
    """All that lies there."""

    segments: tuple[Segment, ...]  # by their beginnings
    checkpoints: tuple[int, ...]  # their sizes, in order
    stamps: tuple[str, ...]
    others: tuple[str, ...]


def papers(store: FolderStore) -> Papers:
    """The papers of STORE, by their names."""
    names = store.list_papers()
    segments = sorted(
        (int(found[1]), int(found[2])) for found in map(OF_SEGMENT.fullmatch, names) if found and found[1] < found[2]
    )
    sizes = tuple(sorted(int(found[1]) for found in map(OF_CHECKPOINT.fullmatch, names) if found))
    made = tuple(Segment(*each) for each in segments)
    stamps = tuple(name for name in names if STAMP.fullmatch(name))
    known = {*(each.name for each in made), *(CHECKPOINT.format(size) for size in sizes), *stamps}
    return Papers(made, sizes, stamps, tuple(name for name in names if name not in known))


class Bodies:
    """The bodies of entries as segments hold them, asked for in the order of their indexes."""

    def __init__(self, store: FolderStore, segments: Sequence[Segment], found: Found) -> None:
        self._store, self._found = store, found
        self._waiting = list(segments)
        self._open: list[tuple[Segment, list[bytes]]] = []

    def at(self, index: int) -> list[tuple[Segment, bytes]]:
        """Every segment's body of entry INDEX; each INDEX is asked for once, in order."""
        while self._waiting and self._waiting[0].begin <= index:
            each = self._waiting.pop(0)
            self._open.append((each, self._lines(each)))
        self._open = [(each, lines) for each, lines in self._open if index < each.end]
        places = ((each, lines, index - each.begin) for each, lines in self._open)
        return [(each, lines[place]) for each, lines, place in places if place < len(lines)]

    def rest(self, size: int) -> None:
        """Note the segments that speak of entries from SIZE on, where the ledger has none."""
        for each in [*self._waiting, *(each for each, _ in self._open if each.end > size)]:
            words = f"holds entries up to {each.end - 1}, but the ledger ends with {size - 1}"
            self._found.fault(f"evidence/ledger/{each.name}", words, Means.REWRITTEN)
        self._waiting, self._open = [], []

    def _lines(self, each: Segment) -> list[bytes]:
        where = f"evidence/ledger/{each.name}"
        try:
            body = self._store.read_paper(each.name)
        except EvidenceError as problem:
            self._found.fault(where, str(problem), Means.FILE)
            return []
        lines = body.split(b"\n")
        if lines.pop() or len(lines) != each.end - each.begin:
            self._found.fault(where, f"holds {len(lines)} whole lines, not {each.end - each.begin}", Means.FILE)
        self._found.checked["segments"] += 1
        return lines


def strangers(papers: Papers, found: Found) -> None:
    """Say which papers are none of ours."""
    for name in papers.others:
        found.remark(Kind.UNNAMED, f"evidence/ledger/{name}", "none of the ledger's papers")
