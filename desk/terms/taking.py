"""Takes a list of terms into the workspace once it was held against ours: all of it, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors import UsageError
from config.term import Term
from desk.context import Desk
from desk.terms.comparing import TAKEN, Compared, Finding
from desk.terms.own import Deed, keep


@dataclass(frozen=True)
class Taking:
    """How a list is taken in."""

    by: str
    source: str = ""
    sure: bool = False  # with what is doubtful
    skip: bool = False  # without what cannot be read


def take(here: Desk, file: Path, rows: Sequence[Compared], how: Taking) -> int:
    """Take in what is new or changed in the list FILE, all of it or nothing; answer how many terms."""
    _readable(file, rows, how)
    kept = [each for each in rows if each.finding in TAKEN or (how.sure and each.finding is Finding.DOUBTFUL)]
    terms = [each.row for each in kept if each.row]
    if not how.source and any(term.source == Term.model_fields["source"].default for term in terms):
        raise UsageError("--source: say whose list it is; nothing was taken")
    if terms:
        deed = Deed(how.by, f"taken from {file.name}{f' ({how.source})' if how.source else ''}")
        keep(here, terms, deed, {each.row.key: each.note for each in kept if each.row})
    return len(terms)


def _readable(file: Path, rows: Sequence[Compared], how: Taking) -> None:
    """UsageError where lines of FILE cannot be read, and nobody said to leave them out."""
    faulty = [each for each in rows if each.finding is Finding.UNREADABLE]
    if faulty and not how.skip:
        raise UsageError(
            f"{file}: {len(faulty)} lines cannot be read, the first of them line {faulty[0].line}: "
            f"{faulty[0].because}. Mend them, or leave them out: --skip-unreadable; nothing was taken"
        )
