"""A folded text as an automaton reads it: a space before each word, no mark between Chinese characters."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from config.folding.table import BLANK, BREAK, EMOJI, HARD, KIND, LETTER, SOFT, UNSPACED, VALUE, Codes

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Kinds = Bytes  # what each character does, by the numbers of config/folding/table.py
Index = NDArray[np.int32]
At = NDArray[np.intp]  # places, as numpy looks them up fastest
SPACE = np.uint32(0x20)
OWNER = 7  # the 's of "tiger's", which parts nothing
_QUOTE, _S = ord("'"), ord("s")


@dataclass(frozen=True, eq=False)
class Stream:
    """The letters of a text, a space before each word, and the line's ends elsewhere; from where each came."""

    letters: Codes
    came: At  # the folded character that each letter is; of a space, the mark that it stands for or the word's first
    kinds: Kinds  # of the folded characters
    values: Codes  # these themselves
    here: At  # where these stand in the whole folded text

    @cached_property
    def text(self) -> str:
        """The letters, for the automaton."""
        return str(self.letters.tobytes(), "utf-32-le")

    def at(self, places: At, letter: str) -> NDArray[np.bool_]:
        """Whether LETTER stands at each of PLACES of the stream, which may lie behind its end."""
        there: NDArray[np.bool_] = self.letters.take(places, mode="clip") == ord(letter)
        return there & (places < len(self.letters))

    def in_word(self, places: At) -> NDArray[np.bool_]:
        """Whether at each of PLACES a word goes on, in a script with spaces between words."""
        came = self.came.take(places, mode="clip")
        word = (self.kinds[came] == LETTER) & (self.letters.take(places, mode="clip") != SPACE)
        inside: NDArray[np.bool_] = word & (places < len(self.letters))
        return inside

    def between(self, starts: At, lasts: At) -> NDArray[np.int64]:
        """How many marks, ends of a clause, spaces, and line's ends stand between characters: a row for each."""
        sizes = lasts - starts + 1
        total = int(sizes.sum())
        if total > len(self.kinds):  # they lie over each other: count once for all
            counts = [_counted(mask) for mask in _sorts(self.kinds)]
            return np.array([count[lasts] - count[starts] for count in counts])
        begins = np.cumsum(sizes) - sizes
        kinds = self.kinds[np.arange(total) + np.repeat(starts - begins, sizes)]
        return np.add.reduceat(np.array(_sorts(kinds)), begins, axis=1, dtype=np.int64)


def _sorts(kinds: Kinds) -> tuple[NDArray[np.bool_], ...]:
    line = kinds == BREAK
    return (kinds >= SOFT) & ~line & (kinds != OWNER), kinds == HARD, kinds == BLANK, line


def _counted(marks: NDArray[np.bool_]) -> Index:
    counts = np.zeros(len(marks) + 1, np.int32)
    np.cumsum(marks, out=counts[1:])
    return counts


def kinds_of(entries: Codes, pictures: Codes | None = None) -> Kinds:
    """What each folded character does; those of PICTURES are characters like others."""
    kinds: Kinds = (entries >> np.uint32(KIND)).astype(np.uint8) & np.uint8(7)
    if pictures is not None and len(pictures):
        emoji = np.flatnonzero(kinds == EMOJI)
        kinds[emoji[np.isin(entries[emoji] & VALUE, pictures)]] = UNSPACED
    return kinds


def stream(values: Codes, kinds: Kinds, here: At | None = None) -> Stream:
    """The stream of folded VALUES of these KINDS; HERE says where they stand in a longer text."""
    kinds = without_owner(values, kinds)
    word = kinds == LETTER
    kept = word | (kinds == UNSPACED)
    first, lead = word.copy(), np.zeros(len(word), np.bool_)
    np.greater(word[1:], word[:-1], out=first[1:])
    np.greater(first[1:], kept[:-1], out=lead[:-1])  # what stands before a word is its space, be it a line's end
    came = np.flatnonzero(kept | lead | (kinds == BREAK))
    letters = np.where(lead, SPACE, values).take(came)
    first[1:] &= kept[:-1]
    if first.any():  # words right after a Chinese character, or at the beginning
        came, letters = _spaced(came, letters, np.flatnonzero(first))
    return Stream(letters, came, kinds, values, np.arange(len(values)) if here is None else here)


def _spaced(came: At, letters: Codes, words: At) -> tuple[At, Codes]:
    """A space put in before each of WORDS that has none."""
    if len(words) == 1 and not words[0]:
        return np.concatenate((words, came)), np.concatenate((np.array([SPACE]), letters))
    places = np.searchsorted(came, words)
    return np.insert(came, places, words), np.insert(letters, places, SPACE)


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
