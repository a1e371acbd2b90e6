"""What the archive knows of terms: what became of them, what they found, and in which titles trade was confirmed."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.facts import Decision
from archive.models import Sighting, TermChange, Verdict
from archive.vault import Vault
from config.fold import folded
from config.term import Key

CONFIRMED = frozenset({Decision.ILLEGAL, Decision.SUSPECT, Decision.REFER})
REFUTED = frozenset({Decision.LAWFUL, Decision.UNRELATED})


@dataclass(frozen=True)
class Change:
    """One change of one of the workspace's own terms."""

    at: datetime  # UTC
    by: str
    what: str
    language: str
    term: str
    why: str
    content: dict[str, Any]  # the row from then on; {}: it was taken out, or its words were erased

    @property
    def key(self) -> Key:
        """Whose change it is."""
        return self.language, folded(self.term)


@dataclass
class Hits:
    """What one term found."""

    sightings: int = 0
    first: datetime | None = None  # UTC
    listings: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Title:
    """What one or more listings were called, and whether any of them was confirmed, or else refuted."""

    text: str
    listings: tuple[int, ...]
    confirmed: bool
    refuted: bool


def changes(vault: Vault) -> list[Change]:
    """Every change, in order."""
    with vault.reading() as session:
        return [
            Change(row.at, row.by, row.what, row.language, row.term, row.why, _content(row))
            for row in session.scalars(select(TermChange).order_by(TermChange.id))
        ]


def standing(vault: Vault) -> dict[Key, Change]:
    """The newest change of each term."""
    return {each.key: each for each in changes(vault)}


def _content(row: TermChange) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(row.content) if row.content else {}
    return said


def hits(vault: Vault) -> tuple[dict[str, Hits], list[datetime]]:
    """What each term found, by its folded word; and when each sighting that can still be read was made, in order."""
    found: dict[str, Hits] = defaultdict(Hits)
    moments: list[datetime] = []
    with vault.reading() as session:
        wanted = select(Sighting.listing_id, Sighting.at, Sighting.matches).where(Sighting.title != "")
        for listing, at, matches in session.execute(wanted.order_by(Sighting.at, Sighting.id)):
            moments.append(at)
            for word in {folded(match["term"]) for match in matches}:
                _hit(found[word], listing, at)
    return dict(found), moments


def _hit(hit: Hits, listing: int, at: datetime) -> None:
    hit.sightings += 1
    hit.first = hit.first or at
    hit.listings.add(listing)


def settled(vault: Vault, reviewers: int) -> dict[int, Decision]:
    """What REVIEWERS different people agree on, by listing; one on which they do not is left out."""
    with vault.reading() as session:
        return _settled(session, reviewers)


def _settled(session: Session, reviewers: int) -> dict[int, Decision]:
    said: dict[int, dict[str, Decision]] = defaultdict(dict)
    for listing, by, decision in session.execute(
        select(Verdict.listing_id, Verdict.by, Verdict.decision).order_by(Verdict.id)
    ):
        said[listing][by] = decision
    return {
        listing: next(iter(each.values()))
        for listing, each in said.items()
        if len(set(each.values())) == 1 and len(each) >= reviewers
    }


def titles(vault: Vault, reviewers: int) -> list[Title]:
    """Every title that was seen on a card, once however many listings bear it (in any width or case)."""
    with vault.reading() as session:
        verdicts = _settled(session, reviewers)
        rows = session.execute(select(Sighting.title, Sighting.listing_id).where(Sighting.title != "").distinct())
        borne: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for title, listing in sorted((title, listing) for title, listing in rows):
            borne[" ".join(folded(title).split())].append((title, listing))
    return [_title(same, verdicts) for same in borne.values()]


def _title(same: Iterable[tuple[str, int]], verdicts: dict[int, Decision]) -> Title:
    texts, listings = zip(*same, strict=True)
    said = {verdicts.get(listing) for listing in listings}
    confirmed = bool(said & CONFIRMED)
    return Title(texts[0], tuple(sorted(set(listings))), confirmed, not confirmed and bool(said & REFUTED))
