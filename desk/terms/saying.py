"""What the commands on terms print of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import typer

from archive.rows.term import Changed
from config.reading import shown
from config.term import Placed, unseen_in
from desk.context import Desk
from desk.show import line, objects, table
from desk.terms import adding, doubting
from desk.terms.comparing import TAKEN, Compared, Finding
from desk.terms.figures import Figures
from desk.terms.queue import Proposed
from desk.terms.slang import Candidate
from desk.terms.suggesting import Suggested

MOST = 30  # candidates that are shown; JSON has all


def facts(each: Placed) -> dict[str, Any]:
    """A term as JSON says it: its row, since when, and the file that it stands in."""
    return each.term.model_dump(mode="json") | {"since": each.since, "file": shown(each.file)}


def short(each: Placed) -> tuple[object, ...]:
    """A term's first cells in a table."""
    term = each.term
    return term.term, term.language, term.kind, term.species, term.ambiguity, term.status


def lost(here: Desk, before: Placed, done: list[Changed]) -> list[str]:
    """What is not found any more since DONE was done to the term BEFORE, in sentences."""
    return [said for each in done if each.now for said in doubting.lost(here, before, each.now)]


def unseen(word: str) -> None:
    """Say which signs of WORD were left out, since nobody sees them."""
    if signs := unseen_in(word):
        typer.echo(f"Taken without {', '.join(signs)}, which nobody sees.", err=True)


def tell(done: list[Changed], *, as_json: bool, also: Iterable[str] = ()) -> None:
    """Print what was DONE; for a reader ALSO what follows from it."""
    if as_json:
        objects(adding.told(each) for each in done)
        return
    for each in done:
        kind = f", {each.now.kind}" if each.now else ""
        line(f"{each.what}: {each.term} ({each.language}{kind})")
    for text in also:
        line(text)


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


def show_suggested(queue: Sequence[Proposed], found: Suggested, least: int) -> None:
    """Print the queue, and the words that stand in LEAST or more confirmed titles."""
    waiting = [(each.term, each.language, each.kind, each.since or "", each.by, each.why) for each in queue]
    table(("term", "language", "kind", "since", "by", "why"), waiting, f"{len(queue)} in the queue")
    if not found.confirmed:
        line("No title is confirmed yet, so none suggests anything. First: wildfree review")
        return
    whole = f"{found.confirmed} confirmed titles and {found.others} others"
    if not found.candidates:
        line(f"No word stands in {least} or more of {whole} often enough to be told from chance.")
        return
    rows = map(_candidate_row, found.candidates[:MOST])
    table(("word", "confirmed", "others", "G²", "as in"), rows, f"Suggested by {whole}")
    if len(found.candidates) > MOST:
        line(f"... and {len(found.candidates) - MOST} less telling ones")


def _candidate_row(each: Candidate) -> tuple[object, ...]:
    confirmed, others = f"{each.confirmed} of {each.of_confirmed}", f"{each.others} of {each.of_others}"
    return each.word, confirmed, others, each.ratio, " / ".join(each.examples)
