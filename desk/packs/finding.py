"""How a file of a pack stands to what is here, and what becomes of one that conflicts."""

from dataclasses import dataclass
from enum import StrEnum


class Finding(StrEnum):
    """How a file of a pack stands to what is here."""

    NEW = "new"
    CHANGED = "changed"  # another than the shipped one, or than theirs of before
    SAME = "same"
    CONFLICTS = "conflicts"  # another than one of your own


class Clash(StrEnum):
    """What becomes of files that conflict."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True)
class Weighed:
    """One file of a pack."""

    path: str
    finding: Finding
    because: str
    diff: tuple[str, ...]  # lines, as `diff -u` writes them
