"""Finds the words that the titles of confirmed listings suggest as new terms."""

from dataclasses import dataclass

from archive.questions import terms as questions
from config.fold import folded
from config.species import names, species
from config.term import ALONE, IN_USE
from crawler.matching.scan import Vocabulary
from desk.context import Desk
from desk.terms.own import by_key
from desk.terms.slang import Candidate, candidates, masked


@dataclass(frozen=True)
class Suggested:
    """What the titles suggest, and how many there were."""

    candidates: list[Candidate]
    confirmed: int
    others: int


def suggested(here: Desk, least: int) -> Suggested:
    """The words that stand in confirmed titles far oftener than in others, and are no terms yet."""
    titles = questions.titles(here.vault, here.settings.reviewers)
    terms = [each.term for each in by_key(here).values()]
    named = {folded(name.term) for kind in species(here.overlay) for name in names(kind)}
    looked_for = {folded(each.term) for each in terms if each.kind in ALONE and each.status in IN_USE} | named
    words = Vocabulary(looked_for)

    def mask(text: str) -> str:
        return masked(text, (place for _, place in words.find(text)))

    known = frozenset({folded(each.term) for each in terms} | named)
    confirmed = sum(title.confirmed for title in titles)
    return Suggested(candidates(titles, known, mask, least), confirmed, len(titles) - confirmed)
