"""Rows for what became of a workspace's own terms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import rfc8785
from sqlalchemy.orm import Session

from archive.intake import Rows
from archive.models import TermChange
from config.term import IN_USE, Status, Term


class What(StrEnum):
    """What became of a term; stored and printed as spelt here."""

    PROPOSED = "proposed"  # put into the queue
    ACCEPTED = "accepted"  # taken from the queue into use
    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"
    REMOVED = "removed"  # its row is in none of the workspace's files any more


@dataclass(frozen=True)
class Changed:
    """One change of one term: how it stood before, and what its row says now."""

    language: str
    term: str
    was: Status | None  # here, be it a shipped one or our own; None: it was not known
    now: Term | None  # None: its row was taken out
    by: str
    at: datetime  # UTC
    why: str

    @property
    def what(self) -> What:
        """What became of the term."""
        if self.now is None:
            return What.REMOVED
        if self.now.status is not self.was and self.now.status in BECAME:
            return BECAME[self.now.status]
        if self.was is Status.PROPOSED and self.now.status in IN_USE:
            return What.ACCEPTED
        return What.CHANGED if self.was else What.ADDED


BECAME = {Status.PROPOSED: What.PROPOSED, Status.RETIRED: What.RETIRED}


def changed(changes: Iterable[Changed]) -> Rows[None]:
    """One row for each of CHANGES."""

    def write(session: Session, _: Sequence[str]) -> None:
        for each in changes:
            row = TermChange(at=each.at, by=each.by, language=each.language, term=each.term, why=each.why)
            row.what = str(each.what)
            row.content = content(each.now) if each.now else ""
            session.add(row)
            session.flush()

    return write


def content(term: Term) -> str:
    """TERM's row as canonical JSON (RFC 8785)."""
    return rfc8785.dumps(term.model_dump(mode="json")).decode()
