"""The patterns of platform files: those of RE2, which come to their end soon whatever text they are held against.

So a file of another team, or a hand that slipped, can let nothing hang. In return they neither look ahead nor back.
"""

from functools import cache
from typing import Annotated, Any

import re2  # type: ignore[import-untyped]  # ships no types
from pydantic import AfterValidator

LONGEST = 2000  # characters of an address or a header that a pattern is tried on
QUIET = re2.Options()
QUIET.log_errors = False


def groups(pattern: str) -> int:
    """How many pairs of brackets of PATTERN tell a part of the text; ValueError where it is no pattern."""
    try:
        return int(_compiled(pattern).groups)
    except re2.error as problem:
        said = problem.args[0].decode("utf-8", "replace")
        why = f"{said} (RE2 looks neither ahead nor back; for (?!x) write (?:[^x]|$))" if "perl" in said else said
        raise ValueError(f"not a regular expression: {why}") from None


def begins(pattern: str, text: str) -> str | None:
    """What the first pair of brackets of PATTERN tells where TEXT begins as it says; None where it does not."""
    found = _compiled(pattern).match(text)
    return found and (found[1] or "")


def holds(pattern: str, text: str) -> bool:
    """Whether PATTERN stands somewhere in the first LONGEST characters of TEXT."""
    return _compiled(pattern).search(text[:LONGEST]) is not None


@cache
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern, QUIET)


def _sound(text: str) -> str:
    groups(text)
    return text


Pattern = Annotated[str, AfterValidator(_sound)]  # a regular expression of RE2
