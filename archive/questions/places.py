"""The places where a photo or a text stands: listings, tips, other teams' bundles; which may be which again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.facts import Role
from archive.guests import guests
from archive.models import Listing, Sighting, Tip, TipExhibit, Visit, VisitExhibit
from archive.questions import titles
from archive.vault import Vault
from config.platform import AWAY, READ, Condition


class Kind(StrEnum):
    """What a photo or a text stands in."""

    LISTING = "listing"
    TIP = "tip"
    BUNDLE = "bundle"  # of another team


class Relisting(StrEnum):
    """Whether of two listings on one platform one may be the other again."""

    NO = ""
    LATER = "later"  # first seen after the one asked for, now gone, was last live
    EARLIER = "earlier"  # the reverse


@dataclass(frozen=True)
class Photo:
    """One picture that shows what another shows."""

    picture: str  # SHA-256 of the one asked for
    other: str  # SHA-256
    how: tuple[str, ...]  # identical; or any of mirrored, cropped, bordered; (): only written anew, or resized
    distance: int  # bits of phash256 that differ, of 256
    agreeing: float  # part of the detail that agrees, 0-1
    layout: bool = False  # perhaps only the layout of two screenshots: nobody has read the text in both


@dataclass(frozen=True)
class Place:
    """Where a photo, or a text, stands."""

    kind: Kind
    number: int  # of the listing or the tip; 0: a bundle that looks at several listings
    platform: str = ""
    key: str = ""
    url: str = ""
    title: str = ""
    first_seen: datetime | None = None  # UTC
    condition: Condition | None = None  # the latest that was read; None: none was
    last_live: datetime | None = None  # UTC
    photos: tuple[Photo, ...] = ()
    text: float = 0.0  # how like the titles are, 0-1; 0: not alike
    relisting: Relisting = Relisting.NO


def tips(session: Session, number: int) -> Sequence[int]:
    """The tips that name listing NUMBER."""
    return session.scalars(select(Tip.id).where(Tip.listing_id == number).order_by(Tip.id)).all()


def standing(vault: Vault, session: Session, name: str) -> set[tuple[Kind, int]]:
    """Kind and number of each place where the picture of that NAME stands."""
    looks = select(VisitExhibit.visit_id).where(VisitExhibit.sha256 == name, VisitExhibit.role == Role.PICTURE)
    listings = set(session.scalars(select(Visit.listing_id).where(Visit.id.in_(looks))))
    tips = set(session.scalars(select(TipExhibit.tip_id).where(TipExhibit.sha256 == name)))
    found = {*((Kind.LISTING, each) for each in listings), *((Kind.TIP, each) for each in tips)}
    if found:
        return found
    theirs = (each.listings for each in guests(session, vault.store) if name in each.files)
    return {(Kind.BUNDLE, next(iter(each)) if len(each) == 1 else 0) for each in theirs}


def place(session: Session, number: int) -> Place:
    """What is known of listing NUMBER."""
    listing = session.get_one(Listing, number)
    firsts = [session.scalar(select(func.min(t.at)).where(t.listing_id == number)) for t in (Sighting, Visit)]
    looks = select(Visit).where(Visit.listing_id == number).order_by(Visit.at.desc(), Visit.id.desc())
    read = [look for look in session.scalars(looks) if look.condition in READ]
    return Place(
        kind=Kind.LISTING,
        number=number,
        platform=listing.platform,
        key=listing.key,
        url=listing.url,
        title=titles.title(session, listing),
        first_seen=min((each for each in firsts if each), default=None),
        condition=read[0].condition if read else None,
        last_live=next((look.at for look in read if look.condition is Condition.LIVE), None),
    )


def relisting(asked: Place, other: Place) -> Relisting:
    """Whether one of two listings on one platform may be the other again, that has gone away."""
    if other.kind is not Kind.LISTING or asked.platform != other.platform:
        return Relisting.NO
    if _followed(asked, other):
        return Relisting.LATER
    return Relisting.EARLIER if _followed(other, asked) else Relisting.NO


def _followed(first: Place, then: Place) -> bool:
    """Whether FIRST has gone away, and THEN was first seen after it was last live."""
    if first.condition not in AWAY or first.last_live is None or then.first_seen is None:
        return False
    return then.first_seen > first.last_live
