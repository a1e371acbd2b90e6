"""One workspace's settings, read from its wildfree.toml; what is not set there has the default below."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from config.errors import ConfigError
from config.platform import Platform, platform
from config.reading import Strict, read_toml

FILE = "wildfree.toml"
Language = Literal["zh", "en"]  # of our letters and reports
Reason = Annotated[str, Field(min_length=20)]  # in writing, so that a stranger can weigh it


class Sender(Strict):
    """Who signs the letters. Only what is written here is printed."""

    organisation: str = ""
    contact: str = ""  # the person who answers questions
    email: str = ""
    address: str = ""


class Limits(Strict):
    """How much one page may take from us; what goes beyond is let go of, and said to be missing."""

    seconds: float = Field(60, gt=0)  # for one page, from asking to kept
    document: float = Field(20, gt=0)  # MiB of the page's document, unpacked; of its pictures, as much again
    megapixels: float = Field(40, gt=0)  # of one picture, or of the screenshot
    growth: float = Field(300, gt=0)  # MiB by which our own processes may grow over one page
    renderer: float = Field(1500, gt=0)  # MiB at which the browser's process of the page is ended
    redirects: int = Field(10, ge=0, le=30)  # in a row


class Settings(Strict):
    """The choices of one workspace."""

    time_zone: str = "Asia/Shanghai"  # local times in letters and reports
    language: Language = "zh"  # of searches, letters and reports, where the command names none
    reviewers: int = Field(1, ge=1, le=9)  # how many people must agree before a letter
    sender: Sender = Sender()
    limits: Limits = Limits()
    allow: tuple[str, ...] = ()  # private addresses that pages may lead to, as "10.1.2.3:8080"; see crawler/guard.py
    ignore_robots: dict[str, Reason] = Field(
        {}
    )  # platform -> why its robots.txt is not obeyed; written into every sweep
    bases: dict[str, Annotated[str, Field(pattern=r"^https?://[^/\s]+$")]] = Field(
        {}
    )  # platform -> address that stands in for its own; practice workspaces only

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("no such time zone; write it like 'Asia/Shanghai'") from None
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The zone of local times."""
        return ZoneInfo(self.time_zone)


def settings(workspace: Path) -> Settings:
    """Read the settings of the workspace in folder WORKSPACE; ConfigError says what is wrong."""
    return read_toml(workspace / FILE, Settings)


def overlay(workspace: Path) -> Path:
    """The workspace's own config/, whose files stand before the shipped ones of the same name."""
    return workspace / "config"


def platform_in(workspace: Path, name: str, *, practice: bool) -> Platform:
    """The platform NAME as this workspace sees it: its own file first, and in practice its own address."""
    bases = settings(workspace).bases
    if bases and not practice:
        raise ConfigError(f"{workspace / FILE}: [bases] is for practice workspaces; take it out of a real one")
    return platform(name, overlay(workspace), bases.get(name))
