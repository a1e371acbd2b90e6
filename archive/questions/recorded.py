"""Which pages were kept last: of a platform, to hold its file against; of a listing, to read again what it says."""

from dataclasses import dataclass

from sqlalchemy import case, select

from archive.facts import Role
from archive.models import Listing, Query, QueryExhibit, Sweep, Visit, VisitExhibit
from archive.vault import Vault
from config.platform import Condition

MOST = 3  # looks at listings; a search page is kept only where it is a result of its own


@dataclass(frozen=True)
class Recorded:
    """One page as it was kept."""

    url: str
    final_url: str
    status: int
    body: bytes
    term: str = ""  # that was searched; "" for a listing


def live(vault: Vault, listing: int) -> Recorded | None:
    """The page of LISTING, by number, as it last read live, as a browser drew it if one did; None: none was kept."""
    pages = {Role.DOM: 0, Role.PAYLOAD: 1}
    looks = (
        select(Visit.url, Visit.final_url, Visit.status, VisitExhibit.sha256)
        .join(VisitExhibit, VisitExhibit.visit_id == Visit.id)
        .where(Visit.listing_id == listing, Visit.condition == Condition.LIVE, VisitExhibit.role.in_(pages))
        .order_by(Visit.at.desc(), Visit.id.desc(), case(pages, value=VisitExhibit.role))
        .limit(1)
    )
    with vault.reading() as session:
        row = session.execute(looks).first()
    return Recorded(row.url, row.final_url, row.status or 0, vault.store.read(row.sha256)) if row else None


def latest(vault: Vault, platform: str) -> list[Recorded]:
    """The last listings' pages of PLATFORM, and the last search page if any was kept, the newest first."""
    looks = (
        select(Visit.url, Visit.final_url, Visit.status, VisitExhibit.sha256)
        .join(VisitExhibit, VisitExhibit.visit_id == Visit.id)
        .join(Listing, Listing.id == Visit.listing_id)
        .where(Listing.platform == platform, VisitExhibit.role == Role.DOM, Visit.status.is_not(None))
        .order_by(Visit.at.desc(), Visit.id.desc())
        .limit(MOST)
    )
    searches = (
        select(Query.url, Query.term, QueryExhibit.sha256)
        .join(QueryExhibit, QueryExhibit.query_id == Query.id)
        .join(Sweep, Sweep.id == Query.sweep_id)
        .where(Sweep.platform == platform, QueryExhibit.role == Role.DOM)
        .order_by(Query.at.desc(), Query.id.desc())
        .limit(1)
    )
    with vault.reading() as session:
        asked = [(row.url, row.url, 200, row.sha256, row.term) for row in session.execute(searches)]
        seen = [(row.url, row.final_url, row.status or 0, row.sha256, "") for row in session.execute(looks)]
    read = vault.store.read
    return [Recorded(url, last, status, read(sha256), term) for url, last, status, sha256, term in asked + seen]
