"""Which scripts a search has been seen to find something in: a zero in any other is not believed.

A site's search may be deaf to a script: django-spirit's finds whole words only, and so next to nothing of Chinese,
which parts no words: it shows 犀角杯 to whoever asks for 犀角杯, and for 穿山甲 says in its very words that it found
nothing, although a title has 穿山甲片.
"""

import re
import unicodedata
from collections.abc import Iterable

# Written without spaces between words, or with much that clings to them.
UNPARTED = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"})


def scripts(text: str) -> frozenset[str]:
    """The scripts of the letters of TEXT, as Unicode's names of them begin: CJK, LATIN, HANGUL; none in an emoji."""
    text = unicodedata.normalize("NFKC", text)  # ｉｖｏｒｙ is Latin
    names = (unicodedata.name(letter, "") for letter in text if letter.isalpha())
    return frozenset(name.replace("-", " ").partition(" ")[0] for name in names if name)


def wanted(canaries: Iterable[str], terms: Iterable[str]) -> list[str]:
    """Those of CANARIES, in their order, that TERMS need: the first shows that we are let in, others their script."""
    first, *more = canaries
    unproven = frozenset().union(*(scripts(term) for term in terms)) - scripts(first)
    chosen = [first]
    for canary in more:
        if scripts(canary) & unproven:
            chosen.append(canary)
            unproven -= scripts(canary)
    return chosen


class Proven:
    """The scripts in which a search of this sweep has brought cards."""

    def __init__(self) -> None:
        self._scripts: set[str] = set()

    def hit(self, term: str, titles: Iterable[str]) -> None:
        """Note that TERM brought cards with these TITLES.

        In a script that does not part its words, one of them must hold it within a longer run of letters: only
        then was it not taken for a whole word.
        """
        within = re.compile(rf"\w{re.escape(term)}|{re.escape(term)}\w", re.IGNORECASE)
        found = scripts(term)
        self._scripts |= found if any(within.search(title) for title in titles) else found - UNPARTED

    def believes(self, term: str) -> bool:
        """Whether a zero for TERM may be believed: its scripts have all been found in."""
        return scripts(term) <= self._scripts
