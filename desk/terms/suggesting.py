"""Shows what titles suggest, what terms were worth, and how somebody's list stands to ours."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.questions import terms as questions
from config.fold import folded
from config.species import names, species
from config.term import ALONE, IN_USE
from crawler.matching.scan import Vocabulary
from desk.context import Desk
from desk.show import line, table
from desk.terms.adding import Proposed
from desk.terms.figures import Figures
from desk.terms.own import by_key
from desk.terms.slang import Candidate, candidates, masked
from desk.terms.taking import TAKEN, Compared, Finding

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


def figures_row(each: Figures) -> tuple[object, ...]:
    """One term's figures for a reader."""
    status = each.status or "not in any file"
    hits = f"{each.hits} of {each.sightings}"
    return each.term, each.language, status, hits, each.listings, each.confirmed, each.refuted, _precision(each)


def _precision(each: Figures) -> str:
    if each.precision is None or each.low is None or each.high is None:
        return "nobody has said yet"
    return f"{each.precision:.0%} ({each.low:.0%} to {each.high:.0%}), n = {each.n}"


def silent(found: Iterable[Figures]) -> Iterator[str]:
    """How many terms found nothing, of how many sightings: a zero is told with what it is a zero of."""
    nothing = Counter(each.sightings for each in found if not each.hits)
    for sightings, terms in sorted(nothing.items(), reverse=True):
        yield (f"{terms} terms: 0 hits in {sightings} sightings" if sightings else f"{terms} terms: no sighting yet")


def show_compared(found: Sequence[Compared], *, take: bool) -> None:
    """Print how a list stands to what is known: the lines that are the same only by number."""
    telling = [each for each in found if each.finding is not Finding.SAME]
    rows = [(each.line, each.finding, each.term, each.language, each.because) for each in telling]
    table(("line", "", "term", "language", "because"), rows)
    count = Counter(each.finding for each in found)
    line(", ".join(f"{count[finding]} {finding}" for finding in Finding))
    if not take and any(count[finding] for finding in TAKEN):
        line("Nothing of it counts before: --take")
