"""What is to be done; not evidence, may be emptied."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.table import Row
from archive.vault import Vault


class Kind(StrEnum):
    """What a unit asks for."""

    SEARCH = "search"  # one result page of one term
    VISIT = "visit"  # the first look at a listing
    CHECK = "check"  # a later look


class Unit(Row):
    """One thing to do; its natural key keeps it from being asked twice."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    lane: Mapped[str] = mapped_column(index=True)  # the platform
    detail: Mapped[dict[str, str]] = mapped_column(JSON)
    due_at: Mapped[datetime]  # UTC
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]  # UTC
    error: Mapped[str | None]


class Clock(Row):
    """When a job of the schedule last began, written once that run has come to its end.

    So a run that was missed while we were off, or was cut off, is made up for once.
    """

    __tablename__ = "clock"

    job: Mapped[str] = mapped_column(primary_key=True)
    last_run: Mapped[datetime]  # UTC


@dataclass(frozen=True)
class Task:
    """A unit as the rest of the house sees it."""

    kind: Kind
    key: str
    lane: str
    due_at: datetime  # UTC
    detail: dict[str, str] = field(default_factory=dict)
    error: str | None = None  # why it was put off, or not done


def add(session: Session, tasks: Iterable[Task]) -> None:
    """Write the tasks that are not there yet, done or not, in the caller's transaction."""
    for task in tasks:
        if session.scalar(select(Unit.id).where(Unit.key == task.key)) is None:
            session.add(Unit(**(vars(task) | {"kind": str(task.kind)})))
            session.flush()


def finish(session: Session, key: str, at: datetime) -> None:
    """Mark the unit KEY done, in the transaction that keeps what it brought."""
    session.execute(update(Unit).where(Unit.key == key).values(done_at=at, error=None))


def again(session: Session, key: str, at: datetime, *, first: timedelta, most: int, error: str) -> None:
    """Put the unit KEY off: by FIRST, doubled at each try; after MOST tries it is closed with its error."""
    unit = session.scalars(select(Unit).where(Unit.key == key)).one()
    unit.attempts += 1
    unit.error = error
    if unit.attempts >= most:
        unit.done_at = at
    unit.due_at = at + first * 2 ** (unit.attempts - 1)


def put_off(session: Session, key: str, error: str) -> None:
    """Leave the unit KEY due as it is: nothing was tried, for the reason ERROR."""
    session.execute(update(Unit).where(Unit.key == key).values(error=error))


def drop(session: Session, prefix: str, at: datetime, why: str) -> None:
    """Close what is left of the units whose key begins with PREFIX: they will not be done."""
    left = Unit.key.startswith(prefix, autoescape=True) & Unit.done_at.is_(None)
    session.execute(update(Unit).where(left).values(done_at=at, error=why))


def plan(vault: Vault, tasks: Iterable[Task]) -> None:
    """Write the tasks that are not there yet, in a transaction of their own."""
    with vault.writing() as session:
        add(session, tasks)


def due(vault: Vault, kind: Kind, now: datetime, lane: str | None = None) -> list[Task]:
    """Return what is to be done of KIND by NOW, oldest first; every platform's where LANE is None."""
    wanted = select(Unit).where(Unit.kind == kind, Unit.done_at.is_(None), Unit.due_at <= now)
    if lane is not None:
        wanted = wanted.where(Unit.lane == lane)
    with vault.reading() as session:
        return [_task(unit) for unit in session.scalars(wanted.order_by(Unit.due_at, Unit.id))]


def planned(vault: Vault, prefix: str) -> list[Task]:
    """Every task whose key begins with PREFIX, done or not, in the order they were planned."""
    wanted = select(Unit).where(Unit.key.startswith(prefix, autoescape=True)).order_by(Unit.id)
    with vault.reading() as session:
        return [_task(unit) for unit in session.scalars(wanted)]


def _task(unit: Unit) -> Task:
    return Task(Kind(unit.kind), unit.key, unit.lane, unit.due_at, unit.detail, unit.error)


def ran(vault: Vault, job: str, began: datetime) -> None:
    """Note that the run of JOB that BEGAN then has come to its end, well or not."""
    with vault.writing() as session:
        session.merge(Clock(job=job, last_run=began))


def last_runs(vault: Vault) -> dict[str, datetime]:
    """When each job's last run that came to an end had begun, in UTC; a job that never ran is not there."""
    with vault.reading() as session:
        return {row.job: row.last_run for row in session.scalars(select(Clock))}
