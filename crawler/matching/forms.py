"""The other forms that a word takes: by its sound, with its words run together, with its letters set apart."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
from operator import itemgetter
from typing import NamedTuple

from crawler.matching.sounds import Way, signs

HEARD = (
    3  # characters from which a word is looked for by its sound alone; of two, 826 of 10 MB of chat were other words
)
MIXED = 4  # characters up to which each may stand as pinyin
CHINESE = re.compile("[\u3400-\u9fff]{2,}")  # a word that is looked for by its sound
_WAYS = 4  # ways to read a word that are written out
_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_\u3000-\uffff])(?=[^\W\d_\u3000-\uffff])")


class Form(NamedTuple):
    """One form, as a stream has it, and the least ambiguity that it leaves the term."""

    pattern: str
    doubt: int


def in_pinyin(ways: Sequence[Way]) -> Iterator[Form]:
    """A Chinese word, to be read in WAYS, by its syllables: xiangya, xiang ya."""
    for syllables in _typed(ways):
        doubt = 3 if len(syllables) < HEARD else 2
        yield Form(" " + "".join(syllables), doubt)
        yield Form(" " + " ".join(syllables), doubt)


def half_in_pinyin(word: str, ways: Sequence[Way]) -> Iterator[Form]:
    """WORD with some characters as pinyin, or one of three and more as its first letter: 象ya, xiang牙, c山甲."""
    doubt = 2 if len(word) < HEARD else 1
    for syllables in _typed(ways):
        if len(word) <= MIXED:
            pieces = (*word, *syllables, *(f" {syllable}" for syllable in syllables))
            yield from (Form("".join(pick(pieces)), doubt) for pick in _mixtures(len(word)))
        if len(word) >= HEARD:
            for at, syllable in enumerate(syllables):
                yield Form(f"{word[:at]} {syllable[0]}{word[at + 1 :]}", doubt)


def _typed(ways: Sequence[Way]) -> Iterator[Way]:
    """The first of WAYS, as they are typed: lv and lu for lü."""
    for way in ways[:_WAYS]:
        yield way
        if any("v" in syllable for syllable in way):
            yield tuple(syllable.replace("v", "u") for syllable in way)


@cache
def _mixtures(size: int) -> tuple[Callable[[Sequence[str]], tuple[str, ...]], ...]:
    """What picks each mixture out of the pieces of a word: its SIZE characters, its syllables, these with a space."""
    picks: dict[tuple[int, ...], None] = {}
    for chosen in product((False, True), repeat=size):
        if any(chosen) and not all(chosen):
            apart = [at + 2 * size * said for at, said in enumerate(chosen)]
            run_on = [at and chosen[at - 1] and said for at, said in enumerate(chosen)]
            picks[tuple(place - size * after for place, after in zip(apart, run_on, strict=True))] = None
            picks[tuple(apart)] = None
    return tuple(itemgetter(*pick) for pick in picks)


def heard_as(ways: Sequence[Way]) -> Iterator[Form]:
    """A Chinese word by its sound alone: 川山甲 for 穿山甲; nothing for words of two characters."""
    for way in ways:
        if len(way) >= HEARD and (pattern := signs(way)):
            yield Form(pattern, 2 if len(way) == HEARD else 1)


def together(pattern: str) -> Iterator[str]:
    """A term of several words with one space, or all, left out: oxbone; never one of single letters."""
    words = pattern.split(" ")[1:]
    if len(words) > 1 and pattern.startswith(" ") and max(map(len, words)) > 1:
        yield " " + "".join(words)
        for at in range(1, len(words)) if len(words) > 2 else ():
            yield " " + " ".join((*words[: at - 1], words[at - 1] + words[at], *words[at + 1 :]))


def apart(pattern: str) -> Iterator[str]:
    """A term with every letter by itself: i v o r y, 象 y a."""
    letters = _BETWEEN_LETTERS.sub(" ", pattern)
    if letters != pattern:
        yield letters
