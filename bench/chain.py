"""What matching is measured against: NFKC, casefold, OpenCC, a regex and pyahocorasick, asked for the same matches.

As one writes it by the ordinary way, and quick at it. The text is normalised as a whole; its length then says whether
places still hold, and only if not is each character folded by itself. One regex cuts it into words, which are put
together with a space before each and no mark between Chinese characters: what parts 象.牙 is gone. One pass of
pyahocorasick finds all patterns; each hit is asked whether it is a whole word, how much stood between its characters,
and where it was in the original text; the longest are kept.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

import ahocorasick
import opencc

Hit = tuple[int, int, int]  # term, start, end
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(f"[{_HAN}]+|[^\\W_{_HAN}]+|\n")
_MARK = re.compile(r"[\W_]")
_HARD = re.compile(r'[,;:!?()\[\]{}"|\\<>=+…、。〈〉《》「」『』【】“”„«»؟،؛]')


class Meaning(NamedTuple):
    """What a pattern stands for."""

    term: int
    match: bool  # or a cue
    disguised: bool  # a form that gives way to a whole word: pinyin
    decoy: bool


class Spot(NamedTuple):
    """A meaning at its place in the original text."""

    meaning: Meaning
    start: int
    end: int
    parted: bool  # marks stand between its characters
    open: bool  # and a space, or the end of a clause, is among them


class Pattern(NamedTuple):
    """A pattern as it was added: what it means, and what need not be counted again for each hit."""

    meanings: tuple[Meaning, ...]
    size: int
    gaps: int  # spaces within
    words: bool  # no Chinese in it, and no word of single letters


class Chain:
    """The ordinary chain over PATTERNS, words as they stand in the text that the regex leaves, in their order."""

    def __init__(self, patterns: Iterable[tuple[str, tuple[Meaning, ...]]]) -> None:
        self._simple = opencc.OpenCC("t2s")
        self._automaton = ahocorasick.Automaton()
        for pattern, meanings in patterns:
            words = not (re.search(f"[{_HAN}]", pattern) or re.fullmatch("( .){2,}", pattern))
            known = Pattern(meanings, len(pattern), pattern.count(" ", 1), words)
            self._automaton.add_word(pattern, known)
        self._automaton.make_automaton()

    def find(self, text: str) -> list[Hit]:
        """Matches and cues, at their places in TEXT: whole words with their plural, none inside another."""
        read = self._fold(text)
        origin = range(len(text))
        if len(read) != len(text):
            pieces = [self._fold(letter) for letter in text]
            read = "".join(pieces)
            origin = [at for at, piece in enumerate(pieces) for _ in piece]
        found = self._spots(read)
        kept = [*_settled([spot for spot in found if spot.meaning.match]),
                *_outermost([spot for spot in found if not (spot.meaning.match or spot.open)])]  # fmt: skip
        return [(spot.meaning.term, origin[spot.start], origin[spot.end - 1] + 1) for spot in kept]

    def _fold(self, text: str) -> str:
        return self._simple.convert(unicodedata.normalize("NFKC", text).casefold())

    def _spots(self, read: str) -> list[Spot]:
        """Every pattern that stands in the normalised text READ as a whole."""
        words = [(hit.group(), hit.start()) for hit in _WORD.finditer(read)]
        pieces = [word if word >= "\u3400" or word == "\n" else " " + word for word, _ in words]
        squeezed = "".join(pieces)
        begins = [0, *accumulate(map(len, pieces))]
        shifts = [start + len(word) - end for (word, start), end in zip(words, begins[1:], strict=True)]

        def origin(at: int) -> int:
            return at + shifts[bisect_right(begins, at) - 1]

        found: list[Spot] = []
        for last, known in self._automaton.iter(squeezed):
            begin, end = last + 1 - known.size, last + 1
            if end < len(squeezed) and _latin(squeezed[last]) and _latin(squeezed[end]):
                end = _plural(squeezed, end) if known.size - (squeezed[begin] == " ") > 2 else 0
            if not end:
                continue
            lead = squeezed[begin] == " "
            start, stop = origin(begin + lead), origin(end - 1) + 1
            parted = wide = False
            if stop - start > end - begin - lead - known.gaps:
                between = read[start:stop]
                marks, hard = len(_MARK.findall(between)), _HARD.search(between) is not None
                blanks = between.count(" ")
                if known.words:
                    ended = hard or (marks > known.gaps and 0 < blanks < marks)
                    if ended or marks > 2 * known.gaps:
                        continue
                else:
                    parted, wide = marks > 0, hard or blanks > 0
            found += [Spot(meaning, start, stop, parted, wide) for meaning in known.meanings]
        return found


def _latin(letter: str) -> bool:
    return letter < "\u2e80" and letter.isalnum()


def _plural(read: str, end: int) -> int:
    """Where a plural that begins at END ends; 0 if there is none."""
    for ending in ("s", "es"):
        after = end + len(ending)
        if read.startswith(ending, end) and not (after < len(read) and _latin(read[after])):
            return after
    return 0


def _settled(found: list[Spot]) -> list[Spot]:
    """FOUND, where what is parted or disguised gives way to a whole word that it cuts through, or, open, ends in."""
    loose = [spot for spot in found if spot.parted or spot.meaning.disguised]
    firm = _outermost([spot for spot in found if not (spot.parted or spot.meaning.disguised)])
    return _outermost(
        [*firm, *(spot for spot in loose if not any(_yields(spot, other) for other in _near(spot, firm)))]
    )


def _near(spot: Spot, firm: list[Spot]) -> list[Spot]:
    """Those of FIRM, in order, that overlap SPOT."""
    first = bisect_right(firm, spot.start, key=lambda other: other.end)
    return firm[first : bisect_right(firm, spot.end - 1, key=lambda other: other.start)]


def _yields(spot: Spot, other: Spot) -> bool:
    within = other.start <= spot.start and spot.end <= other.end
    around = spot.start <= other.start and other.end <= spot.end
    at_end = other.start <= spot.start or spot.end <= other.end
    return not (within or around) or (
        spot.open and at_end and not other.meaning.decoy and other.end - other.start > 1
    )


def _outermost(found: list[Spot]) -> list[Spot]:
    kept: list[Spot] = []
    reached = 0
    for spot in sorted(found, key=lambda each: (each.start, -each.end)):
        if spot.end > reached:
            kept.append(spot)
            reached = spot.end
    return kept
