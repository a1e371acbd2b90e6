"""Opens a workspace for a command: its archive, its settings, its clock."""

import getpass
import os.path
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from archive.store import ARRIVING
from archive.vault import DATABASE, EVIDENCE, Vault
from config.errors import UsageError, WorkspaceError
from config.platform import Platform
from config.settings import PENDING, Settings, overlay, platform_in, settings

LETTERS, REPORTS, REVIEW, KEYS, PROFILES = "letters", "reports", "review", "keys", "profiles"
NOT_LET_IN = 7  # the exit code when a platform let us see nothing
PUT_OFF = 8  # the exit code when our manners, or the site, had us wait
LEFT_OVER = 600.0  # s after which a half-written file is surely nobody's
FOLDERS = (EVIDENCE, LETTERS, REPORTS, KEYS, PROFILES, "config")

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace", "-w", envvar="WILDFREE_WORKSPACE", help="The workspace's folder.", show_default="here"
    ),
]
NowOption = Annotated[
    str | None, typer.Option("--now", help="Pretend it is this time (2026-11-21T08:00+08:00). Practice only.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
ByOption = Annotated[
    str, typer.Option("--by", envvar="WILDFREE_BY", help="Who you are.", show_default="your name on this computer")
]


@dataclass(frozen=True)
class Desk:
    """A workspace, open."""

    workspace: Path
    vault: Vault
    settings: Settings
    clock: Callable[[], datetime]  # UTC
    practice: bool

    @property
    def overlay(self) -> Path:
        """The workspace's own config/."""
        return overlay(self.workspace)

    def platform(self, name: str) -> Platform:
        """The platform NAME as this workspace sees it; ConfigError with the nearest name where there is none."""
        return platform_in(self.workspace, name, practice=self.practice)


def alone(folder: Path) -> None:
    """WorkspaceError if FOLDER has lost its archive: a new one would know nothing of the exhibits that are there."""
    kept = folder / EVIDENCE
    if os.path.isfile(folder / DATABASE) or not os.path.isdir(kept):  # noqa: PTH112, PTH113  (Path's raise for a name that is too long)
        return
    if any(each.name != ARRIVING for each in kept.iterdir()):
        raise WorkspaceError(
            f"{folder / DATABASE}: is missing, or no file, though {EVIDENCE}/ holds exhibits. "
            "Put back your copy of it"
        )


def is_workspace(folder: Path) -> bool:
    """Whether FOLDER holds an archive."""
    return os.path.isfile(folder / DATABASE)  # noqa: PTH113  (Path.is_file raises for a name that is too long)


def own_folder(named: Path | None) -> Path | None:
    """The workspace NAMED, or the one that we stand in; None: neither. WorkspaceError if the one NAMED is none."""
    if named is not None:
        return _sure(named)
    return Path() if is_workspace(Path()) else None


def own_config(named: Path | None) -> Path | None:
    """The config/ of `own_folder`, for what needs no workspace."""
    folder = own_folder(named)
    if folder and (overlay(folder) / PENDING).is_dir():
        with Vault.open(folder) as vault:
            _finish_taking(vault)
    return overlay(folder) if folder else None


def _finish_taking(vault: Vault) -> None:
    """Let a pack take its place whole, or not at all, whose taking was cut off."""
    if (overlay(vault.workspace) / PENDING).is_dir():
        from desk.packs import staging  # noqa: PLC0415  (hardly ever needed)

        staging.finish(vault)


def _sure(folder: Path) -> Path:
    """FOLDER, if it is a workspace."""
    if not is_workspace(folder):
        alone(folder)
        raise WorkspaceError(
            f"{folder.resolve()}: no workspace. Name one with --workspace DIR or WILDFREE_WORKSPACE, "
            "or make one: wildfree init DIR"
        )
    return folder


@contextmanager
def desk(workspace: Path | None, now: str | None = None) -> Iterator[Desk]:
    """Open WORKSPACE (default: the folder we stand in) with the clock set to NOW (practice only)."""
    folder = _sure((workspace or Path()).resolve())
    with Vault.open(folder) as vault:
        practice = vault.kind == "practice"
        if now and not practice:
            raise UsageError("--now: only a practice workspace may pretend; this one is real")
        _finish_taking(vault)
        yield Desk(folder, vault, settings(folder), clock(now), practice)


def clock(now: str | None) -> Callable[[], datetime]:
    """A clock that shows UTC: the real one, or one that stood at NOW when it was set going."""
    if now is None:
        return lambda: datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(now)
    except ValueError:
        raise UsageError(f"--now {now}: write it like 2026-11-21T08:00+08:00") from None
    if "T" not in now.upper():
        raise UsageError(f"--now {now}: add the time of day, like {now}T08:00+08:00")
    if moment.tzinfo is None:
        raise UsageError(f"--now {now}: add the zone, like {now}+08:00 or {now}Z")
    if not 2000 <= moment.year <= 2100:
        raise UsageError(f"--now {now}: a year from 2000 to 2100, please")
    ahead = moment - datetime.now(UTC)
    return lambda: datetime.now(UTC) + ahead


def who(by: str) -> str:
    """Who acts: the name given, else the name this computer knows the person by."""
    try:
        return by.strip() or getpass.getuser()
    except (KeyError, OSError, ImportError):  # as Python 3.11, later ones and Windows have it
        raise UsageError(
            "--by: this computer has no name for you. Say who you are: --by NAME, or WILDFREE_BY"
        ) from None
