"""How we behave as guests of a platform: how often, how much, and when not."""

import re
from datetime import time
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from config.reading import Strict


def _hours(text: str) -> str:
    clock = r"([01][0-9]|2[0-3]):[0-5][0-9]"
    if not re.fullmatch(f"{clock}-{clock}", text) or text[:5] == text[6:]:
        raise ValueError("write it like '23:00-07:30': from one time of day to another")
    return text


def _minutes(hours: str) -> set[int]:
    """The minutes of the day that lie in HOURS."""
    begin, end = (clock.hour * 60 + clock.minute for clock in clocks(hours))
    return {minute % 1440 for minute in range(begin, end if begin < end else end + 1440)}


def clocks(hours: str) -> tuple[time, time]:
    """When HOURS begin and end, as "23:00-07:30" does; they cross midnight where the end comes first."""
    begin, end = hours.split("-")
    return time.fromisoformat(begin), time.fromisoformat(end)


Hours = Annotated[str, AfterValidator(_hours)]  # "23:00-07:30" crosses midnight


class Manners(Strict):
    """How we behave as guests: how often, how much, and when not. All processes of a workspace keep it together."""

    delay: float = Field(default=5.0, ge=0, le=3600, allow_inf_nan=False)  # seconds between two requests to the site
    requests: int = Field(default=2000, ge=1)  # a day
    megabytes: float = Field(default=1000, gt=0, allow_inf_nan=False)  # a day, as delivered
    quiet: tuple[Hours, ...] = ()  # when nothing is asked, in the workspace's time zone: "23:00-07:30"

    @field_validator("quiet")
    @classmethod
    def _ever_open(cls, quiet: tuple[str, ...]) -> tuple[str, ...]:
        if len(set().union(*map(_minutes, quiet))) == 1440:
            raise ValueError("leaves no time of the day to ask anything")
        return quiet
