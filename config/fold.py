"""One folded form of a text (width, case, accents, simple characters, look-alikes) that knows its original places."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from config.folding.table import DROP, EXPAND, JOINS, VALUE, Codes, Table, table

Places = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Folded:
    """A folded text; character i of `text` came from original code points starts[i] to ends[i]."""

    entries: Codes  # one of config/folding/table.py for each folded character
    starts: Places
    ends: Places

    @cached_property
    def text(self) -> str:
        """The folded characters."""
        return str((self.entries & VALUE).tobytes(), "utf-32-le")

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original text of the folded characters START to END (not empty)."""
        return int(self.starts[start]), int(self.ends[end - 1])


def fold(text: str) -> Folded:
    """Fold TEXT: one look-up for each code point; accents that stand apart, and expansions, take a second pass."""
    known = table()
    codes = code_points(text)
    starts = np.arange(len(codes), dtype=np.int32)
    ends = starts + np.int32(1)
    entries = known.codes.take(codes)
    special = np.bitwise_or.reduce(entries, initial=0) & (DROP | EXPAND | JOINS)
    if not special:
        return Folded(entries, starts, ends)
    if special & JOINS:
        codes, starts, ends = _joined(codes, starts, ends, known)
        entries = known.codes[codes]
    seen = (entries & DROP) == 0
    return _expanded(Folded(entries[seen], starts[seen], ends[seen]), known)


def folded(text: str) -> str:
    """The folded form of TEXT alone, for words whose place does not matter."""
    return text.lower() if text.isascii() and text.isprintable() else _folded(text)


@lru_cache(maxsize=1 << 16)
def _folded(text: str) -> str:
    return fold(text).text


def code_points(text: str) -> Codes:
    """TEXT as numbers; halves of surrogate pairs too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _joined(codes: Codes, starts: Places, ends: Places, known: Table) -> tuple[Codes, Places, Places]:
    """Make letters of those that stand in parts (e + ´, カ + ゙, Hangul); an accent left over goes with its letter."""
    for _ in range(3):  # no letter has more than four parts
        second = np.flatnonzero(known.codes[codes[1:]] & JOINS) + 1
        keys = codes[second - 1].astype(np.uint64) << np.uint64(21) | codes[second]
        found = np.minimum(np.searchsorted(known.pairs, keys), len(known.pairs) - 1)
        hits = known.pairs[found] == keys
        if not hits.any():
            break
        gone = second[hits]
        codes, ends = codes.copy(), ends.copy()
        codes[gone - 1], ends[gone - 1] = known.joined[found[hits]], ends[gone]
        codes, starts, ends = np.delete(codes, gone), np.delete(starts, gone), np.delete(ends, gone)
    accents = (known.codes[codes] & (DROP | JOINS)) == (DROP | JOINS)
    return _without(accents, codes, starts, ends)


def _without(accents: NDArray[np.bool_], codes: Codes, starts: Places, ends: Places) -> tuple[Codes, Places, Places]:
    """Leave ACCENTS out; the letter before them ends where they end."""
    letters = np.flatnonzero(~accents)
    whole = ends[np.append(letters[1:], len(codes)) - 1] if len(letters) else ends[:0]
    return codes[letters], starts[letters], whole


def _expanded(read: Folded, known: Table) -> Folded:
    """READ with each letter that stands for several (㎝, ß) as those."""
    wide = np.flatnonzero(read.entries & EXPAND)
    if not len(wide):
        return read
    numbers = read.entries[wide] & VALUE
    sizes = np.ones(len(read.entries), np.int64)
    sizes[wide] = known.begins[numbers + 1] - known.begins[numbers]
    came = np.repeat(np.arange(len(sizes)), sizes)
    entries = read.entries[came]
    within = np.arange(len(came)) - (np.cumsum(sizes) - sizes)[came]
    several = (entries & EXPAND) != 0
    entries[several] = known.flat[known.begins[entries[several] & VALUE] + within[several]]
    return Folded(entries, read.starts[came], read.ends[came])
