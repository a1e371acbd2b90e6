"""Finds the patterns of a lexicon in a stream: one pass, whole words only where a script puts spaces between them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from config.fold import code_points
from config.folding.table import KIND, LETTER, table
from crawler.matching.stream import Index, Stream

Shapes = NDArray[np.uint8]
ENDS, PLURAL, WORDS = 1, 2, 4  # ends in a letter of a spaced script; may take s or es; has no other letters
GAP = 2  # marks that may stand between two words of a term
_GAPS = 3  # the bits from here on: how many gaps


@dataclass(frozen=True, eq=False)
class Hits:
    """Patterns at their places in the folded text, in no order."""

    which: Index
    starts: Index
    ends: Index
    parted: NDArray[np.bool_]  # something stands between its Chinese characters
    open: NDArray[np.bool_]  # and is a space, or ends a clause
    view: Shapes
    doubts: Shapes  # the least ambiguity of a term found like that

    def only(self, mask: NDArray[Any] | slice) -> "Hits":
        """Those that MASK says, or in its order."""
        parts: list[Any] = [getattr(self, name)[mask] for name in _NAMES]
        return Hits(*parts)


_NAMES = tuple(each.name for each in fields(Hits))
_TYPES: tuple[Any, ...] = (np.int32, np.int32, np.int32, np.bool_, np.bool_, np.uint8, np.uint8)
NONE = Hits(*(np.zeros(0, kind) for kind in _TYPES))


def joined(*several: Hits) -> Hits:
    """All of SEVERAL."""
    full = [hits for hits in several if len(hits.which)]
    if len(full) < 2:
        return full[0] if full else NONE
    return Hits(*(np.concatenate([getattr(hits, name) for hits in full]) for name in _NAMES))


def shapes(patterns: Sequence[str]) -> Shapes:
    """What must hold around each of PATTERNS, words as a stream has them; none is empty."""
    codes = code_points("\n".join(patterns) + "\n")
    bounds = np.flatnonzero(codes == ord("\n"))
    begins = np.append(0, bounds[:-1] + 1)
    kinds = table().codes[codes] >> np.uint32(KIND) & np.uint32(7)
    space, letter = codes == ord(" "), kinds == LETTER
    others = np.add.reduceat((~space & ~letter).astype(np.int64), begins) - 1  # but for the line's end
    gaps = np.add.reduceat(space.astype(np.int64), begins) - space[begins]
    last = codes[bounds - 1]
    plural = (last >= ord("a")) & (last <= ord("z")) & (bounds - begins - gaps - space[begins] > 2)
    made = ENDS * letter[bounds - 1] | PLURAL * plural | WORDS * (others == 0) | np.minimum(gaps, 31) << _GAPS
    found: Shapes = made.astype(np.uint8)
    return found


def hits(automaton: Any, shapes: Shapes, read: Stream, said: str | None = None) -> Hits:
    """Every pattern in READ that stands there as a whole; SAID is another text of the same length for it."""
    raw = automaton.find_overlapping(read.text if said is None else said)
    if not raw:
        return NONE
    found = np.fromiter(chain.from_iterable(raw), np.int32, 3 * len(raw)).reshape(-1, 3)
    return placed(found[:, 0], found[:, 1], found[:, 2], shapes, read)


def placed(begins: Index, ends: Index, which: Index, shapes: Shapes, read: Stream) -> Hits:
    """Those of the patterns from BEGINS to ENDS of the stream READ that stand there as a whole."""
    kinds = shapes[which]
    ends, whole = _whole(ends, kinds, read)
    return _near_enough(begins[whole], ends[whole], which[whole], kinds[whole], read)


def _whole(ends: Index, kinds: Shapes, read: Stream) -> tuple[Index, NDArray[np.bool_]]:
    """Where each pattern ends with its plural, and which do not end within a word."""
    over = (kinds & ENDS != 0) & read.in_word(ends)
    at = np.flatnonzero(over & (kinds & PLURAL != 0))
    if not len(at):
        return ends, ~over
    end = ends[at]
    one = read.at(end, "s") & ~read.in_word(end + 1)
    two = read.at(end, "e") & read.at(end + 1, "s") & ~read.in_word(end + 2)
    ends = ends.copy()
    ends[at] += one + np.int32(2) * two
    over[at[one | two]] = False
    return ends, ~over


def _near_enough(begins: Index, ends: Index, which: Index, kinds: Shapes, read: Stream) -> Hits:
    """The hits in the folded text; words that stand too far apart are none."""
    starts, last = read.came[begins], read.came[ends - 1]
    words = kinds & WORDS != 0
    near, parted, wide = np.ones(len(which), np.bool_), np.zeros(len(which), np.bool_), np.zeros(len(which), np.bool_)
    letters = ends - begins - (kinds >> _GAPS) - (read.letters[begins] == ord(" "))
    apart = np.flatnonzero(last - starts >= letters)  # something stands between
    if len(apart):
        marks, hard, blank = read.between(starts[apart], last[apart])
        several = words[apart]
        gaps = (kinds[apart] >> _GAPS).astype(np.int64)
        ended = (hard > 0) | ((marks > gaps) & (blank > 0) & (blank < marks))  # "tiger. Tooth"
        near[apart] = ~several | (~ended & (marks <= GAP * gaps))
        parted[apart] = ~several & (marks > 0)
        wide[apart] = parted[apart] & (hard + blank > 0)
    none = np.zeros(len(which), np.uint8)
    made = Hits(which, read.here[starts], read.here[last] + np.int32(1), parted, wide, none, none)
    return made if near.all() else made.only(near)


def outermost(found: Hits) -> Hits:
    """FOUND in the order of the text, without what lies inside another; of equals the first."""
    order = np.lexsort((-found.ends, found.starts))
    reach = np.zeros(len(order), np.int32)
    ends = found.ends[order]
    np.maximum.accumulate(ends[:-1], out=reach[1:])
    return found.only(order[ends > reach])


def settled(found: Hits) -> Hits:
    """FOUND as `outermost`, but what is parted or only sounds alike gives way to a whole word that it cuts through.

    What spaces or commas part gives way to any whole word that it touches: 玳瑁 手镯 are two words.
    """
    loose = found.parted | (found.view != 0)
    if not loose.any():
        return outermost(found)
    firm, rest = outermost(found.only(~loose)), found.only(loose)
    if len(firm.which):
        rest = rest.only(~(_cut(rest, firm) | (rest.open & _touched(rest, firm))))
    return outermost(joined(firm, rest))


def _cut(rest: Hits, firm: Hits) -> NDArray[np.bool_]:
    """Which of REST overlap one of FIRM, and neither lies in the other."""
    left = np.minimum(np.searchsorted(firm.ends, rest.starts, "right"), len(firm.ends) - 1)
    begun = (firm.starts[left] < rest.starts) & (rest.starts < firm.ends[left]) & (firm.ends[left] < rest.ends)
    right = np.maximum(np.searchsorted(firm.starts, rest.ends, "left") - 1, 0)
    ended = (firm.starts[right] > rest.starts) & (firm.starts[right] < rest.ends) & (rest.ends < firm.ends[right])
    cut: NDArray[np.bool_] = begun | ended
    return cut


def _touched(rest: Hits, firm: Hits) -> NDArray[np.bool_]:
    """Which of REST overlap one of FIRM that is more than one sign (an emoji)."""
    firm = firm.only(firm.ends - firm.starts > 1)
    if not len(firm.which):
        return np.zeros(len(rest.which), np.bool_)
    first = np.minimum(np.searchsorted(firm.ends, rest.starts, "right"), len(firm.ends) - 1)
    touched: NDArray[np.bool_] = (firm.starts[first] < rest.ends) & (rest.starts < firm.ends[first])
    return touched
