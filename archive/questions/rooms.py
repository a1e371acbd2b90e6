"""What the live rooms that were looked at had in their shop windows."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from archive.facts import Role
from archive.models import Listing, Visit, VisitExhibit
from archive.vault import Vault


@dataclass(frozen=True)
class Good:
    """One thing in a shop window, as the room's page named it."""

    key: str
    url: str
    title: str


@dataclass(frozen=True)
class Window:
    """The shop window of a live room at one look."""

    listing_id: int  # of the room
    platform: str
    at: datetime  # UTC
    goods: tuple[Good, ...]


def windows(vault: Vault) -> list[Window]:
    """Every shop window that a look has kept, in order of time; none that was erased."""
    wanted = (
        select(Listing.id, Listing.platform, Visit.at, VisitExhibit.sha256)
        .join(Visit, Visit.listing_id == Listing.id)
        .join(VisitExhibit, VisitExhibit.visit_id == Visit.id)
        .where(VisitExhibit.role == Role.METADATA)
        .order_by(Visit.id, VisitExhibit.position)
    )
    with vault.reading() as session:
        rows = session.execute(wanted).all()
    there = (row for row in rows if vault.store.path(row[3]).exists())
    return [
        Window(listing, platform, at, _goods(vault.store.read(sha256))) for listing, platform, at, sha256 in there
    ]


def _goods(said: bytes) -> tuple[Good, ...]:
    return tuple(Good(each["key"], each["url"], each["title"]) for each in json.loads(said)["items"])
