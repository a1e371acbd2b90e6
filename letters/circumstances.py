"""What looks were taken with, in the reader's words: what is the same for all of them, and what is of one look."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from letters.notice import plain
from letters.template import local, utc
from letters.worded import Term, Words

Circumstances = tuple[tuple[Term, str], ...]  # name and value, as they are printed
OF_A_LOOK = frozenset(  # these are of a look even if it is the only one
    {"address", "changed", "clock", "clock_ahead_s", "control", "left out", "server_date", "unanswered"}
)


def common(environments: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What stands with the same value in every one of ENVIRONMENTS, and is not of one look by its nature."""
    first = environments[0] if environments else {}
    return {
        name: value
        for name, value in first.items()
        if name not in OF_A_LOOK and all(each.get(name) == value for each in environments)
    }


def own(environment: Mapping[str, str], shared: Mapping[str, str]) -> dict[str, str]:
    """What of ENVIRONMENT is not SHARED by all."""
    return {name: value for name, value in environment.items() if name not in shared}


def told(environment: Mapping[str, str], words: Words, zone: ZoneInfo) -> Circumstances:
    """ENVIRONMENT in WORDS, in the order of its names: those that have a word come first."""
    known = list(words.table["environment"])
    order = sorted(environment, key=lambda name: (known.index(name) if name in known else len(known), name))
    return tuple((_name(name, words), plain(_value(name, environment[name], words, zone))) for name in order)


def _name(name: str, words: Words) -> Term:
    found = words.term("environment", name)
    return Term(plain(found.label), plain(found.name))


def _value(name: str, value: str, words: Words, zone: ZoneInfo) -> str:
    if name in ("clock", "server_date") and (moment := _moment(value)):
        return str(words.table["both_times"]).format(local(moment, zone), utc(moment))
    return words.sentence(value, words.table["values"].get(name, {}))


def _moment(value: str) -> datetime | None:
    """VALUE as a moment, if it names one and its zone."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(value)
        except (ValueError, TypeError, OverflowError):
            continue
        if moment.tzinfo is not None:
            return moment
    return None
