"""The forms a Chinese word takes when it is written by its sound: whole, spaced, and mixed with characters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from crawler.matching.sounds import readings, signs

HEARD = (
    3  # characters from which a word is looked for by its sound alone; of two, 826 of 10 MB of chat were other words
)
MIXED = 4  # characters up to which each may stand as pinyin
_WAYS = 4  # ways to read a word that are written out
_HAN = re.compile("[\u3400-\u9fff]{2,}")


@dataclass(frozen=True)
class Form:
    """One form, as a stream has it, and the least ambiguity that it leaves the term."""

    pattern: str
    doubt: int


def written(word: str) -> Iterator[Form]:
    """WORD in pinyin: xiangya, xiang ya, 象ya, xiang牙, c山甲; nothing for words that are not all Chinese."""
    if not _HAN.fullmatch(word):
        return
    for way in readings(word)[:_WAYS]:
        for syllables in {way, tuple(syllable.replace("v", "u") for syllable in way)}:
            yield Form(" " + "".join(syllables), 3 if len(word) < HEARD else 2)
            yield Form(" " + " ".join(syllables), 3 if len(word) < HEARD else 2)
            yield from _mixed(word, syllables)


def _mixed(word: str, syllables: tuple[str, ...]) -> Iterator[Form]:
    """WORD with some characters as pinyin, or one of three and more as its first letter."""
    doubt = 2 if len(word) < HEARD else 1
    if len(word) <= MIXED:
        for chosen in product((False, True), repeat=len(word)):
            if any(chosen) and not all(chosen):
                pieces = list(zip(chosen, word, syllables, strict=True))
                yield Form(_stream(syllable if said else letter for said, letter, syllable in pieces), doubt)
                yield Form("".join(f" {syllable}" if said else letter for said, letter, syllable in pieces), doubt)
    if len(word) >= HEARD:
        for at, syllable in enumerate(syllables):
            yield Form(_stream((*word[:at], syllable[0], *word[at + 1 :])), doubt)


def _stream(parts: Iterator[str] | tuple[str, ...]) -> str:
    return re.sub("(?<![a-z])([a-z])", r" \1", "".join(parts))


def heard_as(word: str) -> Iterator[Form]:
    """WORD by its sound alone: 川山甲 for 穿山甲; nothing for words of two characters."""
    if _HAN.fullmatch(word) and len(word) >= HEARD:
        for way in readings(word):
            if pattern := signs(way):
                yield Form(pattern, 2 if len(word) == HEARD else 1)
