"""What each term has been worth so far: how often it was found, and what reviewers said of what it found."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from archive.facts import Decision
from archive.questions import terms as questions
from config.fold import folded
from config.term import HINTING, NAMING, Kind, Placed, Status
from desk.context import Desk
from desk.report.rates import wilson
from desk.terms.own import by_key

COUNTED = NAMING | HINTING | {Kind.SIGNAL}  # of the others a sighting does not keep whether they stood there


@dataclass(frozen=True)
class Figures:
    """One term, and what it was worth."""

    term: str
    language: str  # "" of a species' name, which no file of terms holds
    status: Status | None  # None: it stands in no file of terms
    hits: int  # sightings in which it was found
    sightings: int  # of how many: since it was taken in, if that was here
    listings: int
    confirmed: int  # listings that reviewers agree are illegal, suspect, or for the authority
    refuted: int  # lawful or unrelated
    precision: float | None  # confirmed of confirmed and refuted; None: nobody has said anything yet
    low: float | None  # Wilson's 95 % interval
    high: float | None

    @property
    def n(self) -> int:
        """How many listings the precision rests on."""
        return self.confirmed + self.refuted

    @property
    def noise(self) -> bool:
        """Whether it has only ever found what was none."""
        return self.refuted > 0 and not self.confirmed


def figures(here: Desk) -> list[Figures]:
    """Every term that is or was in use here, and every other word that was found, by the number of hits.

    Words that only raise or lower others are left out: nothing is known of how often they were found.
    """
    found, moments = questions.hits(here.vault)
    verdicts = questions.settled(here.vault, here.settings.reviewers)
    known = [each for each in by_key(here).values() if _counted(each) or folded(each.term.term) in found]
    lost = found.keys() - {folded(each.term.term) for each in known}
    rows = [
        *((each.term.term, each, found.get(folded(each.term.term), questions.Hits())) for each in known),
        *((word, None, found[word]) for word in sorted(lost)),
    ]
    made = [_figures(here, word, each, hits, moments, verdicts) for word, each, hits in rows]
    return sorted(made, key=lambda each: -each.hits)


def _counted(each: Placed) -> bool:
    return each.term.kind in COUNTED and each.term.status is not Status.PROPOSED


def noisiest(rows: Iterable[Figures]) -> list[Figures]:
    """ROWS with those first that only ever gave noise, the most of it first."""
    return sorted(rows, key=lambda each: (not each.noise, -each.refuted if each.noise else -each.hits))


def _figures(
    here: Desk,
    word: str,
    each: Placed | None,
    hits: questions.Hits,
    moments: list[datetime],
    verdicts: dict[int, Decision],
) -> Figures:
    said = [verdicts[listing] for listing in hits.listings if listing in verdicts]
    confirmed = sum(decision in questions.CONFIRMED for decision in said)
    refuted = sum(decision in questions.REFUTED for decision in said)
    bounds = wilson(confirmed, confirmed + refuted)
    return Figures(
        term=word,
        language=each.term.language if each else "",
        status=each.term.status if each else None,
        hits=hits.sightings,
        sightings=len(moments) - bisect_left(moments, since) if (since := _since(here, each, hits)) else len(moments),
        listings=len(hits.listings),
        confirmed=confirmed,
        refuted=refuted,
        precision=round(confirmed / (confirmed + refuted), 4) if bounds else None,
        low=round(bounds[0], 4) if bounds else None,
        high=round(bounds[1], 4) if bounds else None,
    )


def _since(here: Desk, each: Placed | None, hits: questions.Hits) -> datetime | None:
    """From when on an own term could be found; None: from the beginning."""
    if each is None or each.shipped or each.term.since is None:
        return None
    day = datetime.combine(each.term.since, time(), here.settings.zone)
    return min(day, hits.first) if hits.first else day
