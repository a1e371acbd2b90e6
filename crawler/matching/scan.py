"""Where words stand in a folded text, the longest at each place, and how two places lie to each other."""

from collections.abc import Iterable
from functools import lru_cache

import daachorse
import numpy as np

from config.fold import fold
from config.folding.table import VALUE
from crawler.matching.automaton import NONE, Hits, hits, outermost, placed, shapes
from crawler.matching.spelling import pattern_of, pictures_of, spelled
from crawler.matching.stream import Stream, kinds_of, stream

Place = tuple[int, int]  # folded characters: start, end


class Vocabulary:
    """Words that are all found in one pass over a text."""

    def __init__(self, words: Iterable[str]) -> None:
        every = list(dict.fromkeys(words))
        self._pictures = pictures_of(every)
        patterns = zip(spelled(every, self._pictures), every, strict=True)
        self._words = {pattern: word for pattern, word in reversed([*patterns]) if pattern}
        self._named = list(self._words.values())
        self._shapes = shapes(list(self._words)) if self._words else np.zeros(0, np.uint8)
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(self._words)) if self._words else None

    def find(self, text: str) -> list[tuple[str, Place]]:
        """Every word in the folded TEXT with its place, in order; a word inside a longer one is left out."""
        if self._automaton is None:
            return []
        entries = fold(text).entries
        read = stream(entries & VALUE, kinds_of(entries, self._pictures))
        found = outermost(hits(self._automaton, self._shapes, read))
        rows = zip(found.which.tolist(), found.starts.tolist(), found.ends.tolist(), strict=True)
        return [(self._named[number], (start, end)) for number, start, end in rows]


@lru_cache(maxsize=1 << 14)
def places(word: str, text: str) -> tuple[Place, ...]:
    """Where WORD stands in the folded TEXT as a whole: marks may part its characters, spaces and commas may not."""
    pattern, pictures = _asked(word)
    if not pattern:
        return ()
    found = _standing(pattern, _read(text, pictures))
    spans = zip(found.starts.tolist(), found.ends.tolist(), found.open.tolist(), strict=True)
    return tuple((start, end) for start, end, wide in spans if not wide)


@lru_cache(maxsize=1 << 14)
def _asked(word: str) -> tuple[str, tuple[int, ...]]:
    return pattern_of(word), tuple(pictures_of([word]).tolist())


@lru_cache(maxsize=64)
def _read(text: str, pictures: tuple[int, ...]) -> Stream:
    entries = fold(text).entries
    return stream(entries & VALUE, kinds_of(entries, np.array(pictures, np.uint32)))


def _standing(pattern: str, read: Stream) -> Hits:
    begins, at = [], read.text.find(pattern)
    while at >= 0:
        begins.append(at)
        at = read.text.find(pattern, at + len(pattern))
    if not begins:
        return NONE
    starts = np.array(begins)
    return placed(starts, starts + len(pattern), np.zeros(len(starts), np.intp), shapes([pattern]), read)


def inside(place: Place, other: Place) -> bool:
    """Whether PLACE lies in OTHER, which is longer."""
    return other[0] <= place[0] and place[1] <= other[1] and place != other


def overlap(place: Place, other: Place) -> bool:
    """Whether the two share a character."""
    return place[0] < other[1] and other[0] < place[1]


def gap(place: Place, other: Place) -> int:
    """How many characters stand between the two; 0 where they touch or overlap."""
    return max(other[0] - place[1], place[0] - other[1], 0)
