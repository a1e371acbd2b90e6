"""How each job of the schedule stands: when it last ran, when it will, and whether it is due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from config.schedule import Job
from config.settings import Settings
from desk.context import Desk

SHOWN = "%a %Y-%m-%d %H:%M"  # a moment, in the workspace's zone


@dataclass(frozen=True)
class Standing:
    """How one job stands."""

    job: Job
    last_run: datetime | None  # UTC: when the last run that came to its end had begun
    next_run: datetime  # UTC, by the calendar
    due: datetime | None  # UTC: since when it ought to have run; None if it is not due


def standing(plan: Settings, ran: Mapping[str, datetime], now: datetime) -> list[Standing]:
    """How each job of PLAN stands at NOW (UTC), in its order; RAN says when each last began."""
    return [_standing(job, ran.get(job.name), plan, now) for job in plan.schedule]


def _standing(job: Job, last: datetime | None, plan: Settings, now: datetime) -> Standing:
    """A job that never ran is due, and so is one whose last run lies ahead: then the computer's clock was wrong."""
    latest = job.at.latest(now, plan.zone)
    waits = last is None or last > now or last < latest
    return Standing(job, last, job.at.after(now, plan.zone), latest if waits else None)


def due(stands: Iterable[Standing]) -> list[tuple[datetime, Job]]:
    """What is to be done and since when (UTC), in the order in which its times last came."""
    return sorted(((each.due, each.job) for each in stands if each.due), key=lambda pair: pair[0])


def planned(here: Desk) -> Settings:
    """The settings of HERE, all of whose jobs name platforms that there are; else ConfigError."""
    for job in here.settings.schedule:
        for name in job.platforms:
            here.platform(name)
    return here.settings
