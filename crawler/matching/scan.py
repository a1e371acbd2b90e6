"""Finds the words of a vocabulary in a folded text; the longest at each place, none inside another."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import pairwise

from config.fold import folded

_SPACED = "a-z\u00c0-\u024f\u0370-\u052f\u0600-\u06ff\u1e00-\u1eff"  # scripts that put spaces between words
_HAN = re.compile("[\u3400-\u9fff]")
_LETTER = re.compile(f"[{_SPACED}0-9]")
MARKS = "·•∙・.*~☆★○●◆◇■□_^`'\"-"  # put between two characters to part a word
_MARK = f"[{re.escape(MARKS)}]?"
_GAP = r"(?:['’]s)?[\s\-_]{0,2}"  # between the words of a term: "ox bone", "ox-bone", "tiger's tooth"

Place = tuple[int, int]  # folded characters: start, end


class Vocabulary:
    """Words by their first character, so that a text is read once."""

    def __init__(self, words: Iterable[str], *, marks: bool = False) -> None:
        self._marks = marks
        self._by_first: dict[str, list[str]] = defaultdict(list)
        for word in sorted({folded(word) for word in words}, key=len, reverse=True):
            self._by_first[word[0]].append(word)
        self._patterns: dict[str, re.Pattern[str]] = {}

    def find(self, text: str) -> list[tuple[str, Place]]:
        """Every word in the folded TEXT with its place; a word inside a longer one is left out."""
        found: list[tuple[str, Place]] = []
        reached = 0  # how far the words so far reach: each begins before the next, so this tells what lies inside
        for word, place in self._at_each_place(text):
            if place[1] > reached:
                found.append((word, place))
                reached = place[1]
        return found

    def _at_each_place(self, text: str) -> Iterator[tuple[str, Place]]:
        for at, letter in enumerate(text):
            if letter in self._by_first:
                hit = self._starting(letter).match(text, at)
                if hit and hit.lastindex:
                    yield self._by_first[letter][hit.lastindex - 1], hit.span()

    def _starting(self, letter: str) -> re.Pattern[str]:
        if letter not in self._patterns:
            forms = (f"({_form(word, marks=self._marks)})" for word in self._by_first[letter])
            self._patterns[letter] = re.compile("|".join(forms))
        return self._patterns[letter]


@cache
def pattern(word: str) -> re.Pattern[str]:
    """Finds WORD (as a person writes it) in a folded text."""
    return re.compile(_form(folded(word), marks=False))


@lru_cache(maxsize=4096)
def places(word: str, text: str) -> tuple[Place, ...]:
    """Where WORD stands in the folded TEXT."""
    return tuple(hit.span() for hit in pattern(word).finditer(text))


def inside(place: Place, other: Place) -> bool:
    """Whether PLACE lies in OTHER, which is longer."""
    return other[0] <= place[0] and place[1] <= other[1] and place != other


def overlap(place: Place, other: Place) -> bool:
    """Whether the two share a character."""
    return place[0] < other[1] and other[0] < place[1]


def gap(place: Place, other: Place) -> int:
    """How many characters stand between the two; 0 where they touch or overlap."""
    return max(other[0] - place[1], place[0] - other[1], 0)


def _form(word: str, *, marks: bool) -> str:
    """The regular expression of a folded word; only whole words in scripts that put spaces between them."""
    parts = word.split(" ")
    between = r"[\s\-_.]{1,2}" if all(len(part) == 1 for part in parts) else _GAP  # "i v o r y" is not "ivory"
    body = between.join(_joined(part, marks=marks) for part in parts)
    before = f"(?<![{_SPACED}0-9])" if _LETTER.match(word[0]) else ""
    plural = "(?:s|es)?" if re.fullmatch("[a-z]", word[-1]) and len(word) > 2 else ""
    after = f"(?![{_SPACED}0-9])" if _LETTER.match(word[-1]) else ""
    return before + body + plural + after


def _joined(part: str, *, marks: bool) -> str:
    """The characters of PART; with MARKS, one mark may stand between two where one is Chinese."""
    pieces = [re.escape(part[0])]
    for one, two in pairwise(part):
        parted = marks and (_HAN.match(one) or _HAN.match(two))
        pieces.append((_MARK if parted else "") + re.escape(two))
    return "".join(pieces)
