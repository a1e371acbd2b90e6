"""Which searches brought far fewer or far more cards than usual, so that nobody takes their figures for a result.

Derived from what the searches brought and what the platform's file expects, as it stands now; nothing is stored, and
no outcome becomes another by it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor, pi, sqrt
from statistics import median

from sqlalchemy import select

from archive.facts import How, Outcome
from archive.models import Query, Sweep
from archive.vault import Vault
from config.expect import Expect, Span

COUNTED = (Outcome.HITS, Outcome.CONFIRMED_ZERO)  # the answers that say how many there are
ENOUGH = 5  # answers before it; of fewer nothing is usual
LATEST = 12  # of them that count: a quarter of a year of weekly rounds
FAR = 4.0  # standard deviations
MANIFOLD = 2  # and less than half, or more than twice, of what is usual
TO_SD = 1.4826  # the median deviation of a normal distribution, as its standard deviation


@dataclass(frozen=True)
class Odd:
    """A search whose first page showed far fewer or far more cards than usual."""

    platform: str
    sweep: int
    query: int
    term: str
    at: datetime  # UTC
    cards: int
    least: int | None  # cards that would not be far from usual
    most: int | None
    usual: float | None  # the median of answers before it; None: the platform's file alone says what is expected
    of: int  # answers before it that count

    @property
    def fewer(self) -> bool:
        """Whether they are too few."""
        return self.least is not None and self.cards < self.least


@dataclass(frozen=True)
class _Answer:
    query: int
    sweep: int
    at: datetime
    cards: int


def odd(vault: Vault, expects: Mapping[str, Expect]) -> list[Odd]:
    """The odd answers of the robot's searches on the platforms that EXPECTS names, in the order they came."""
    found = [
        each
        for (platform, term), answers in _series(vault, expects).items()
        for each in _odd(platform, term, answers, expects[platform].of(term))
    ]
    return sorted(found, key=lambda each: each.query)


def _series(vault: Vault, platforms: Iterable[str]) -> dict[tuple[str, str], list[_Answer]]:
    """What the first page of each term showed on each of PLATFORMS, in order."""
    wanted = (
        select(Sweep.platform, Query.term, Query.id, Query.sweep_id, Query.at, Query.cards)
        .join(Sweep)
        .where(Sweep.platform.in_(list(platforms)), Sweep.how == How.ROBOT)
        .where(Query.page == 1, Query.outcome.in_(COUNTED))
        .order_by(Query.id)
    )
    series: dict[tuple[str, str], list[_Answer]] = defaultdict(list)
    with vault.reading() as session:
        for platform, term, query, number, at, cards in session.execute(wanted):
            series[platform, term].append(_Answer(query, number, at, cards))
    return series


def _odd(platform: str, term: str, answers: Sequence[_Answer], told: Span) -> Iterator[Odd]:
    for place, each in enumerate(answers):
        before = [earlier.cards for earlier in answers[max(0, place - LATEST) : place]]
        near = bounds(before, told)
        if not within(each.cards, near):
            by_file = (told.least if each.cards < (near.least or 0) else told.most) is not None
            usual = None if by_file or len(before) < ENOUGH else median(before)
            yield Odd(
                platform, each.sweep, each.query, term, each.at, each.cards, near.least, near.most, usual, len(before)
            )


def within(cards: int, near: Span) -> bool:
    """Whether CARDS are NEAR what is usual."""
    return (near.least is None or cards >= near.least) and (near.most is None or cards <= near.most)


def bounds(before: Sequence[int], told: Span) -> Span:
    """How many cards are not far from usual: as TOLD, and where nothing is, by the counts BEFORE.

    Of ENOUGH counts, far is what lies FAR standard deviations from their median after Anscombe's transformation
    (2√(n + 3/8), by which a Poisson count has a deviation of 1 whatever its mean), and is MANIFOLD of it too. The
    deviation is the larger of 1 and what the counts themselves show (their median deviation, as real searches vary
    more than Poisson's), widened for a median of so few: by √(1 + π/2n).

    On simulated Poisson counts of mean 0.2 to 200 after 5, 8 or 12 counts, at most 2 answers in 10,000 warn falsely
    (tests/test_expected.py): in a round of 40 platforms and 50 terms not one in two rounds. A zero is far from 9
    cards on; where usually fewer are found, a zero is nothing strange.

    Where TOLD contradicts what is usual, as least = 50 does where 5 are, the person is right: the counts say nothing.
    """
    if len(before) < ENOUGH:
        return told
    usual = _usual(before)
    least = usual.least if told.least is None else told.least
    most = usual.most if told.most is None else told.most
    return told if least is not None and most is not None and least > most else Span(least=least, most=most)


def _usual(before: Sequence[int]) -> Span:
    spread = [2 * sqrt(count + 3 / 8) for count in before]
    middle = median(spread)
    deviation = max(1.0, TO_SD * median(abs(each - middle) for each in spread))
    width = FAR * deviation * sqrt(1 + pi / 2 / len(before))
    low = (max(0.0, middle - width) / 2) ** 2 - 3 / 8
    high = ((middle + width) / 2) ** 2 - 3 / 8
    usual = median(before)
    return Span(least=max(0, ceil(min(low, usual / MANIFOLD))), most=floor(max(high, usual * MANIFOLD)))
