"""Which listings' titles say the same in nearly the same words, whatever the disguise."""

import re
from collections.abc import Iterator
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.models import Listing, Sighting, Visit
from config.fold import folded

ENOUGH = 6  # parts of a title that tell it from others: 象牙手镯 alone has three, and many sell it
SHARE = 0.6  # of the parts of two titles together, that both have
WORD = re.compile(r"[^\W_]+")
HAN = re.compile(r"[\u3400-\u9fff]")


def parts(title: str) -> frozenset[str]:
    """The pairs of Chinese characters, and the words of other scripts, in TITLE."""
    return frozenset(part for run in WORD.findall(folded(title)) for part in _split(run))


def _split(run: str) -> Iterator[str]:
    if HAN.search(run):
        yield from ("".join(pair) for pair in pairwise(run))
    else:
        yield run


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Which part of what stands in either stands in both, 0-1; 0 where either says too little."""
    if min(len(one), len(other)) < ENOUGH:
        return 0.0
    return len(one & other) / len(one | other)


def contained(one: frozenset[str], other: frozenset[str]) -> float:
    """Which part of the shorter of two texts stands in the other, 0-1."""
    return len(one & other) / max(min(len(one), len(other)), 1)


def alike(session: Session, title: str, but: int) -> dict[int, float]:
    """The listings, all BUT one, with a title like TITLE, and how like it is."""
    mine = parts(title)
    if len(mine) < ENOUGH:
        return {}
    found: dict[int, float] = {}
    for listing, other in _titles(session):
        share = likeness(mine, parts(other)) if listing != but else 0.0
        if share >= SHARE:
            found[listing] = max(share, found.get(listing, 0.0))
    return found


def _titles(session: Session) -> Iterator[tuple[int, str]]:
    """Every title that a listing has borne on a page or a card, once."""
    for table in (Visit, Sighting):
        wanted = select(table.listing_id, table.title).where(table.title != "").distinct()
        yield from ((listing, title) for listing, title in session.execute(wanted))


def title(session: Session, listing: Listing) -> str:
    """The newest title of LISTING: of its page, or else of a card; "" where none was read."""
    for table in (Visit, Sighting):
        wanted = select(table.title).where(table.listing_id == listing.id, table.title != "")
        if newest := session.scalars(wanted.order_by(table.at.desc(), table.id.desc())).first():
            return newest
    return ""
