"""What a coordinator asks: how much was looked at, what could not be seen, and what became of the listings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from archive.facts import Capture, Ended, Outcome, Stage
from archive.models import Demand, Listing, Notice, Query, Sighting, Step, Sweep, SweepEnd, Tip, Visit
from archive.pause import Pause
from archive.questions.checks import Look, Watched, watched
from archive.vault import Vault
from config.platform import AWAY, READ, Cause, Condition

ANSWERED = (Outcome.HITS, Outcome.CONFIRMED_ZERO, Outcome.BANNED_TERM_NOTICE)  # the other searches saw nothing
OPEN = "open"  # a sweep without an end: under way, or cut off
LATER = aliased(Step)
WITHDRAWN = select(LATER.notice_id).where(LATER.what == Stage.WITHDRAWN)
APPROVED = and_(Step.what == Stage.APPROVED, Step.notice_id.not_in(WITHDRAWN))  # a draft demands nothing of anybody
DEMANDED = select(Demand.listing_id).join(Step, Step.notice_id == Demand.notice_id).where(APPROVED)
WANTED = or_(  # listings to look at: those with a suspect card, and those that people brought
    Listing.id.in_(select(Sighting.listing_id).where(Sighting.suspect)),
    Listing.id.in_(select(Tip.listing_id).where(Tip.listing_id.is_not(None), Tip.said != "")),
)


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
    states: dict[str, int]  # what the last look said -> number of listings, of those that it could read
    unknown: int  # listings whose last look did not see the page: neither live nor gone
    waiting: int  # listings, suspect or brought by people, that were never looked at
    letters: int  # approved, and not withdrawn
    demanded: int  # listings named in such a letter
    reread: int  # demanded listings whose last look came after the approval and saw the page
    gone_after: int  # of those: gone now

    @property
    def refused(self) -> int:
        """How many search pages the platform refused: answered, but nothing was seen."""
        return self.queries.get(Outcome.BANNED_TERM_NOTICE, 0)


@dataclass(frozen=True)
class Named:
    """A letter that names a listing."""

    number: str
    stage: Stage


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
    letters: tuple[Named, ...]  # in the order they were drafted
    unread_at: datetime | None  # UTC: the last look, if it did not see the page; the listing may be back


@dataclass(frozen=True)
class Unseen:
    """Something that was asked for and could not be seen."""

    platform: str
    what: str  # search (one page of results), sweep (what was left of it), listing (its page, at the last look)
    about: str  # the term, or the listing's title; "" for a sweep
    page: int | None  # of a search, from 1
    url: str
    outcome: str  # an Outcome, an Ended or `open`, a Condition
    because: str
    at: datetime  # UTC


def counts(vault: Vault, platforms: Sequence[str] = ()) -> list[Counts]:
    """One Counts for each of PLATFORMS, or else for each that the archive knows anything of, by name."""
    looked_at = watched(vault, platforms)
    with vault.reading() as session:
        known = set(session.scalars(select(Sweep.platform))) | set(session.scalars(select(Listing.platform)))
        names = sorted(set(platforms) or known)
        return [_counts(session, name, [each for each in looked_at if each.platform == name]) for name in names]


def _counts(session: Session, platform: str, looked_at: Sequence[Watched]) -> Counts:
    here = Listing.platform == platform
    seen = [each.looks[-1] for each in looked_at if each.looks[-1].condition in READ]
    asked = _asked(session)
    reread = [each for each in looked_at if _reread(each, asked)]
    sightings = select(func.count(Sighting.id)).join(Listing).where(here)
    suspects = select(func.count(func.distinct(Sighting.listing_id))).join(Listing).where(here, Sighting.suspect)
    listings = select(func.count(Listing.id)).where(here)
    letters = select(func.count(Notice.id)).join(Step).where(APPROVED)
    return Counts(
        platform=platform,
        sweeps=_count(session, select(func.count()).select_from(Sweep).where(Sweep.platform == platform)),
        queries=_queries(session, platform),
        sightings=_count(session, sightings),
        suspect_sightings=_count(session, sightings.where(Sighting.suspect)),
        listings=_count(session, listings),
        suspects=_count(session, suspects),
        looks=sum(len(each.looks) for each in looked_at),
        captures=sum(look.capture is Capture.COMPLETE for each in looked_at for look in each.looks),
        states=dict(Counter(str(look.condition) for look in seen)),
        unknown=len(looked_at) - len(seen),
        waiting=_count(session, listings.where(WANTED, Listing.id.not_in(select(Visit.listing_id)))),
        letters=_count(session, letters.where(Notice.platform == platform)),
        demanded=_count(session, listings.where(Listing.id.in_(DEMANDED))),
        reread=len(reread),
        gone_after=sum(each.not_seen_since is not None for each in reread),
    )


def _queries(session: Session, platform: str) -> dict[str, int]:
    outcomes = select(Query.outcome, func.count()).join(Sweep).where(Sweep.platform == platform)
    return {str(key): number for key, number in session.execute(outcomes.group_by(Query.outcome))}


def _asked(session: Session) -> dict[int, datetime]:
    """When the first letter that demands a listing was approved, for each such listing."""
    first = DEMANDED.add_columns(func.min(Step.at)).group_by(Demand.listing_id)
    return dict(session.execute(first).all())


def _reread(each: Watched, asked: dict[int, datetime]) -> bool:
    last = each.looks[-1]
    return last.condition in READ and last.at > asked.get(each.listing_id, last.at)


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


def _away(each: Watched, latest: Look, last_live: Look, letters: Sequence[Named]) -> Away:
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
        unread_at=None if each.looks[-1] is latest else each.looks[-1].at,
    )


def _named(session: Session) -> dict[int, list[Named]]:
    stages = dict(session.execute(select(Step.notice_id, Step.what).order_by(Step.id)).all())
    named: dict[int, list[Named]] = {}
    for demand, number in session.execute(select(Demand, Notice.number).join(Notice).order_by(Notice.id)):
        named.setdefault(demand.listing_id, []).append(Named(number, stages[demand.notice_id]))
    return named


def unseen(vault: Vault, platforms: Sequence[str] = ()) -> list[Unseen]:
    """Everything that was asked for and could not be seen, newest first."""
    with vault.reading() as session:
        found = [*_sweeps(session), *_searches(session)]
    found += [_page(each, each.looks[-1]) for each in watched(vault) if each.looks[-1].condition not in READ]
    here = (each for each in found if not platforms or each.platform in platforms)
    return sorted(here, key=lambda each: each.at, reverse=True)


def _searches(session: Session) -> list[Unseen]:
    wanted = select(Query, Sweep.platform).join(Sweep).where(Query.outcome.not_in(ANSWERED)).order_by(Query.id.desc())
    return [
        Unseen(platform, "search", row.term, row.page, row.url, str(row.outcome), row.because, row.at)
        for row, platform in session.execute(wanted)
    ]


def _sweeps(session: Session) -> list[Unseen]:
    """The sweeps that did not come to their end."""
    wanted = select(Sweep, SweepEnd).outerjoin(SweepEnd, SweepEnd.sweep_id == Sweep.id).order_by(Sweep.id.desc())
    cut = [(row, end) for row, end in session.execute(wanted) if end is None or end.outcome is not Ended.COMPLETE]
    waits = {row.sweep_id: f"it waits for a person: {row.because}" for row in session.scalars(select(Pause))}
    still = "it has no end yet"
    ends = (
        (
            row.platform,
            (str(end.outcome), end.because, end.at) if end else (OPEN, waits.get(row.id, still), row.started),
        )
        for row, end in cut
    )
    return [Unseen(platform, "sweep", "", None, "", *end) for platform, end in ends]


def _page(each: Watched, last: Look) -> Unseen:
    title = next((look.title for look in reversed(each.looks) if look.title), each.key)
    return Unseen(each.platform, "listing", title, None, each.url, str(last.condition), last.because, last.at)
