"""Writes a workspace's reports into its reports/ folder."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

from config.errors import ConfigError, MachineError, why
from config.settings import Language
from desk.context import REPORTS, Desk
from desk.expecting import expect
from desk.report.facts import Report, gathered
from desk.report.page import html


def reported(here: Desk, platforms: Sequence[str], language: Language) -> tuple[Report, Path]:
    """The report on PLATFORMS (none: all) as things stand, and the file it was written to."""
    zone = here.settings.zone
    facts = gathered(
        here.vault,
        platforms,
        at=here.clock(),
        zone=zone,
        title=lambda name: title(here, name),
        expect=lambda name: expect(here, name),
    )
    return facts, written(here, "report", "html", facts.at, html(facts, language=language))


def title(here: Desk, name: str) -> str:
    """The title of a platform; its name where its file is not there any more, or cannot be read now."""
    try:
        return here.platform(name).title
    except ConfigError:
        return name


def searched(here: Desk, name: str) -> bool:
    """Whether a robot searches the platform NAME, as its file says now."""
    try:
        return here.platform(name).searching is not None
    except ConfigError:
        return False


def written(here: Desk, stem: str, suffix: str, at: datetime, text: str) -> Path:
    """Write TEXT, made AT (UTC), under a name of its own: an earlier report is never written over."""
    folder = here.workspace / REPORTS
    folder.mkdir(mode=0o700, exist_ok=True)
    name, number = f"{stem}-{at:%Y%m%dT%H%M%SZ}", 1
    while True:
        path = folder / f"{name}{f'-{number}' if number > 1 else ''}.{suffix}"
        try:
            file = path.open("x", encoding="utf-8", newline="")
        except FileExistsError:
            number += 1
        else:
            _filled(file, text)
            return path


def _filled(file: TextIO, page: str) -> None:
    """Write PAGE into FILE, which is new; MachineError where it cannot, and then it is taken away."""
    try:
        with file:
            file.write(page)
    except OSError as problem:
        Path(file.name).unlink()
        raise MachineError(f"{file.name}: cannot be written: {why(problem)}") from None
