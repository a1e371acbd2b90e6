"""Rows for what a person says of a listing."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from archive.facts import Opinion
from archive.intake import Rows
from archive.models import Verdict


def said(this: Opinion) -> Rows[int]:
    """A verdict; answers its id. A person who thinks again adds another, and the later one counts."""

    def write(session: Session, _: Sequence[str]) -> int:
        row = Verdict(**vars(this))
        session.add(row)
        session.flush()
        return row.id

    return write
