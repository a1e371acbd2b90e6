"""When a platform may next be asked, and what it was asked today; not evidence, may be emptied.

All of it runs by the real clock, even in a practice workspace that pretends another day.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.table import Row
from archive.vault import Vault
from config.manners import Manners, clocks

SLACK = 3_600.0  # s by which a clock may step back without being wrong
DAY = 86_400.0  # s; nothing is put off for longer, so what lies further ahead was written by a clock that went wrong
MB = 1_000_000  # bytes


class Lane(Row):
    """When a platform may next be asked, by any process, and what it was asked on the day of its last turn."""

    __tablename__ = "lane"

    name: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[float]  # POSIX seconds
    day: Mapped[str] = mapped_column(server_default=text("''"))  # the local day of the two counts below: 2026-11-21
    requests: Mapped[int] = mapped_column(server_default="0")  # on that day
    received: Mapped[int] = mapped_column(server_default="0")  # bytes, on that day
    shut_until: Mapped[float] = mapped_column(server_default="0")  # POSIX seconds; asked to stay away till then


@dataclass(frozen=True)
class Closed:
    """Why a platform is not to be asked now, and from when on it may be again."""

    because: str
    until: datetime  # in the workspace's zone

    def __str__(self) -> str:
        to_the_minute = self.until + timedelta(seconds=59, microseconds=999_999)  # never told too early
        return f"{self.because}: goes on from {to_the_minute:%Y-%m-%d %H:%M} {self.until.isoformat()[-6:]}"


def claim(vault: Vault, lane: str, *, gap: float, manners: Manners, zone: ZoneInfo) -> float | Closed:
    """Take the next turn on LANE: when it is, in POSIX seconds; or why there is none now, and then nothing is taken.

    Turns are GAP seconds apart over all processes, and count as requests of the local day on which they are.
    """
    with vault.writing() as session:
        return claimed(session, lane, gap, manners, zone)


def claimed(session: Session, lane: str, gap: float, manners: Manners, zone: ZoneInfo) -> float | Closed:
    """The same within a transaction; the lane's row is locked until that ends."""
    row, now = _locked(session, lane)
    turn = max(row.next_at, now)
    if bar := closed(row, turn, manners, zone):
        return bar
    if row.day != _day(turn, zone):
        row.day, row.requests, row.received = _day(turn, zone), 0, 0
    row.requests += 1
    row.next_at = turn + gap
    return turn


def went(vault: Vault, lane: str, *, at: float, gap: float, received: int) -> None:
    """Note that a request of LANE really went at AT (POSIX seconds) and brought RECEIVED bytes.

    On a busy machine it goes later than its turn: the next turn is GAP seconds after it went, at the earliest.
    """
    with vault.writing() as session:
        row, _ = _locked(session, lane)
        row.next_at = max(row.next_at, at + gap)
        row.received += received


def room(vault: Vault, lane: str, manners: Manners) -> float:
    """Bytes that LANE may still bring on the day of its last turn, whatever is under way."""
    with vault.reading() as session:
        return manners.megabytes * MB - session.scalars(select(Lane.received).where(Lane.name == lane)).one()


def shut(vault: Vault, lane: str, seconds: float, zone: ZoneInfo) -> Closed:
    """Let no process of ours ask LANE for so many SECONDS, a day at most: the site asked us to wait."""
    with vault.writing() as session:
        row, now = _locked(session, lane)
        row.shut_until = max(row.shut_until, now + min(seconds, DAY))
        return Closed(_asked_to_wait(lane), datetime.fromtimestamp(row.shut_until, zone))


def barred(vault: Vault, lane: str, manners: Manners, zone: ZoneInfo) -> Closed | None:
    """Why LANE may not be asked now, and from when on it may; None if it may. Nothing is taken."""
    with vault.reading() as session:
        row = session.get(Lane, lane)
        return closed(row, time.time(), manners, zone) if row else None


def _locked(session: Session, lane: str) -> tuple[Lane, float]:
    """The row of LANE, made if there is none, which nobody else can change now; and the time at which we had it.

    To wait for it may take longer than a gap: a time from before would be over when it is given out.
    """
    if session.scalar(select(Lane.name).where(Lane.name == lane)) is None:
        with suppress(IntegrityError), session.begin_nested():  # another was quicker
            session.execute(insert(Lane).values(name=lane, next_at=0.0))
    row = session.scalars(select(Lane).where(Lane.name == lane).with_for_update()).one()
    now = time.time()
    row.next_at, row.shut_until = (
        moment if moment <= now + DAY + SLACK else 0.0 for moment in (row.next_at, row.shut_until)
    )
    return row, now


def closed(lane: Lane, at: float, manners: Manners, zone: ZoneInfo) -> Closed | None:
    """Why LANE may not be asked at AT (POSIX seconds), and from when on it may; None if it may."""
    because = ""
    while bar := _bar(lane, at, manners, zone):
        because, at = because or bar[0], bar[1]
    return Closed(because, datetime.fromtimestamp(at, zone)) if because else None


def _bar(lane: Lane, at: float, manners: Manners, zone: ZoneInfo) -> tuple[str, float] | None:
    """The first thing that stands against asking at AT, and when it no longer does."""
    if at < lane.shut_until:
        return _asked_to_wait(lane.name), lane.shut_until
    local = datetime.fromtimestamp(at, zone)
    for hours in manners.quiet:
        if end := _quiet_until(hours, local):
            return f"quiet hours of {lane.name}, {hours}", end.timestamp()
    if lane.day == _day(at, zone):
        midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), zone).timestamp()
        if lane.requests >= manners.requests:
            noun = "request" if lane.requests == 1 else "requests"
            budget = f"the budget of {lane.name} is {manners.requests:,}"
            return f"{lane.requests:,} {noun} today, {budget}", midnight
        if lane.received >= manners.megabytes * MB:
            return (
                f"{lane.received / MB:,.0f} MB today, the budget of {lane.name} is {manners.megabytes:g}",
                midnight,
            )
    return None


def _quiet_until(hours: str, local: datetime) -> datetime | None:
    """When the quiet HOURS ("23:00-07:30") in which LOCAL lies end; None if it lies in none."""
    begin, end = clocks(hours)
    now = local.time()
    if not (begin <= now < end if begin < end else now >= begin or now < end):
        return None
    day = local.date() + timedelta(days=int(now >= end))
    return datetime.combine(day, end, local.tzinfo).replace(fold=local.fold)


def _asked_to_wait(lane: str) -> str:
    return f"{lane} asked us to wait"


def _day(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).date().isoformat()
