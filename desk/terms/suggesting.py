"""Shows what titles suggest, what terms were worth, and how somebody's list stands to ours."""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.questions import terms as questions
from config.fold import folded
from config.species import names, species
from config.term import ALONE, IN_USE
from crawler.matching.scan import Vocabulary
from desk.context import Desk
from desk.show import line, table
from desk.terms.adding import Proposed
from desk.terms.own import by_key
from desk.terms.slang import Candidate, candidates, masked

MOST = 30  # candidates that are shown; JSON has all


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


def show(queue: Sequence[Proposed], found: Suggested, least: int) -> None:
    """Print the queue and the candidates."""
    waiting = [(each.term, each.language, each.kind, each.since or "", each.by, each.why) for each in queue]
    table(("term", "language", "kind", "since", "by", "why"), waiting, f"{len(queue)} in the queue")
    if not found.confirmed:
        line("No title is confirmed yet, so none suggests anything. First: wildfree review")
        return
    whole = f"{found.confirmed} confirmed titles and {found.others} others"
    if not found.candidates:
        line(f"No word stands in {least} or more of {whole} often enough to be told from chance.")
        return
    rows = [
        (
            c.word,
            f"{c.confirmed} of {c.of_confirmed}",
            f"{c.others} of {c.of_others}",
            c.ratio,
            " / ".join(c.examples),
        )
        for c in found.candidates[:MOST]
    ]
    table(("word", "confirmed", "others", "G²", "as in"), rows, f"Suggested by {whole}")
    if len(found.candidates) > MOST:
        line(f"... and {len(found.candidates) - MOST} less telling ones")
