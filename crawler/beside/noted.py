"""What a volunteer is told of a page they looked at."""

from dataclasses import dataclass
from enum import StrEnum

from archive.facts import Lead


class What(StrEnum):
    """What became known of a page."""

    SEARCH = "search"
    LISTING = "listing"
    WALL = "wall"
    FAILED = "failed"
    LOST = "not recorded"
    GOES_ON = "goes on"
    SPARED = "left visible"


@dataclass(frozen=True)
class Noted:
    """One thing for the volunteer to know."""

    what: What
    words: str
    term: str = ""
    key: str = ""
    suspects: tuple[Lead, ...] = ()
