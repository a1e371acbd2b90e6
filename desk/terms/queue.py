"""The queue of new slang: words that somebody met, and that wait to be accepted or turned down."""

from dataclasses import dataclass
from datetime import date

from archive.questions import terms as questions
from config.term import Kind, Status
from desk.context import Desk
from desk.terms.own import by_key


@dataclass(frozen=True)
class Proposed:
    """A word in the queue of new slang."""

    term: str
    language: str
    kind: Kind
    species: str
    since: date | None
    by: str
    why: str


def queue(here: Desk) -> list[Proposed]:
    """The words that wait to be accepted or turned down, as they came."""
    said = questions.standing(here.vault)
    waiting = [each.term for each in by_key(here).values() if each.term.status is Status.PROPOSED]
    return [
        Proposed(t.term, t.language, t.kind, t.species, t.since, said[t.key].by, said[t.key].why)
        for t in waiting
        if t.key in said
    ]
