"""Rows for a letter and the steps of its life."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.facts import Drafted, Stage
from archive.intake import Rows
from archive.models import Demand, Notice, Step


def drafted(this: Drafted) -> Rows[int]:
    """A letter with its demands and its first step; answers the notice's id."""

    def write(session: Session, hashes: Sequence[str]) -> int:
        text, pdf, eml = hashes
        facts = {key: value for key, value in vars(this).items() if key not in ("at", "by", "asked")}
        notice = Notice(drafted_at=this.at, text_sha256=text, pdf_sha256=pdf, eml_sha256=eml, **facts)
        session.add(notice)
        session.flush()
        for asked in this.asked:
            session.add(Demand(notice_id=notice.id, **(vars(asked) | {"grounds": list(asked.grounds)})))
        session.add(Step(notice_id=notice.id, at=this.at, by=this.by, what=Stage.DRAFT, reference=""))
        return notice.id

    return write


def stepped(number: str, what: Stage, at: datetime, by: str, reference: str) -> Rows[None]:
    """A further step of the letter NUMBER; REFERENCE: see archive.models.Step."""

    def write(session: Session, _: Sequence[str]) -> None:
        notice = session.scalars(select(Notice).where(Notice.number == number)).one()
        session.add(Step(notice_id=notice.id, at=at, by=by, what=what, reference=reference))

    return write
