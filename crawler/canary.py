"""Which scripts a search has been seen to find something in: a zero in any other is not believed.

A shop's search may be deaf to a script: django-spirit's finds no Chinese at all, although titles hold it, and says
so in the very words that it has for nothing found.
"""

import unicodedata
from collections.abc import Iterable


def scripts(text: str) -> frozenset[str]:
    """The scripts of the letters of TEXT, as Unicode's names of them begin: CJK, LATIN, HANGUL; none in an emoji."""
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

    def hit(self, term: str) -> None:
        """Note that TERM brought cards."""
        self._scripts |= scripts(term)

    def believes(self, term: str) -> bool:
        """Whether a zero for TERM may be believed: its scripts have all been found in."""
        return scripts(term) <= self._scripts
