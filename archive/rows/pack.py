"""Rows for packs of configuration: that one was made here, or taken, with what that changed of our terms."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from archive.intake import Rows
from archive.models import Act
from archive.pin import PACKED, TOOK_PACK, PackPin
from archive.rows.term import Changed, changed


def packed(this: PackPin, *, by: str, at: datetime, why: str) -> Rows[None]:
    """That THIS pack was made here."""

    def write(session: Session, _: Sequence[str]) -> None:
        session.add(Act(at=at, by=by, what=PACKED, subject=this.subject, why=why))

    return write


def took(this: PackPin, changes: Iterable[Changed], *, by: str, at: datetime, why: str) -> Rows[None]:
    """That THIS pack was taken, and what CHANGES it makes of terms."""

    def write(session: Session, hashes: Sequence[str]) -> None:
        session.add(Act(at=at, by=by, what=TOOK_PACK, subject=this.subject, why=why))
        changed(changes)(session, hashes)

    return write
