"""What the live rooms that were looked at had in their shop windows."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import select

from archive.facts import Role
from archive.models import Listing, Visit, VisitExhibit
from archive.store import FolderStore
from archive.vault import Vault
from config.errors import EvidenceError

LOG = logging.getLogger(__name__)


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
    """Every shop window that a look has kept, in order of time; none that was erased, or that cannot be read."""
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
    shown = ((row, goods) for row in there if (goods := _goods(vault.store, row[3])) is not None)
    return [Window(listing, platform, at, goods) for (listing, platform, at, _), goods in shown]


def _goods(store: FolderStore, sha256: str) -> tuple[Good, ...] | None:
    """What the window SHA256 shows; None where its exhibit is damaged, which `verify` tells: no work ends for it."""
    try:
        said = store.read(sha256)
    except EvidenceError as problem:
        _warn(f"{problem}. What a live room offered is left out. See: wildfree verify")
        return None
    return tuple(Good(each["key"], each["url"], each["title"]) for each in json.loads(said)["items"])


@cache
def _warn(words: str) -> None:
    """Say WORDS, once."""
    LOG.warning("%s", words)
