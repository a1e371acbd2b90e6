"""What a coordinator asks: how much was looked at, what could not be seen, and what became of the listings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from archive.facts import Capture
from archive.models import Demand, Listing, Notice, Query, Sighting, Sweep
from archive.questions.checks import AWAY, Look, Watched, watched
from archive.vault import Vault
from config.platform import Cause, Condition


@dataclass(frozen=True)
class Counts:
    """What the archive holds of one platform. `listings` counts each once, `sightings` each card of a search."""

    platform: str
    sweeps: int
    queries: dict[str, int]  # outcome -> number of search pages
    sightings: int
    suspect_sightings: int
    listings: int
    suspects: int  # listings
    looks: int
    captures: int  # looks of which everything was kept
    states: dict[str, int]  # what the latest readable look said -> number of listings looked at; "" = never read
    letters: int
    demanded: int  # listings named in a letter


@dataclass(frozen=True)
class Away:
    """A listing that was read live and, at the latest readable look, was not live any more."""

    listing_id: int
    platform: str
    key: str
    url: str
    title: str
    condition: Condition
    cause: Cause | None
    because: str
    reason: str  # the platform's own words
    last_live: datetime  # UTC
    found: datetime  # UTC: the first look that did not read live any more
    letters: tuple[str, ...]  # the numbers of the letters that named it


def counts(vault: Vault, platforms: Sequence[str] = ()) -> list[Counts]:
    """One Counts for each platform that the archive knows anything of, or that is named."""
    looked_at = watched(vault, platforms)
    with vault.reading() as session:
        known = set(session.scalars(select(Sweep.platform))) | set(session.scalars(select(Listing.platform)))
        chosen = [name for name in sorted(known) if not platforms or name in platforms]
        return [_counts(session, name, [each for each in looked_at if each.platform == name]) for name in chosen]


def _counts(session: Session, platform: str, looked_at: Sequence[Watched]) -> Counts:
    outcomes = select(Query.outcome, func.count()).join(Sweep).where(Sweep.platform == platform)
    suspects = select(func.count(func.distinct(Sighting.listing_id))).join(Listing)
    letters = select(func.count()).select_from(Notice).where(Notice.platform == platform)
    demanded = select(func.count(func.distinct(Demand.listing_id))).join(Listing)
    here = Listing.platform == platform
    looks = [look for each in looked_at for look in each.looks]
    return Counts(
        platform=platform,
        sweeps=_count(session, select(func.count()).select_from(Sweep).where(Sweep.platform == platform)),
        queries={str(key): number for key, number in session.execute(outcomes.group_by(Query.outcome)).tuples()},
        sightings=_count(session, select(func.count(Sighting.id)).join(Listing).where(here)),
        suspect_sightings=_count(
            session, select(func.count(Sighting.id)).join(Listing).where(here, Sighting.suspect)
        ),
        listings=_count(session, select(func.count()).select_from(Listing).where(here)),
        suspects=_count(session, suspects.where(here, Sighting.suspect)),
        looks=len(looks),
        captures=sum(look.capture is Capture.COMPLETE for look in looks),
        states=dict(Counter(str(each.latest.condition) if each.latest else "" for each in looked_at)),
        letters=_count(session, letters),
        demanded=_count(session, demanded.where(here)),
    )


def _count(session: Session, question: Select[int]) -> int:
    return session.scalars(question).one()


def away(vault: Vault, platforms: Sequence[str] = ()) -> list[Away]:
    """The listings that went away, by id. A wall or an unread page makes none."""
    with vault.reading() as session:
        named = _named(session)
    return [
        _away(each, each.latest, each.last_live, named.get(each.listing_id, ()))
        for each in watched(vault, platforms)
        if each.latest and each.last_live and each.latest.condition in AWAY
    ]


def _away(each: Watched, latest: Look, last_live: Look, letters: Sequence[str]) -> Away:
    since = [look for look in each.looks if look.condition in AWAY and look.at >= last_live.at]
    return Away(
        listing_id=each.listing_id,
        platform=each.platform,
        key=each.key,
        url=each.url,
        title=last_live.title,
        condition=latest.condition,
        cause=latest.cause,
        because=latest.because,
        reason=latest.reason,
        last_live=last_live.at,
        found=since[0].at,
        letters=tuple(letters),
    )


def _named(session: Session) -> dict[int, list[str]]:
    named: dict[int, list[str]] = {}
    for listing, number in session.execute(select(Demand.listing_id, Notice.number).join(Notice).order_by(Notice.id)):
        named.setdefault(listing, []).append(number)
    return named
