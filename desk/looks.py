"""Takes the looks that are due and says what they found, for `visit` and `check` alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from archive import todo
from archive.facts import Capture
from archive.questions import checks
from config.platform import Cause, Condition
from desk import crawls, pictures, waiting
from desk.context import NOT_LET_IN, PUT_OFF, Desk
from desk.show import objects, table, visible
from desk.suspicion import follow_rooms

if TYPE_CHECKING:  # it is heavy: imported when a crawl begins
    from crawler.spiders.visit import VisitSpider

WALLS = (Condition.WALLED, Condition.CHALLENGED)  # which a person can deal with


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
        rows = ((s.listing, s.platform, s.was or "", s.condition, s.cause or "", _told(s), s.title) for s in found)
        nothing = f"Nothing was due. New listings: {_finding(here, platforms)}"
        left = any(spider.put_off or spider.stopped or spider.waits for spider in spiders)
        table(heads, rows, f"{len(found)} looked at" if found or left else nothing)
    crawls.hint(here, ((s.platform, s.because) for s in found if s.condition is Condition.UNREACHABLE))
    if found or not platforms:
        pictures.read_new(here)
    follow_rooms(here)
    late, waits = crawls.put_off(spiders), waiting.told(here, spiders)
    stopped = [spider for spider in spiders if spider.stopped]
    for spider in stopped:
        why = f"{spider.site.name}: {spider.stopped}. What is left stays due{_advice(spider)}"
        typer.echo(visible(f"Stopped. {why}."), err=True)
    if stopped or late or (waits and not found):
        raise typer.Exit(NOT_LET_IN if stopped else PUT_OFF)


def _finding(here: Desk, platforms: Sequence[str]) -> str:
    """The command that finds new listings on PLATFORMS."""
    by_hand = next((name for name in platforms if not here.platform(name).by_robot), "")
    return f"wildfree browse {by_hand}" if by_hand else "wildfree sweep"


def _advice(spider: "VisitSpider") -> str:
    """What a person can do, where a wall stopped the robot."""
    wall = spider.stopped.partition(":")[0] in WALLS
    return f". {waiting.way_in(spider.site.name)}; then try again" if wall else ""


def _told(seen: Seen) -> str:
    return "" if seen.condition is Condition.LIVE else seen.reason or seen.because


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
