"""What is known of each listing's page: the looks at it, and what the latest one that could be read said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.facts import Capture
from archive.models import Listing, Visit
from archive.vault import Vault
from config.platform import READ, Cause, Condition


@dataclass(frozen=True)
class Look:
    """One look at a listing's page."""

    id: int
    at: datetime  # UTC
    condition: Condition
    cause: Cause | None
    because: str
    reason: str  # the platform's own words
    title: str
    capture: Capture


@dataclass(frozen=True)
class Watched:
    """A listing that has been looked at, with its looks in order of time; there is at least one."""

    listing_id: int
    platform: str
    key: str
    url: str
    looks: tuple[Look, ...]

    @property
    def latest(self) -> Look | None:
        """The latest look that saw the page itself; None if none ever did."""
        return next((look for look in reversed(self.looks) if look.condition in READ), None)

    @property
    def last_live(self) -> Look | None:
        """The latest look that read live."""
        return next((look for look in reversed(self.looks) if look.condition is Condition.LIVE), None)

    def before(self, look: Look) -> Condition | None:
        """What the latest readable look before LOOK found; None if there was none."""
        earlier = (each for each in reversed(self.looks) if each.id < look.id and each.condition in READ)
        return next((each.condition for each in earlier), None)

    @property
    def not_seen_since(self) -> datetime | None:
        """When it was last read live, if the latest readable look found it gone; a wall never makes this true."""
        gone = self.latest is not None and self.latest.condition is Condition.GONE
        return self.last_live.at if gone and self.last_live else None


def watched(vault: Vault, platforms: Sequence[str] = ()) -> list[Watched]:
    """Every listing that was looked at, by id; of PLATFORMS only, if any are named."""
    wanted = select(Listing).where(Listing.id.in_(select(Visit.listing_id))).order_by(Listing.id)
    if platforms:
        wanted = wanted.where(Listing.platform.in_(platforms))
    with vault.reading() as session:
        listings = session.scalars(wanted).all()
        looks = _looks(session, [listing.id for listing in listings])
        return [
            Watched(listing.id, listing.platform, listing.key, listing.url, tuple(looks[listing.id]))
            for listing in listings
        ]


def _looks(session: Session, listings: Iterable[int]) -> dict[int, list[Look]]:
    looks: dict[int, list[Look]] = {listing: [] for listing in listings}
    for row in session.scalars(select(Visit).order_by(Visit.at, Visit.id)):
        if row.listing_id in looks:
            look = Look(row.id, row.at, row.condition, row.cause, row.because, row.reason, row.title, row.capture)
            looks[row.listing_id].append(look)
    return looks


def newest(vault: Vault) -> int:
    """The id of the latest look kept; 0 where there is none. Looks kept later have higher ones."""
    with vault.reading() as session:
        return session.scalar(select(func.max(Visit.id))) or 0
