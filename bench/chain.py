"""What matching is measured against: NFKC, casefold, OpenCC and pyahocorasick, asked for the same matches."""

import unicodedata
from collections.abc import Iterable

import ahocorasick
import opencc

Hit = tuple[int, int, int]  # term, start, end


class Chain:
    """The ordinary chain over the same words, each with the number of its term."""

    def __init__(self, words: Iterable[tuple[str, int, bool]]) -> None:
        self._simple = opencc.OpenCC("t2s")
        self._automaton = ahocorasick.Automaton()
        meant: dict[str, list[tuple[int, bool]]] = {}
        for word, number, match in words:
            meant.setdefault(word, []).append((number, match))
        for word, roles in meant.items():
            self._automaton.add_word(word, (roles, len(word)))
        self._automaton.make_automaton()

    def find(self, text: str) -> list[Hit]:
        """Matches and cues: whole words with their plural, the longest at each place, none inside another."""
        read = self._simple.convert(unicodedata.normalize("NFKC", text).casefold())
        found: list[Hit] = []
        cues: list[Hit] = []
        for last, (roles, size) in self._automaton.iter(read):
            start, end = last + 1 - size, last + 1
            if start and _latin(read[start]) and _latin(read[start - 1]):
                continue
            if end < len(read) and _latin(read[last]) and _latin(read[end]):
                end = _plural(read, end) if size > 2 else 0
            if end:
                for number, match in roles:
                    (found if match else cues).append((number, start, end))
        return [*_outermost(found), *_outermost(cues)]


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _plural(read: str, end: int) -> int:
    """Where a plural that begins at END ends; 0 if there is none."""
    for ending in ("s", "es"):
        after = end + len(ending)
        if read.startswith(ending, end) and not (after < len(read) and _latin(read[after])):
            return after
    return 0


def _outermost(found: list[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    reached = 0
    for hit in sorted(found, key=lambda each: (each[1], -each[2])):
        if hit[2] > reached:
            kept.append(hit)
            reached = hit[2]
    return kept
