"""Which pictures are part of a platform's pages: they stand on so many listings that they make nothing alike."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.facts import Decision, Role
from archive.models import Listing, Verdict, Visit, VisitExhibit

FEW, LARGE = 5, 0.2  # listings, and part of a platform's: a picture on more is part of the pages
BAD = (Decision.ILLEGAL, Decision.SUSPECT)


@dataclass(frozen=True)
class Furniture:
    """A picture that stands on so many listings of a platform that it is taken for part of its pages."""

    picture: str  # SHA-256
    platform: str
    listings: int
    of: int  # the platform's listings with pictures


def furniture(session: Session, name: str) -> list[Furniture]:
    """The platforms of whose pages the picture of that NAME is part.

    It stands on more than FEW of their listings, and a LARGE part of them, and not most of these were found bad.
    """
    pictured = (
        select(Listing.platform, Listing.id, VisitExhibit.sha256)
        .join(Visit, Visit.listing_id == Listing.id)
        .join(VisitExhibit, VisitExhibit.visit_id == Visit.id)
        .where(VisitExhibit.role == Role.PICTURE)
        .subquery()
    )
    count = func.count(func.distinct(pictured.c.id))
    mine = select(pictured.c.platform, count).where(pictured.c.sha256 == name).group_by(pictured.c.platform)
    found = []
    for platform, listings in session.execute(mine.having(count > FEW)):
        of = session.scalars(select(count).where(pictured.c.platform == platform)).one()
        numbers = select(pictured.c.id).where(pictured.c.sha256 == name, pictured.c.platform == platform)
        bad = select(func.count(func.distinct(Verdict.listing_id)))
        bad = bad.where(Verdict.listing_id.in_(numbers), Verdict.decision.in_(BAD))
        if listings >= LARGE * of and 2 * session.scalars(bad).one() <= listings:
            found.append(Furniture(name, platform, listings, of))
    return found
