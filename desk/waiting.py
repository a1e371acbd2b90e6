"""Says which platforms wait for a person, since when and why, and what that person can do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from archive import lane, pause, todo
from archive.pause import Waiting
from archive.questions import crawl
from archive.rows.sweep import searches
from archive.vault import Vault
from config.errors import UsageError
from config.platform import Platform
from crawler.queries import asked
from desk.context import Desk, desk, is_workspace
from desk.show import local, visible

if TYPE_CHECKING:  # it is heavy: imported when a crawl begins
    from crawler.guest import Guest


@dataclass(frozen=True)
class Shut:
    """How a platform keeps the robot out now."""

    since: datetime  # UTC
    because: str
    sweep: int | None = None  # that goes on once a person has dealt with it; None: none was let in

    @classmethod
    def of(cls, waiting: Waiting) -> "Shut":
        """How the platform stands that is WAITING."""
        return cls(waiting.since, waiting.because, waiting.sweep_id)

    @property
    def waits(self) -> bool:
        """Whether it waits for a person: else its latest sweep was not let in at all."""
        return self.sweep is not None


def shut(vault: Vault) -> Mapping[str, Shut]:
    """The platforms that wait for a person, and those whose latest sweep was not let in at all, by name."""
    out = {name: Shut(since, because) for name, (since, because) in crawl.shut_out(vault).items()}
    return out | {name: Shut.of(each) for name, each in pause.paused(vault).items()}


def shut_here(workspace: Path | None) -> tuple[Mapping[str, Shut], ZoneInfo]:
    """The same of WORKSPACE, with its zone; nothing where there is none, or no archive in it yet."""
    if workspace is None or not is_workspace(workspace):
        return {}, ZoneInfo("UTC")
    with desk(workspace) as here:
        return shut(here.vault), here.settings.zone


def facts(each: Shut | None) -> dict[str, object]:
    """How a platform stands, for a program: `waits` for a person, or `not_let_in`; each null where it is not so."""
    told = {"since": each.since, "because": each.because} if each else None
    if each and told and each.waits:
        return {"waits": told | {"sweep": each.sweep}, "not_let_in": None}
    return {"waits": None, "not_let_in": told}


def words(name: str, each: Shut, zone: ZoneInfo) -> str:
    """One line: how the platform NAME stands, and what is to be done."""
    if not each.waits:
        return f"{name} did not let us in, {local(each.since, zone)}: {each.because}. {way_in(name)}"
    return (
        f"{name} waits for a person since {local(each.since, zone)}: {each.because}. "
        f"Deal with it: wildfree browse {name}; or open it yourself, then: wildfree platform go-on {name}. "
        "Till then no robot asks it anything; then the same sweep goes on."
    )


def way_in(name: str) -> str:
    """What a person can do where not even the canary came through, so that nothing waits to go on."""
    return f"Open it yourself, or with: wildfree browse {name}"


def told(here: Desk, spiders: "Iterable[Guest]") -> bool:
    """Say on standard error which platforms wait for a person; answer whether any does."""
    waiting = [spider.waits for spider in spiders if spider.waits]
    for each in waiting:
        typer.echo(visible(in_words(here, each)), err=True)
    return bool(waiting)


def in_words(here: Desk, each: Waiting) -> str:
    """One line on a platform that waits."""
    return words(each.platform, Shut.of(each), here.settings.zone)


def go_on(here: Desk, name: str) -> str:
    """Let the platform NAME go on, and say in one line what follows; UsageError where there is no such platform."""
    site = here.platform(name)
    waits = pause.paused(here.vault).get(name)
    if waits is None or not pause.dealt_with(here.vault, name):
        return f"{name} waits for nobody. See: wildfree platform list"
    same = f"the same sweep, where it was, {_by(here, site, waits.sweep_id)}"
    if bar := lane.barred(here.vault, name, site.manners, here.settings.zone):
        return f"{name} goes on, though not yet: {bar}. Then {same}"
    return f"{name} goes on: {same}"


def _by(here: Desk, site: Platform, sweep: int) -> str:
    """How SWEEP goes on: by the command that asks the same; with other terms it would be another, beside it."""
    terms = [task.detail["term"] for task in todo.planned(here.vault, searches(sweep)) if task.detail["page"] == "1"]
    command = f"wildfree sweep {site.name}"
    if terms == _own(here, site):
        return f"at its next time, or at once with: {command}"
    return f"with: {' '.join([command, *(f'--term {quote(term)}' for term in terms)])}"


def _own(here: Desk, site: Platform) -> list[str]:
    """What a sweep of SITE asks where nothing is named; nothing where it must be named."""
    try:
        return asked(site, here.settings, (), here.overlay)
    except UsageError:
        return []
