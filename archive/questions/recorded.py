"""Which pages of a platform were kept last, as a browser showed them: to hold the platform's file against."""

from dataclasses import dataclass

from sqlalchemy import select

from archive.facts import Role
from archive.models import Listing, Query, QueryExhibit, Sweep, Visit, VisitExhibit
from archive.vault import Vault

MOST = 3  # looks at listings; a search page is kept only where it is a result of its own


@dataclass(frozen=True)
class Recorded:
    """One page as it was kept."""

    url: str
    final_url: str
    status: int
    body: bytes
    term: str = ""  # that was searched; "" for a listing


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
