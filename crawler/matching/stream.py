"""A folded text as an automaton reads it: a space before each word, no mark between Chinese characters."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from config.folding.table import BLANK, BREAK, EMOJI, HARD, KIND, LETTER, SOFT, UNSPACED, VALUE, Codes

Kinds = NDArray[np.uint8]
Index = NDArray[np.int32]
OWNER = 7  # the 's of "tiger's", which parts nothing
_QUOTE, _S = ord("'"), ord("s")


@dataclass(frozen=True, eq=False)
class Stream:
    """The letters of a text, a space before each word, and a line's end at each; from where each came."""

    letters: Codes
    came: Index  # the folded character that each letter is; a space: the word's first
    kinds: Kinds  # of the folded characters
    values: Codes  # these themselves
    here: Index  # where these stand in the whole folded text

    @cached_property
    def text(self) -> str:
        """The letters, for the automaton."""
        return str(self.letters.tobytes(), "utf-32-le")

    def at(self, places: Index, letter: str) -> NDArray[np.bool_]:
        """Whether LETTER stands at each of PLACES of the stream, which may lie behind its end."""
        there: NDArray[np.bool_] = self.letters[np.minimum(places, len(self.letters) - 1)] == ord(letter)
        return there & (places < len(self.letters))

    def in_word(self, places: Index) -> NDArray[np.bool_]:
        """Whether at each of PLACES a word goes on, in a script with spaces between words."""
        there = np.minimum(places, len(self.letters) - 1)
        word = (self.kinds[self.came[there]] == LETTER) & (self.letters[there] != ord(" "))
        inside: NDArray[np.bool_] = word & (places < len(self.letters))
        return inside

    def between(self, starts: Index, lasts: Index) -> NDArray[np.int64]:
        """How many marks, ends of a clause, and spaces stand between folded characters: a row for each of these."""
        if int((lasts - starts + 1).sum()) > len(self.kinds):  # they lie over each other: count once for all
            counts = [_counted(mask) for mask in _sorts(self.kinds)]
            return np.array([count[lasts] - count[starts] for count in counts])
        sizes = lasts - starts + 1
        begins = np.cumsum(sizes) - sizes
        kinds = self.kinds[np.arange(int(sizes.sum())) + np.repeat(starts - begins, sizes)]
        return np.array([np.add.reduceat(mask, begins, dtype=np.int64) for mask in _sorts(kinds)])


def _sorts(kinds: Kinds) -> tuple[NDArray[np.bool_], ...]:
    marks = (kinds >= SOFT) & (kinds != BREAK) & (kinds != OWNER)
    return marks, kinds == HARD, kinds == BLANK


def _counted(marks: NDArray[np.bool_]) -> Index:
    counts = np.zeros(len(marks) + 1, np.int32)
    np.cumsum(marks, out=counts[1:])
    return counts


def kinds_of(entries: Codes, pictures: Codes) -> Kinds:
    """What each folded character does; those of PICTURES are characters like others."""
    kinds: Kinds = (entries >> np.uint32(KIND)).astype(np.uint8) & np.uint8(7)
    emoji = np.flatnonzero(kinds == EMOJI)
    if len(emoji) and len(pictures):
        kinds[emoji[np.isin(entries[emoji] & VALUE, pictures)]] = UNSPACED
    return kinds


def stream(values: Codes, kinds: Kinds, here: Index | None = None) -> Stream:
    """The stream of folded VALUES of these KINDS; HERE says where they stand in a longer text."""
    kinds = without_owner(values, kinds)
    word = kinds == LETTER
    first = word.copy()
    first[1:] &= ~word[:-1]
    counts = first.view(np.uint8) + (word | (kinds == UNSPACED) | (kinds == BREAK))
    came: Index = np.repeat(np.arange(len(values), dtype=np.int32), counts)
    letters = values[came]
    letters[np.flatnonzero(came[1:] == came[:-1])] = 0x20
    return Stream(letters, came, kinds, values, np.arange(len(values), dtype=np.int32) if here is None else here)


def without_owner(values: Codes, kinds: Kinds) -> Kinds:
    """KINDS with the 's of "tiger's" as nothing."""
    quotes = np.flatnonzero(values[:-1] == _QUOTE)
    owner = quotes[(values[quotes + 1] == _S) & (quotes > 0)]
    if not len(owner):
        return kinds
    after = np.append(kinds, np.uint8(SOFT))[owner + 2]
    owner = owner[(after != LETTER) & (kinds[owner - 1] == LETTER)]
    kinds = kinds.copy()
    kinds[owner], kinds[owner + 1] = OWNER, OWNER
    return kinds
