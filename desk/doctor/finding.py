"""One thing that the doctor looked at: how it stands, and what would mend it."""

from dataclasses import dataclass
from enum import StrEnum
from textwrap import fill


class State(StrEnum):
    """How a thing stands; what could not be found out is never taken for well."""

    OK = "ok"
    WARN = "warn"  # works, and should be better
    MISSING = "missing"  # something will not work
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's."""

    what: str
    state: State
    found: str
    mend: str = ""  # what a person can do; a line to copy where there is one


def block(each: Finding, width: int) -> str:
    """EACH for a terminal of WIDTH columns that is too narrow for a table: no word is cut, no line to copy broken."""
    told = f"{each.state}  {each.what}: {each.found}"
    lines = fill(told, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return f"{lines}\n    mend: {each.mend}" if each.mend else lines


def ok(what: str, found: str) -> Finding:
    """Nothing to do."""
    return Finding(what, State.OK, found)


def warn(what: str, found: str, mend: str) -> Finding:
    """Works, and should be better."""
    return Finding(what, State.WARN, found, mend)


def missing(what: str, found: str, mend: str) -> Finding:
    """Will not work before it is mended."""
    return Finding(what, State.MISSING, found, mend)


def unknown(what: str, found: str, mend: str = "") -> Finding:
    """Could not be found out."""
    return Finding(what, State.UNKNOWN, found, mend)
