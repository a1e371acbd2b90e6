"""What runs by itself, as a person writes it into wildfree.toml, and the moments that it means."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from config.reading import Strict, did_you_mean

Do = Literal["sweep", "visit", "check", "report"]
DAYS = {  # as people write them, Monday first
    "mon monday 周一 星期一 礼拜一": {0},
    "tue tuesday 周二 星期二 礼拜二": {1},
    "wed wednesday 周三 星期三 礼拜三": {2},
    "thu thursday 周四 星期四 礼拜四": {3},
    "fri friday 周五 星期五 礼拜五": {4},
    "sat saturday 周六 星期六 礼拜六": {5},
    "sun sunday 周日 周天 星期日 星期天 礼拜日 礼拜天": {6},
    "daily 每天 每日": set(range(7)),
}
WORDS = {word: days for words, days in DAYS.items() for word in words.split()}
WRITE = "write it like 'sun 09:00', 'mon thu 20:30', 'daily 03:30' or '周日 09:00'"
TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")


@dataclass(frozen=True)
class Moments:
    """Times of day on days of the week; each once a day, summer time or not.

    A time that the clocks skip is the one that they then show; of one that comes twice the first counts.
    """

    words: str  # as written
    days: frozenset[int]  # 0 is Monday
    times: tuple[time, ...]

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The first of these later than MOMENT, by the clocks of ZONE; in UTC."""
        return min(each for each in self._around(moment, zone) if each > moment)

    def latest(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The last of these that is not later than MOMENT, by the clocks of ZONE; in UTC."""
        return max(each for each in self._around(moment, zone) if each <= moment)

    def _around(self, moment: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """All within a week and a day of MOMENT, before and after."""
        today = moment.astimezone(zone).date()
        for day in (today + timedelta(days) for days in range(-8, 9)):
            if day.weekday() in self.days:
                yield from (datetime.combine(day, at, zone).astimezone(UTC) for at in self.times)


def moments(words: object) -> Moments:
    """What WORDS mean: days and times of day (09:00, with seconds if need be), between blanks or commas."""
    if not isinstance(words, str):
        raise ValueError(f"{WRITE}, between quotation marks")  # noqa: TRY004  (pydantic tells the reader of this one)
    said = re.findall(r"[0-9][^\s,、;]*|[^\s,、;0-9]+", unicodedata.normalize("NFKC", words).casefold())
    times = sorted({_time(word) for word in said if word[0].isdigit()})
    days = [_days(word) for word in said if not word[0].isdigit()]
    if not times or not days:
        raise ValueError(f"lacks the {'day' if times else 'time of day'}; {WRITE}")
    return Moments(words, frozenset().union(*days), tuple(times))


def _time(word: str) -> time:
    found = TIME.fullmatch(word)
    if not found:
        raise ValueError(f"'{word}' is no time of day; {WRITE}")
    hour, minute, second = (int(figure or 0) for figure in found.groups())
    return time(hour, minute, second)


def _days(word: str) -> set[int]:
    if word not in WORDS:
        raise ValueError(f"'{word}' is no day.{did_you_mean(word, WORDS)} Or {WRITE}")
    return WORDS[word]


def _known(word: object) -> object:
    if word not in get_args(Do):
        raise ValueError(f"write {', '.join(get_args(Do))}.{did_you_mean(str(word), get_args(Do))}")
    return word


def _named(platforms: tuple[str, ...], entry: ValidationInfo) -> tuple[str, ...]:
    if entry.data.get("do") == "sweep" and not platforms:
        raise ValueError('a sweep needs to know where: platforms = ["NAME"]; see: wildfree platform list')
    return tuple(sorted(set(platforms)))  # they run side by side


class Job(Strict):
    """One job that runs by itself."""

    do: Annotated[Do, BeforeValidator(_known)]
    platforms: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], AfterValidator(_named)] = Field(
        (), validate_default=True
    )  # none: all that are known; a sweep must name them
    at: Annotated[Moments, BeforeValidator(moments)]

    @property
    def name(self) -> str:
        """What the job is called, whenever it runs: 'sweep market'."""
        return " ".join((self.do, *self.platforms))


def _no_job_twice(entries: tuple[Job, ...]) -> tuple[Job, ...]:
    names = [entry.name for entry in entries]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(
                f"'{name}' stands there twice; write its days and times into one: at = \"wed sun 09:00\""
            )
    return entries


Schedule = Annotated[tuple[Job, ...], AfterValidator(_no_job_twice)]
