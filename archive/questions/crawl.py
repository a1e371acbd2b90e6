"""What a crawl asks of the archive: a sweep that was cut off, and what its searches brought."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from archive.facts import Ended, How, Outcome
from archive.models import Query, Sighting, Sweep, SweepEnd
from archive.vault import Vault

WALLS = (Outcome.LOGIN_WALL, Outcome.CHALLENGE)  # which a person can deal with


@dataclass(frozen=True)
class Open:
    """A sweep that has no end yet."""

    id: int
    last: datetime  # UTC: its last sign of life
    put_off: bool  # its last search was, by our manners, by the site, or by a wall
    config_hash: str


@dataclass(frozen=True)
class Answered:
    """One search page of a sweep, as it was kept."""

    platform: str
    sweep: int
    term: str
    page: int
    url: str
    outcome: Outcome
    because: str
    cards: int
    suspects: int
    at: datetime  # UTC


def open_sweeps(vault: Vault, platform: str, how: How = How.ROBOT) -> list[Open]:
    """The sweeps of PLATFORM that were begun and not ended, newest first: the robot's, or those of another HOW."""
    ours = Sweep.platform == platform, Sweep.how == how, Sweep.id.not_in(select(SweepEnd.sweep_id))
    wanted = select(Sweep).where(*ours).order_by(Sweep.id.desc())
    with vault.reading() as session:
        return [_open(session, row) for row in session.scalars(wanted)]


def _open(session: Session, row: Sweep) -> Open:
    last = session.scalars(select(Query).where(Query.sweep_id == row.id).order_by(Query.id.desc()).limit(1)).first()
    put_off = last is not None and last.outcome in (Outcome.POSTPONED, *WALLS)
    return Open(row.id, last.at if last else row.started, put_off, row.config_hash)


def let_in(vault: Vault, sweep_id: int, canary: str) -> bool:
    """Whether the sweep's CANARY has brought cards before."""
    wanted = select(Query.id).where(Query.sweep_id == sweep_id, Query.term == canary, Query.outcome == Outcome.HITS)
    with vault.reading() as session:
        return session.scalars(wanted.limit(1)).first() is not None


def done(vault: Vault, platform: str, config_hash: str, since: datetime) -> bool:
    """Whether a sweep of PLATFORM that asked the same has come to its end SINCE then, and got more than failures."""
    ours = Sweep.platform == platform, Sweep.config_hash == config_hash, SweepEnd.at >= since
    ended = select(SweepEnd.sweep_id).join(Sweep).where(*ours, SweepEnd.outcome != Ended.ABANDONED)
    answered = select(Query.id).where(Query.sweep_id.in_(ended), Query.outcome != Outcome.FAILED)
    with vault.reading() as session:
        return session.scalars(answered.limit(1)).first() is not None


def shut_out(vault: Vault) -> dict[str, tuple[datetime, str]]:
    """The platforms that did not let in the sweep that asked them last: since when (UTC), and why.

    None where another was begun since, be it by a person.
    """
    later = aliased(Sweep)
    since = select(later.id).where(later.platform == Sweep.platform, later.started >= SweepEnd.at).exists()
    newest = select(func.max(Query.id)).join(Sweep).group_by(Sweep.platform)
    asked = select(Query.sweep_id).where(Query.id.in_(newest))
    wanted = select(Sweep.platform, SweepEnd).join(SweepEnd).where(Sweep.id.in_(asked))
    with vault.reading() as session:
        out = wanted.where(SweepEnd.outcome == Ended.NOT_LET_IN, ~since).order_by(Sweep.platform)
        return {platform: (end.at, end.because) for platform, end in session.execute(out)}


def end_of(vault: Vault, sweep_id: int) -> tuple[Ended, str] | None:
    """How the sweep ended and why; None while it is open."""
    with vault.reading() as session:
        row = session.get(SweepEnd, sweep_id)
        return (row.outcome, row.because) if row else None


def answers(vault: Vault, sweep_id: int) -> list[Answered]:
    """Every search page of the sweep, in the order they were asked."""
    suspects = func.coalesce(func.sum(func.cast(Sighting.suspect, Sighting.rank.type)), 0)
    wanted = (
        select(Query, Sweep.platform, suspects)
        .join(Sweep)
        .outerjoin(Sighting, Sighting.query_id == Query.id)
        .where(Query.sweep_id == sweep_id)
        .group_by(Query.id, Sweep.platform)
        .order_by(Query.id)
    )
    with vault.reading() as session:
        return [
            Answered(
                platform=platform,
                sweep=query.sweep_id,
                term=query.term,
                page=query.page,
                url=query.url,
                outcome=query.outcome,
                because=query.because,
                cards=query.cards,
                suspects=count,
                at=query.at,
            )
            for query, platform, count in session.execute(wanted)
        ]
