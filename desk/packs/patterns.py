"""Tries a platform file's patterns on texts made to hang them: in a process of its own, with a time limit."""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]  # what re itself reads patterns with
from re import _parser as reader  # type: ignore[attr-defined]  # the same
from typing import Any

from config.errors import ConfigError
from config.platform import Platform, platform
from config.program import run
from config.sign import LONGEST

SECONDS = 20.0  # for all files of a pack; those that we ship take half a second
CHOICES = 12  # ways to choose between alternatives
TAILS = "", "!"  # what such a repetition is followed by, so that in the end it does not fit
FILL = "a0-/=Z ~"
REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}
NOWHERE = {op.ASSERT, op.ASSERT_NOT, op.GROUPREF, op.GROUPREF_EXISTS, op.AT}  # these take up no signs, or the same
KINDS = {op.CATEGORY_DIGIT: r"\d", op.CATEGORY_WORD: r"\w", op.CATEGORY_SPACE: r"\s", op.CATEGORY_NOT_DIGIT: r"\D",
         op.CATEGORY_NOT_WORD: r"\W", op.CATEGORY_NOT_SPACE: r"\S"}  # fmt: skip


def tried(config: Path, names: Sequence[str]) -> None:
    """See that every pattern of the platforms NAMES in the folder CONFIG comes to an end; else ConfigError."""
    if not names or _ended(config, names):
        return
    for name in names:
        if len(names) == 1 or not _ended(config, [name]):
            raise ConfigError(
                f"platforms/{name}.toml: a pattern of it takes for ever on some addresses. Let nothing that repeats "
                "repeat as a whole, as in (?:a+)+"
            )


def _ended(config: Path, names: Sequence[str]) -> bool:
    ended, _ = run([sys.executable, "-m", "desk.packs.patterns", str(config), *names], SECONDS)
    return ended


def attacks(pattern: str) -> Iterator[str]:
    """Texts that lead to a repetition in PATTERN, repeat it to the longest that is tried, and then do not fit."""
    parts = reader.parse(pattern)
    pumps = {pump for choice in range(2) for pump in _pumps(parts, "", choice)}
    for before, again in sorted(pumps):
        many = before + again * LONGEST
        yield from (many[: LONGEST - len(tail)] + tail for tail in TAILS)


def _pumps(parts: Any, before: str, choice: int) -> Iterator[tuple[str, str]]:
    """For each repetition in PARTS, which stand behind BEFORE: what leads to it, and what it repeats."""
    for kind, told in parts:
        for inner in _inside(told):
            if kind in REPEATS and told[1] > 1:
                yield from ((before, again) for n in range(CHOICES) if (again := _said(inner, n)))
            yield from _pumps(inner, before, choice)
        before = (before + _said([(kind, told)], choice))[:LONGEST]


def _said(parts: Any, choice: int) -> str:
    """A text that PARTS fit; another for another CHOICE."""
    text = ""
    for kind, told in parts:
        inner = _inside(told)
        if kind in NOWHERE:
            continue
        if kind in REPEATS:
            text += _said(inner[0], choice) * min(told[0] or choice % 2, LONGEST)
        elif inner:
            text += _said(inner[choice % len(inner)], choice)
        else:
            text += _sign(kind, told, choice)
    return text[:LONGEST]


def _inside(told: Any) -> list[Any]:
    """The parts that a part has."""
    if isinstance(told, reader.SubPattern):
        return [told]
    return [inner for each in told for inner in _inside(each)] if isinstance(told, tuple | list) else []


def _sign(kind: Any, told: Any, choice: int) -> str:
    """A sign that fits one place of a pattern."""
    if kind is op.LITERAL:
        return chr(told)
    one_of = told if kind is op.IN else [(op.NEGATE, None), (op.LITERAL, told)] if kind is op.NOT_LITERAL else []
    if one_of and one_of[0][0] is not op.NEGATE:
        first, value = one_of[choice % len(one_of)]
        if first is not op.CATEGORY:
            return chr(value[0] if first is op.RANGE else value)
        return next((sign for sign in FILL if re.match(KINDS[value], sign)), "")
    return next((sign for sign in FILL if not any(_is(sign, *each) for each in one_of[1:])), "")


def _is(sign: str, kind: Any, value: Any) -> bool:
    if kind is op.CATEGORY:
        return bool(re.match(KINDS[value], sign))
    return bool(value[0] <= ord(sign) <= value[1]) if kind is op.RANGE else ord(sign) == value


def _try(site: Platform) -> None:
    for key in (site.key,) if isinstance(site.key, str) else site.key:
        for text in attacks(key):
            re.match(key, text)
    private = site.browsing.private if site.browsing else ()
    urls = (sign.url for sign in site.signs if sign.url)
    for pattern in (*private, *urls, *(each for sign in site.signs for each in sign.header.values())):
        for text in attacks(pattern):
            re.search(pattern, text)


if __name__ == "__main__":
    for each in sys.argv[2:]:
        _try(platform(each, Path(sys.argv[1])))
