"""What the archive knows of tips: who brought what, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.facts import Decision, Role
from archive.models import Exhibit, Listing, Tip, TipExhibit, Verdict, Visit
from archive.vault import Vault
from config.platform import Condition


@dataclass(frozen=True)
class Told:
    """One tip."""

    id: int
    at: datetime  # UTC
    by: str
    said: str  # "": erased
    note: str
    platform: str  # "": of none that has a file
    listing_id: int | None
    key: str  # of the listing; "": it names none
    url: str  # the listing's canonical address
    files: tuple[str, ...]  # SHA-256s, as they were brought
    condition: Condition | None  # what the newest look found; None: nobody looked
    decision: Decision | None  # what the newest verdict says


def tips(vault: Vault) -> list[Told]:
    """Every tip, in order."""
    with vault.reading() as session:
        files = _files(session)
        looks = dict(session.execute(select(Visit.listing_id, Visit.condition).order_by(Visit.id)).all())
        said = select(Verdict.listing_id, Verdict.decision).order_by(Verdict.id)
        verdicts = dict(session.execute(said).all())
        wanted = select(Tip, Listing).outerjoin(Listing, Tip.listing_id == Listing.id).order_by(Tip.id)
        return [
            Told(
                id=tip.id,
                at=tip.at,
                by=tip.by,
                said=tip.said,
                note=tip.note,
                platform=tip.platform,
                listing_id=tip.listing_id,
                key=listing.key if listing else "",
                url=listing.url if listing else "",
                files=tuple(files.get(tip.id, ())),
                condition=looks.get(tip.listing_id or 0),
                decision=verdicts.get(tip.listing_id or 0),
            )
            for tip, listing in session.execute(wanted)
        ]


def _files(session: Session) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    wanted = select(TipExhibit).where(TipExhibit.role == Role.TIP).order_by(TipExhibit.tip_id, TipExhibit.position)
    for each in session.scalars(wanted):
        found.setdefault(each.tip_id, []).append(each.sha256)
    return found


def shown(vault: Vault, number: int) -> list[tuple[str, str]]:
    """The files that people brought of listing NUMBER, in order: the SHA-256 and the media type of each."""
    wanted = (
        select(Exhibit.sha256, Exhibit.media_type)
        .join(TipExhibit, TipExhibit.sha256 == Exhibit.sha256)
        .join(Tip, Tip.id == TipExhibit.tip_id)
        .where(Tip.listing_id == number, Tip.said != "", TipExhibit.role == Role.TIP)
        .order_by(TipExhibit.tip_id, TipExhibit.position)
    )
    with vault.reading() as session:
        return list(dict.fromkeys((row.sha256, row.media_type) for row in session.execute(wanted)))


def of_listing(session: Session, number: int) -> tuple[set[str], set[str]]:
    """The files of the tips that name listing NUMBER, and those of all other tips that were not erased."""
    wanted = select(TipExhibit.sha256, Tip.listing_id, Tip.said).join(Tip, Tip.id == TipExhibit.tip_id)
    rows = session.execute(wanted).all()
    mine = {sha256 for sha256, listing, _ in rows if listing == number}
    return mine, {sha256 for sha256, listing, said in rows if listing != number and said}


def whose(session: Session, sha256: str) -> tuple[bool, set[int]]:
    """Whether a tip has the file SHA256, and the listings that such tips name."""
    wanted = select(Tip.listing_id).join(TipExhibit, TipExhibit.tip_id == Tip.id).where(TipExhibit.sha256 == sha256)
    found = session.scalars(wanted).all()
    return bool(found), {listing for listing in found if listing is not None}


def alone(session: Session, number: int) -> set[str]:
    """The files of tip NUMBER that no other has which was not erased."""
    wanted = select(TipExhibit.sha256, Tip.id, Tip.said).join(Tip, Tip.id == TipExhibit.tip_id)
    rows = session.execute(wanted).all()
    others = {sha256 for sha256, tip, said in rows if tip != number and said}
    return {sha256 for sha256, tip, _ in rows if tip == number} - others


def last(session: Session) -> dict[int, datetime]:
    """When the last tip on each listing was brought (UTC)."""
    wanted = select(Tip.listing_id, func.max(Tip.at)).where(Tip.listing_id.is_not(None)).group_by(Tip.listing_id)
    return {listing: at for listing, at in session.execute(wanted) if listing is not None}
