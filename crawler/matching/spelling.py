"""How a word is spelt in a stream, as the automata look for it."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from config.fold import fold
from config.folding.table import EMOJI, KIND, VALUE, Codes
from crawler.matching.stream import kinds_of, stream

_NO = np.zeros(0, np.uint32)


def spelled(words: Sequence[str], pictures: Codes = _NO) -> list[str]:
    """WORDS as a stream has them; "" for one that is nothing but marks."""
    if not words:
        return []
    read = fold("\n\n".join(" ".join(word.split()) for word in words))  # a word may take the second as its space
    return stream(read.entries & VALUE, kinds_of(read.entries, pictures)).text.replace("\n\n", "\n").split("\n")


@lru_cache(maxsize=1 << 16)
def pattern_of(word: str) -> str:
    """One word as a stream has it, with every emoji of it."""
    return spelled([word], pictures_of([word]))[0]


def pictures_of(words: Iterable[str]) -> Codes:
    """The emoji that WORDS are written with."""
    entries = fold("".join(words)).entries
    return np.unique((entries & VALUE)[entries >> np.uint32(KIND) & np.uint32(7) == EMOJI])
