"""Says which platforms wait for a person, since when and why, and what that person can do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from archive import pause
from archive.pause import Waiting
from archive.questions import crawl
from archive.vault import Vault
from desk.context import Desk, desk, is_workspace
from desk.show import visible

if TYPE_CHECKING:  # it is heavy: imported when a crawl begins
    from crawler.spiders.sweep import SweepSpider


@dataclass(frozen=True)
class Shut:
    """How a platform keeps the robot out now."""

    since: datetime  # UTC
    because: str
    sweep: int | None = None  # that goes on once a person has dealt with it; None: none was let in


def shut(vault: Vault) -> Mapping[str, Shut]:
    """The platforms that wait for a person, and those whose latest sweep was not let in at all, by name."""
    out = {name: Shut(since, because) for name, (since, because) in crawl.shut_out(vault).items()}
    return out | {name: Shut(each.since, each.because, each.sweep_id) for name, each in pause.paused(vault).items()}


def shut_here(workspace: Path | None) -> tuple[Mapping[str, Shut], ZoneInfo]:
    """The same of WORKSPACE, with its zone; nothing where there is none, or no archive in it yet."""
    if workspace is None or not is_workspace(workspace):
        return {}, ZoneInfo("UTC")
    with desk(workspace) as here:
        return shut(here.vault), here.settings.zone


def facts(each: Shut | None) -> dict[str, object]:
    """How a platform stands, for a program: `waits` for a person, or `not_let_in`; each null where it is not so."""
    told = {"since": each.since, "because": each.because} if each else None
    if each is None or told is None or each.sweep is None:
        return {"waits": None, "not_let_in": told}
    return {"waits": told | {"sweep": each.sweep}, "not_let_in": None}


def words(name: str, each: Shut, zone: ZoneInfo) -> str:
    """One line: how the platform NAME stands, and what is to be done."""
    if each.sweep is None:
        return f"{name} did not let us in, {_local(each.since, zone)}: {each.because}. {way_in(name)}"
    return (
        f"{name} waits for a person since {_local(each.since, zone)}: {each.because}. "
        f"Deal with it: wildfree browse {name}; or open it yourself, then: wildfree platform go-on {name}. "
        "The same sweep goes on then."
    )


def way_in(name: str) -> str:
    """What a person can do where not even the canary came through, so that nothing waits to go on."""
    return f"Open it yourself, or with: wildfree browse {name}"


def told(here: Desk, spiders: "Iterable[SweepSpider]") -> bool:
    """Say on standard error which platforms wait for a person; answer whether any does."""
    waiting = [spider.waits for spider in spiders if spider.waits]
    for each in waiting:
        typer.echo(visible(in_words(here, each)), err=True)
    return bool(waiting)


def in_words(here: Desk, each: Waiting) -> str:
    """One line on a platform that waits."""
    return words(each.platform, Shut(each.since, each.because, each.sweep_id), here.settings.zone)


def go_on(here: Desk, name: str) -> str:
    """Let the platform NAME go on, and say in one line what follows; UsageError where there is no such platform."""
    here.platform(name)
    if not pause.dealt_with(here.vault, name):
        return f"{name} waits for nobody. See: wildfree platform list"
    return f"{name} goes on: the same sweep, where it was, at its next time, or at once with: wildfree sweep {name}"


def _local(moment: datetime, zone: ZoneInfo) -> str:
    there = moment.astimezone(zone)
    return f"{there:%Y-%m-%d %H:%M} {there.isoformat()[-6:]}"
