"""Which platforms wait for a person: a wall came up, and the sweep goes on when somebody has dealt with it.

Not evidence, may be emptied: what the wall said stands in the search that met it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.table import Row
from archive.vault import Vault

# Longer than a holiday weekend, and shorter than a week, so that a weekly sweep is never kept away twice by one wall.
STALE = timedelta(days=3)


class Pause(Row):
    """A platform that waits, since when and why; none once it was dealt with."""

    __tablename__ = "pause"

    platform: Mapped[str] = mapped_column(primary_key=True)
    sweep_id: Mapped[int]  # the sweep that goes on then
    since: Mapped[datetime]  # UTC
    because: Mapped[str]


@dataclass(frozen=True)
class Waiting:
    """A platform that waits for a person."""

    platform: str
    sweep_id: int
    since: datetime  # UTC
    because: str

    def stale(self, now: datetime) -> bool:
        """Whether nobody dealt with it for so long that the next sweep takes its place."""
        return now - self.since >= STALE


def pause(session: Session, waiting: Waiting) -> None:
    """Have the platform wait, in the caller's transaction; a later wall takes the place of an earlier."""
    session.merge(Pause(**vars(waiting)))


def go_on(session: Session, platform: str) -> bool:
    """Let PLATFORM go on, in the caller's transaction; answer whether it waited."""
    gone = delete(Pause).where(Pause.platform == platform).returning(Pause.platform)
    return session.scalar(gone) is not None


def dealt_with(vault: Vault, platform: str) -> bool:
    """Let PLATFORM go on; answer whether it waited."""
    with vault.writing() as session:
        return go_on(session, platform)


def paused(vault: Vault) -> dict[str, Waiting]:
    """The platforms that wait, by name."""
    with vault.reading() as session:
        rows = session.scalars(select(Pause).order_by(Pause.platform))
        return {row.platform: Waiting(row.platform, row.sweep_id, row.since, row.because) for row in rows}
