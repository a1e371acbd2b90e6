"""Finds the words that stand in confirmed titles far oftener than in others; pure arithmetic over titles."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from archive.questions.terms import Title
from config.fold import folded

SHORTEST, LONGEST = 2, 6  # Chinese characters of a candidate
CHANCE = 3.84  # the log-likelihood ratio that chance exceeds once in twenty words
EXAMPLES = 3
_HAN = re.compile("[\u3400-\u9fff]+")
_WORDS = re.compile(r"[^\W\d_\u3400-\u9fff]+(?: [^\W\d_\u3400-\u9fff]+)*")  # one space between: a pair may span it
Mask = Callable[[str], str]  # a folded title with a break in place of what is known already


@dataclass(frozen=True)
class Candidate:
    """A word that may be a new term."""

    word: str
    confirmed: int  # confirmed titles that hold it
    of_confirmed: int
    others: int  # refuted or unmarked titles that hold it
    of_others: int
    ratio: float  # log-likelihood ratio G²
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """The titles that hold one word, by their place among all."""

    confirmed: frozenset[int]
    others: int


def candidates(titles: Sequence[Title], known: frozenset[str], mask: Mask, least: int) -> list[Candidate]:
    """The words in at least LEAST confirmed titles that chance does not explain, the most telling first.

    KNOWN: folded words that are none of them. Of a word and a longer one that stands in just the same confirmed
    titles, only the longer is told.
    """
    total = sum(title.confirmed for title in titles)
    held = {word: each for word, each in _held(titles, mask).items() if len(each.confirmed) >= least}
    found = [
        Candidate(
            word=word,
            confirmed=len(each.confirmed),
            of_confirmed=total,
            others=each.others,
            of_others=len(titles) - total,
            ratio=round(ratio(len(each.confirmed), total, each.others, len(titles) - total), 2),
            examples=tuple(titles[place].text for place in sorted(each.confirmed)[:EXAMPLES]),
        )
        for word, each in _longest(held).items()
        if word not in known
    ]
    return sorted((each for each in found if each.ratio >= CHANCE), key=lambda each: (-each.ratio, each.word))


def ratio(here: int, of_here: int, there: int, of_there: int) -> float:
    """Dunning's log-likelihood ratio G² of a word in HERE of OF_HERE titles and in THERE of OF_THERE.

    0 where it is not commoner here. Both wholes may be 0: then nothing can be told, and it is 0 too.
    """
    if not of_here or not of_there or here * of_there <= there * of_here:
        return 0.0
    share = (here + there) / (of_here + of_there)
    cells = (
        (here, of_here * share),
        (of_here - here, of_here * (1 - share)),
        (there, of_there * share),
        (of_there - there, of_there * (1 - share)),
    )
    return 2 * sum(seen * log(seen / expected) for seen, expected in cells if seen)


def _held(titles: Sequence[Title], mask: Mask) -> dict[str, Held]:
    """Every word of confirmed titles, and how many of the others hold it too."""
    confirmed: dict[str, set[int]] = defaultdict(set)
    others: dict[str, int] = defaultdict(int)
    for place, title in enumerate(titles):
        if title.confirmed:
            for word in words(mask(folded(title.text))):
                confirmed[word].add(place)
    for title in titles:
        if not title.confirmed:
            for word in words(mask(folded(title.text))) & confirmed.keys():
                others[word] += 1
    return {word: Held(frozenset(places), others[word]) for word, places in confirmed.items()}


def words(text: str) -> frozenset[str]:
    """The candidates in a folded TEXT: 2 to 6 Chinese characters in a row, other words and pairs of them."""
    return frozenset([*_grams(text), *_pairs(text)])


def _grams(text: str) -> Iterator[str]:
    for run in _HAN.findall(text):
        for length in range(SHORTEST, LONGEST + 1):
            yield from (run[at : at + length] for at in range(len(run) - length + 1))


def _pairs(text: str) -> Iterator[str]:
    for run in _WORDS.findall(text):
        each = run.split(" ")
        yield from (word for word in each if len(word) > 1)
        yield from (" ".join(pair) for pair in pairwise(each))


def _longest(held: dict[str, Held]) -> dict[str, Held]:
    """HELD without the words that stand only inside a longer one: that one is in just as many titles of each sort."""
    same: dict[tuple[frozenset[int], int], list[str]] = defaultdict(list)
    for word, each in held.items():
        same[each.confirmed, each.others].append(word)
    return {
        word: each
        for word, each in held.items()
        if not any(len(other) > len(word) and word in other for other in same[each.confirmed, each.others])
    }


def masked(text: str, places: Iterable[tuple[int, int]]) -> str:
    """TEXT with a break in place of what stands at PLACES."""
    letters = list(text)
    for start, end in places:
        letters[start:end] = "|" * (end - start)
    return "".join(letters)
