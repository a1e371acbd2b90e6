"""Takes the looks that are due and says what they found, for `visit` and `check` alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import typer

from archive import todo
from archive.facts import Capture
from archive.questions import checks
from config.platform import Cause, Condition
from desk import crawls
from desk.context import NOT_LET_IN, Desk
from desk.show import objects, table

STALE = timedelta(days=1)  # after a check that was cut off longer ago, every listing is due again


@dataclass(frozen=True)
class Seen:
    """One look as the command prints it."""

    listing: int
    platform: str
    key: str
    url: str
    at: datetime  # UTC
    condition: Condition
    cause: Cause | None
    because: str
    reason: str  # the platform's own words
    title: str
    capture: Capture
    was: Condition | None  # what the readable look before found
    not_seen_since: datetime | None  # UTC: last read live, where the latest readable look found it gone


def plan(here: Desk, platforms: Sequence[str]) -> None:
    """Make a look due at every listing of PLATFORMS (none: all) that was seen.

    A check that was cut off within a day is gone on with instead, platform by platform.
    """
    now = here.clock()
    due = todo.due(here.vault, todo.Kind.CHECK, now)
    cut_off = {task.lane for task in due if now - task.due_at < STALE}
    left = {(task.lane, task.detail["key"]) for task in due}
    listings = [
        each
        for each in checks.watched(here.vault, platforms)
        if each.latest and each.platform not in cut_off and (each.platform, each.key) not in left
    ]
    todo.plan(here.vault, [_check(each, now) for each in listings])


def _check(each: checks.Watched, now: datetime) -> todo.Task:
    key = f"{todo.Kind.CHECK}:{each.platform}:{each.key}:{now.isoformat()}"
    return todo.Task(todo.Kind.CHECK, key, each.platform, now, {"key": each.key, "url": each.url})


def take(here: Desk, kind: todo.Kind, platforms: Sequence[str], *, as_json: bool) -> None:
    """Take the looks of KIND that are due on PLATFORMS (none: all) and print each."""
    for name in platforms:
        here.platform(name)
    before = checks.newest(here.vault)
    spiders = crawls.look(here, kind, platforms)
    found = [
        _seen(each, look) for each in checks.watched(here.vault, platforms) for look in each.looks if look.id > before
    ]
    if as_json:
        objects(found)
    else:
        heads = ("listing", "platform", "was", "now", "by", "because", "title")
        rows = ((s.listing, s.platform, s.was or "", s.condition, s.cause or "", s.because, s.title) for s in found)
        table(heads, rows, f"{len(found)} looked at")
    stopped = [f"{spider.site.name}: {spider.stopped}" for spider in spiders if spider.stopped]
    for why in stopped:
        typer.echo(f"Stopped. {why}. What is left stays due.", err=True)
    if stopped:
        raise typer.Exit(NOT_LET_IN)


def _seen(each: checks.Watched, look: checks.Look) -> Seen:
    return Seen(
        listing=each.listing_id,
        platform=each.platform,
        key=each.key,
        url=each.url,
        at=look.at,
        condition=look.condition,
        cause=look.cause,
        because=look.because,
        reason=look.reason,
        title=look.title,
        capture=look.capture,
        was=each.before(look),
        not_seen_since=each.not_seen_since,
    )
