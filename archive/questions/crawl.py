"""What a crawl asks of the archive: a sweep that was cut off, and what its searches brought."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.facts import Ended, Outcome
from archive.models import Query, Sighting, Sweep, SweepEnd
from archive.vault import Vault


@dataclass(frozen=True)
class Open:
    """A sweep that has no end yet."""

    id: int
    last: datetime  # UTC: its last sign of life
    put_off: bool  # its last search was
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


def open_sweeps(vault: Vault, platform: str) -> list[Open]:
    """The sweeps of PLATFORM that were begun and not ended, newest first."""
    ended = select(SweepEnd.sweep_id)
    wanted = select(Sweep).where(Sweep.platform == platform, Sweep.id.not_in(ended)).order_by(Sweep.id.desc())
    with vault.reading() as session:
        return [_open(session, row) for row in session.scalars(wanted)]


def _open(session: Session, row: Sweep) -> Open:
    last = session.scalars(select(Query).where(Query.sweep_id == row.id).order_by(Query.id.desc()).limit(1)).first()
    put_off = last is not None and last.outcome is Outcome.POSTPONED
    return Open(row.id, last.at if last else row.started, put_off, row.config_hash)


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
