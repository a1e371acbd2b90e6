"""One workspace's settings, read from its wildfree.toml; what is not set there has the default below."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, field_validator

from config.allow import all_allowed
from config.errors import ConfigError
from config.platform import Platform, platform
from config.reading import Strict, did_you_mean, read_toml, shelf
from config.schedule import Schedule

FILE = "wildfree.toml"
PENDING = ".taking"  # in a workspace's config/: files of a pack until all of them have taken their places
Language = Literal["zh", "en"]  # of our letters and reports


def _weighable(reason: str) -> str:
    if len(reason) < 20:
        raise ValueError("say who allowed it, when, and where that is written, in 20 characters or more")
    return reason


Reason = Annotated[str, AfterValidator(_weighable)]  # in writing, so that a stranger can weigh it


Channel = Annotated[str, Field(pattern=r"^\w[\w.-]{0,63}$")]  # as it stands in its address


class Sender(Strict):
    """Who signs the letters. Only what is written here is printed."""

    organisation: str = ""
    contact: str = ""  # the person who answers questions
    email: str = ""
    address: str = ""


class Limits(Strict):
    """How much one page may take from us; what goes beyond is let go of, and said to be missing."""

    seconds: float = Field(60, gt=0)  # for each step of one page: to load it, to show it, to keep it
    document: float = Field(20, gt=0, le=200)  # MiB of the document, unpacked; as much of pictures and of screenshot
    megapixels: float = Field(40, gt=0, le=40)  # of a picture, or of the screenshot; more would not fit `growth`
    growth: float = Field(300, gt=0)  # MiB by which our own processes may grow over one page
    renderer: float = Field(1500, gt=0)  # MiB at which the browser's process of the page is ended
    redirects: int = Field(10, ge=0, le=30)  # in a row


class Retention(Strict):
    """How long evidence is kept; `wildfree archive erase --overdue` erases what is older and not held."""

    days: int = Field(0, ge=0, le=36_500)  # since the last look at a listing; 0: for ever


class Settings(Strict):
    """The choices of one workspace."""

    time_zone: str = "Asia/Shanghai"  # local times in letters and reports
    language: Language = "zh"  # of searches, letters and reports, where the command names none
    reviewers: int = Field(1, ge=1, le=9)  # how many people must agree before a letter
    sender: Sender = Sender()
    limits: Limits = Limits()
    retention: Retention = Retention()
    capture: Literal["full", "light"] = "full"  # light: of pictures the listing's own alone; no fonts, media, MHTML
    read_pictures: bool = True  # the text in them, on this machine: about half a second a picture
    identity: bool = False  # ask for nothing packed, so that what is kept is what came over the wire
    schedule: Schedule = ()  # what runs by itself; see: wildfree schedule list
    allow: tuple[str, ...] = ()  # private addresses that pages may lead to, as "10.1.2.3:8080"; see crawler/guard.py
    ignore_robots: dict[str, Reason] = Field(
        {}
    )  # platform -> why its robots.txt is not obeyed; written into every sweep
    channels: dict[str, tuple[Channel, ...]] = Field({})  # platform that is walked -> its channels' names
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

    @field_validator("allow")
    @classmethod
    def _few(cls, written: tuple[str, ...]) -> tuple[str, ...]:
        all_allowed(written)
        return written

    @field_validator("bases")
    @classmethod
    def _askable(cls, bases: dict[str, str]) -> dict[str, str]:
        all_allowed(_there(base) for base in bases.values())
        return bases

    def allowed(self, *, practice: bool) -> tuple[str, ...]:
        """What is not public and may be asked all the same: `allow`, and in practice the addresses of [bases]."""
        return self.allow + (tuple(_there(base) for base in self.bases.values()) if practice else ())

    @property
    def zone(self) -> ZoneInfo:
        """The zone of local times."""
        return ZoneInfo(self.time_zone)


def _there(base: str) -> str:
    """Host and port of BASE."""
    parts = urlsplit(base)
    return parts.netloc if parts.port else f"{parts.netloc}:{443 if parts.scheme == 'https' else 80}"


def settings(workspace: Path) -> Settings:
    """Read the settings of the workspace in folder WORKSPACE; ConfigError says what is wrong."""
    return read_toml(workspace / FILE, Settings)


def overlay(workspace: Path) -> Path:
    """The workspace's own config/, whose files stand before the shipped ones of the same name."""
    return workspace / "config"


def platform_in(workspace: Path, name: str, *, practice: bool) -> Platform:
    """The platform NAME as this workspace sees it: its own file first, and in practice its own address."""
    here = settings(workspace)
    if here.bases and not practice:
        raise ConfigError(f"{workspace / FILE}: [bases] is for practice workspaces; take it out of a real one")
    known = shelf("platforms", ".toml", overlay(workspace))
    for ignored in here.ignore_robots:
        if ignored not in known:
            meant = did_you_mean(ignored, known)
            raise ConfigError(f"{workspace / FILE}: ignore_robots names '{ignored}', which has no file.{meant}")
    return platform(name, overlay(workspace), here.bases.get(name))
