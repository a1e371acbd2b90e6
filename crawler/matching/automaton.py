"""Finds the patterns of a lexicon in a stream: one pass, whole words only where a script puts spaces between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from config.fold import code_points
from config.folding.table import KIND, LETTER, table
from crawler.matching.stream import SPACE, At, Bytes, Index, Mask, Stream

Shapes = Bytes  # what must hold around a pattern: of ENDS, PLURAL, WORDS, and how many gaps it has
ENDS, PLURAL, WORDS = 1, 2, 4  # ends in a letter of a spaced script; may take s or es; has no other letters
PARTED, OPEN = 1, 2  # something stands between the characters of a hit; and is a space, or ends a clause
COMPUTED, PINYIN, HOMOPHONE, ALIKE = range(4)  # the view of a hit; computed: told from what stands in the text
GAP = 2  # marks that may stand between two words of a term
_VIEW, _DOUBT = 2, 4  # the bits from here on, two of each
_GAPS = 3  # the bits from here on: how many gaps


def how_found(view: int, doubt: int = 0) -> int:
    """How a hit is found through VIEW, and DOUBT, the least ambiguity of a term that is found so; as `Hits.how`."""
    return view << _VIEW | doubt << _DOUBT


def views(how: Bytes) -> Bytes:
    """The view of each of HOW; 0 (COMPUTED) where none was said."""
    return (how >> _VIEW & 3).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class Hits:
    """Patterns at their places in the folded text, in no order."""

    which: At | Index
    starts: At
    ends: At
    how: Bytes  # PARTED, OPEN, the view and the doubt

    @property
    def views(self) -> Bytes:
        """The view through which each was found."""
        return views(self.how)

    @property
    def doubts(self) -> Bytes:
        """The least ambiguity of a term that is found like each."""
        return (self.how >> _DOUBT).astype(np.uint8)

    @property
    def open(self) -> Mask:
        """Whether a space, or what ends a clause, stands between the Chinese characters of each."""
        wide: Mask = (self.how & OPEN) != 0
        return wide

    @property
    def disguised(self) -> Mask:
        """Whether something parts the characters of each, or it is no more than written or sounding alike."""
        loose: Mask = ((self.how & PARTED) != 0) | (self.views != COMPUTED)
        return loose

    def only(self, mask: Mask | At | slice) -> "Hits":
        """Those that MASK says, or in its order."""
        return Hits(self.which[mask], self.starts[mask], self.ends[mask], self.how[mask])


_NOWHERE = np.zeros(0, np.intp)
NONE = Hits(_NOWHERE, _NOWHERE, _NOWHERE, np.zeros(0, np.uint8))


def joined(*several: Hits) -> Hits:
    """All of SEVERAL."""
    full = [hits for hits in several if len(hits.which)]
    if len(full) < 2:
        return full[0] if full else NONE
    which, starts, ends = (
        np.concatenate([getattr(hits, name) for hits in full]) for name in ("which", "starts", "ends")
    )
    return Hits(which, starts, ends, np.concatenate([hits.how for hits in full]))


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
    raw = automaton.find_overlapping(read.text if said is None else said) if automaton is not None else []
    if not raw:  # or there are no patterns at all
        return NONE
    found = np.fromiter(chain.from_iterable(raw), np.intp, 3 * len(raw)).reshape(-1, 3)
    return placed(found[:, 0], found[:, 1], found[:, 2], shapes, read)


def placed(begins: At, ends: At, which: At, shapes: Shapes, read: Stream) -> Hits:
    """Those of the patterns from BEGINS to ENDS of the stream READ that stand there as a whole."""
    kinds = shapes[which]
    over = read.in_word(ends) & (kinds & ENDS).view(np.bool_)
    if over.any():
        ends = _plural(ends, np.flatnonzero(over & (kinds & PLURAL != 0)), over, read)
        whole = np.flatnonzero(~over)
        begins, ends, which, kinds = begins[whole], ends[whole], which[whole], kinds[whole]
    return _near_enough(begins, ends, which, kinds, read)


def _plural(ends: At, may: At, over: Mask, read: Stream) -> At:
    """ENDS with the plurals of those that MAY take one; they are no longer OVER."""
    end = ends[may]
    one = read.at(end, "s") & ~read.in_word(end + 1)
    two = read.at(end, "e") & read.at(end + 1, "s") & ~read.in_word(end + 2)
    ends = ends.copy()
    ends[may] += one + 2 * two
    over[may[one | two]] = False
    return ends


def _near_enough(begins: At, ends: At, which: At, kinds: Shapes, read: Stream) -> Hits:
    """The hits in the folded text; words that stand too far apart are none."""
    spaced = read.letters[begins] == SPACE
    starts, last = read.came[begins + spaced], read.came[ends - 1]
    letters = ends - begins - (kinds >> _GAPS) - spaced
    apart = np.flatnonzero(last - starts >= letters)  # something stands between
    how = np.zeros(len(which), np.uint8)
    made = Hits(which, read.here[starts], read.here[last] + 1, how)
    if not len(apart):
        return made
    near, how[apart] = _apart(starts[apart], last[apart], kinds[apart], read)
    return made if near.all() else made.only(np.delete(np.arange(len(which)), apart[~near]))


def _apart(starts: At, last: At, kinds: Shapes, read: Stream) -> tuple[Mask, Bytes]:
    """Which of those with something between are near enough, and how they are parted."""
    marks, hard, blank, lines = read.between(starts, last)
    words, gaps = kinds & WORDS != 0, (kinds >> _GAPS).astype(np.int64)
    ended = (hard > 0) | ((marks > gaps) & (blank > 0) & (blank < marks))  # "tiger. Tooth"
    near = (lines == 0) & (~words | (~ended & (marks <= GAP * gaps)))
    parted = ~words & (marks > 0)
    how: Bytes = PARTED * parted.astype(np.uint8) | OPEN * (parted & (hard + blank > 0)).astype(np.uint8)
    return near, how


def outermost(found: Hits) -> Hits:
    """FOUND in the order of the text, without what lies inside another; of equals the first."""
    if len(found.which) < 2:
        return found
    order = np.argsort((found.starts << 32) - found.ends, kind="stable")
    ends = found.ends[order]
    reach = np.maximum.accumulate(ends)
    return found.only(order[np.append(True, ends[1:] > reach[:-1])])


def settled(found: Hits, decoys: Bytes) -> Hits:
    """FOUND as `outermost`, but what is parted or only sounds alike gives way to a whole word that it cuts through.

    What spaces or commas part gives way to a whole word at either end of it: 玳瑁 手镯 are two words; but not to a
    decoy, or a word within: 藏,羚羊绒围巾. DECOYS is 1 for each term that is one.
    """
    loose = found.disguised
    if not loose.any():
        return outermost(found)
    firm, rest = outermost(found.only(~loose)), found.only(loose)
    if len(firm.which):
        rest = rest.only(~(_cut(rest, firm) | (rest.open & _ended(rest, firm.only(decoys[firm.which] == 0)))))
    return outermost(joined(firm, rest))


def _cut(rest: Hits, firm: Hits) -> Mask:
    """Which of REST overlap one of FIRM, and neither lies in the other."""
    left = np.minimum(np.searchsorted(firm.ends, rest.starts, "right"), len(firm.ends) - 1)
    begun = (firm.starts[left] < rest.starts) & (rest.starts < firm.ends[left]) & (firm.ends[left] < rest.ends)
    right = np.maximum(np.searchsorted(firm.starts, rest.ends, "left") - 1, 0)
    ended = (firm.starts[right] > rest.starts) & (firm.starts[right] < rest.ends) & (rest.ends < firm.ends[right])
    cut: Mask = begun | ended
    return cut


def _ended(rest: Hits, firm: Hits) -> Mask:
    """Which of REST begin or end in one of FIRM that is more than one sign (an emoji)."""
    firm = firm.only(firm.ends - firm.starts > 1)
    if not len(firm.which):
        return np.zeros(len(rest.which), np.bool_)
    first = np.minimum(np.searchsorted(firm.ends, rest.starts, "right"), len(firm.ends) - 1)
    last = np.maximum(np.searchsorted(firm.starts, rest.ends, "left") - 1, 0)
    begins = (firm.starts[first] <= rest.starts) & (rest.starts < firm.ends[first])
    ended: Mask = begins | ((firm.starts[last] < rest.ends) & (rest.ends <= firm.ends[last]))
    return ended
