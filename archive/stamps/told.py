"""What a stamp tells of a digest, in the words that every kind of stamp shares."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Says(StrEnum):
    """How far a stamp bears its digest out."""

    PROVED = "proved"  # digest, signature and chain were checked, up to a root that we know
    PENDING = "pending"  # promised by a calendar, in no block yet
    NOT_CHECKED = "not_checked"  # nothing speaks against it, but something could not be checked: `because` says what
    WRONG = "wrong"  # it is for another digest, or its signature is bad, or it was never granted


@dataclass(frozen=True)
class Told:
    """What one stamp tells of one digest. Before PROVED, `at`, `by` and `serial` are what it says of itself."""

    verdict: Says
    because: str  # one line: why, and where it was not checked, how to check it by hand
    at: datetime | None = None  # UTC, whole seconds; None: it names no time, or cannot be read
    by: tuple[str, ...] = ()  # the authority's name in its certificate, or the calendars' addresses
    serial: int | None = None  # the authority's own number for it
    blocks: tuple[int, ...] = ()  # heights of the Bitcoin blocks it points to


def plain(words: str, most: int = 120) -> str:
    """WORDS of a stranger on one short line, without what could steer a terminal."""
    line = "".join(each if each.isprintable() else " " for each in words)
    return line if len(line) <= most else f"{line[:most]}…"
