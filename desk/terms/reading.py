"""Reads somebody's own list of terms: what its heading calls our columns, and what its cells say in our words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from config.errors import UsageError
from config.fold import folded
from config.reading import SHIPPED, Strict, did_you_mean, read_toml
from config.term import Kind, Status, without_unseen
from desk.sheet import Row

MANY = re.compile("[,，、;；|]")  # between the words of one cell
HEADED = 20  # lines among which the heading is looked for: some lists begin with a title


@dataclass(frozen=True)
class Given:
    """What is said for all lines of a list that leave it open."""

    language: str = ""
    kind: Kind | None = None
    source: str = ""
    left_out: tuple[str, ...] = ()  # columns that are not to be read


class Words(Strict):
    """How people head their columns, and what they write in them."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    languages: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[str, ...]]


@cache
def _words() -> Words:
    return read_toml(SHIPPED / "terms" / "spreadsheet.toml", Words)


def heading(path: Path, found: Sequence[Row], given: Given) -> tuple[int, list[str]]:
    """The number of the heading line, and the field that each column gives ("": it is left out).

    UsageError where no line can be the heading, or nothing says what is needed of each term.
    """
    unread = {_bare(name) for name in given.left_out}
    for line in found[:HEADED]:
        if "term" in map(_field, line.cells):
            columns = _columns(line, path, unread)
            _complete(path, columns, given)
            return line.number, columns
    heads = ", ".join(f"'{cell}'" for cell in found[0].cells[:10] if cell)
    near = next((hint for cell in found[0].cells if (hint := did_you_mean(_bare(cell), _known()))), "")
    raise UsageError(f"{path}:{found[0].number}: no column of terms; there are {heads}.{near} Call it 'term' (词)")


def _columns(line: Row, path: Path, unread: set[str]) -> list[str]:
    fields: list[str] = []
    for cell in line.cells:
        field = "" if not cell or _bare(cell) in unread else _field(cell)
        if field is None:
            hint = did_you_mean(_bare(cell), _known()) or f" Known: {', '.join(_words().columns)}."
            raise UsageError(
                f"{path}:{line.number}: no column is called '{cell}'.{hint} Or leave it out: --leave-out '{cell}'"
            )
        if field and field in fields:
            raise UsageError(f"{path}:{line.number}: two columns are the {field}: '{cell}' is the second. Keep one")
        fields.append(field)
    return fields


def _bare(text: str) -> str:
    return folded(text).replace("_", " ").strip(" *:：")


def _field(head: str) -> str | None:
    return _alias(_words().columns, head)


def _alias(words: dict[str, tuple[str, ...]], said: str) -> str | None:
    """What of WORDS is meant by SAID."""
    bare = _bare(said)
    return next((name for name, others in words.items() if bare in (name, *map(_bare, others))), None)


def _known() -> list[str]:
    return [name for names in _words().columns.values() for name in names]


def _complete(path: Path, columns: Sequence[str], given: Given) -> None:
    """UsageError, which names all that neither a column nor an option says."""
    kind = [] if "kind" in columns or given.kind else ["--kind (name, product, code, ...)"]
    source = [] if "source" in columns or given.source else ["--source (whose list it is; --take needs it)"]
    if kind:
        raise UsageError(f"{path}: no column says it, so say it for all lines: {' and '.join([*kind, *source])}")


def facts(cells: Mapping[str, str], given: Given) -> dict[str, Any]:
    """What CELLS say, in our own words; nothing of what they leave open."""
    for name, cell in cells.items():
        if name and cell.startswith("="):
            raise UsageError(f"{name}: a formula ({cell[:30]}); it is not worked out. Put what it shows in its place")
    said: dict[str, Any] = {name: cell for name, cell in cells.items() if name and cell}
    if not said.get("term"):
        raise UsageError("the word is missing")
    said["term"] = without_unseen(said["term"]) or said["term"]
    said["kind"] = _named(_words().kinds, said.get("kind", given.kind or ""), "kind")
    spoken = "zxx" if said["kind"] == Kind.EMOJI else given.language
    said["language"] = _named(_words().languages, said.get("language", spoken), "language")
    if said["kind"] not in frozenset(Kind):
        raise UsageError(f"kind '{said['kind']}': there is none.{did_you_mean(said['kind'], list(Kind))}")
    if source := said.get("source") or given.source:
        said["source"] = source
    return said | _converted(said)


def _named(words: dict[str, tuple[str, ...]], said: str, name: str) -> str:
    """What is SAID in our own word; UsageError where nothing is."""
    if not said:
        raise UsageError(f"{name}: not given. Add a column, or say it for all: --{name}")
    return _alias(words, said) or said.strip().casefold()


def _converted(said: dict[str, Any]) -> dict[str, Any]:
    """What is SAID that is no plain text, as a term has it."""
    found: dict[str, Any] = {}
    for name in {"raises", "lowers"} & said.keys():
        found[name] = tuple(word.strip() for word in MANY.split(said[name]) if word.strip())
    if "search" in said:
        found["search"] = _yes(said["search"])
    if "status" in said:  # reviewed by them; here nobody has weighed it yet
        theirs = said["status"].casefold()
        found["status"] = Status.DRAFT if theirs == Status.REVIEWED else theirs
    return found


def _yes(cell: str) -> bool:
    if _bare(cell) not in (*_words().yes, *_words().no):
        raise UsageError(f"search '{cell}': say yes or no")
    return _bare(cell) in _words().yes
