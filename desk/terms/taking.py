"""Holds somebody's own list of terms against ours, line by line, before any of it counts."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from config.errors import UsageError, WildfreeError
from config.fold import folded
from config.reading import SHIPPED, Strict, did_you_mean, read_toml
from config.term import Key, Kind, Placed, Status, Term, languages, unseen_in, without_unseen
from desk.context import Desk
from desk.reviewing import known_species
from desk.sheet import Row, rows
from desk.terms.doubting import Doubts, doubts
from desk.terms.own import by_key, made, today, where

MANY = re.compile("[,，、;；|]")  # between the words of one cell
HEADED = 20  # lines among which the heading is looked for: some lists begin with a title


class Finding(StrEnum):
    """How one line stands to what is known already."""

    NEW = "new"
    CHANGED = "changed"  # a row of the workspace's own says otherwise, or it is in the queue
    SAME = "same"
    CONTRADICTS = "contradicts"  # a shipped row says otherwise, or it was retired here: never taken by the way
    DOUBTFUL = "doubtful"  # new, but so common that it may find everything: taken only by --yes
    UNREADABLE = "unreadable"


TAKEN = frozenset({Finding.NEW, Finding.CHANGED})


@dataclass(frozen=True)
class Compared:
    """One line of the list."""

    line: int  # from 1
    finding: Finding
    term: str
    language: str
    because: str  # what differs, where it stands, or what is wrong
    row: Term | None  # as it would be written; None: unreadable
    note: str = ""  # what the list says of it beside

    def facts(self) -> dict[str, Any]:
        """All of it for a program."""
        return vars(self) | {"row": self.row.model_dump(mode="json") if self.row else None}


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


def compared(here: Desk, path: Path, given: Given) -> list[Compared]:
    """Every line of the list PATH held against what is known; UsageError where it has no heading we can read."""
    found = rows(path)
    head, columns = _heading(path, found, given.left_out)
    _complete(path, columns, given)
    lines = [line for line in found if line.number > head]
    place = columns.index("term")
    against = doubts(here, (line.cells[place] for line in lines if len(line.cells) > place))
    given = replace(given, language=given.language or here.settings.language)
    return list(_each(here, lines, columns, given, against))


def _complete(path: Path, columns: Sequence[str], given: Given) -> None:
    """UsageError, which names all that neither a column nor an option says."""
    kind = [] if "kind" in columns or given.kind else ["--kind (name, product, code, ...)"]
    source = [] if "source" in columns or given.source else ["--source (whose list it is; --take needs it)"]
    if kind:
        raise UsageError(f"{path}: no column says it, so say it for all lines: {' and '.join([*kind, *source])}")


def _doubted(each: Compared, there: Placed | None, against: Doubts) -> Compared:
    """EACH, but doubtful where something speaks against the term, which takes the place of what is THERE."""
    why = against.of(each.row, there) if each.row and each.finding in TAKEN else []
    return replace(each, finding=Finding.DOUBTFUL, because="; ".join([*why, "taken only by --yes"])) if why else each


def _heading(path: Path, found: Sequence[Row], left_out: Sequence[str]) -> tuple[int, list[str]]:
    """The number of the heading line, and the field that each column gives ("": it is left out)."""
    unread = {_bare(name) for name in left_out}
    for line in found[:HEADED]:
        if "term" in map(_field, line.cells):
            return line.number, _columns(line, path, unread)
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


def _each(
    here: Desk, found: Iterable[Row], columns: Sequence[str], given: Given, against: Doubts
) -> Iterator[Compared]:
    known, spoken, now = by_key(here), languages(here.overlay), today(here)
    species = cache(lambda name: known_species(here, name))
    before: dict[Key, int] = {}
    for line in found:
        cells = dict(zip(columns, line.cells, strict=False))
        try:
            facts = _facts(cells, given)
            note = facts.pop("note", "")
            if "species" in facts:
                facts["species"] = species(facts["species"])
            row = made({"since": now} | facts, spoken, "")
            if row.key in before:
                raise UsageError(f"stands in line {before[row.key]} already")
        except WildfreeError as problem:
            said = " ".join(str(problem).removeprefix(": ").replace("\n: ", "; ").split())
            yield Compared(line.number, Finding.UNREADABLE, cells.get("term", ""), "", said, None)
            continue
        before[row.key] = line.number
        there = known.get(row.key)
        told = _doubted(_compared(line.number, row, there, facts), there, against)
        because = "; ".join(filter(None, (told.because, _unseen(cells["term"]))))
        yield replace(told, note=note, because=because)


def _unseen(word: str) -> str:
    signs = unseen_in(word)
    return f"taken without {', '.join(signs)}, which nobody sees" if signs else ""


def _facts(cells: dict[str, str], given: Given) -> dict[str, Any]:
    """What CELLS say, in our own words; nothing of what they leave open."""
    for name, cell in cells.items():
        if name and cell.startswith("="):
            raise UsageError(f"{name}: a formula ({cell[:30]}); it is not worked out. Put what it shows in its place")
    facts: dict[str, Any] = {name: cell for name, cell in cells.items() if name and cell}
    if not facts.get("term"):
        raise UsageError("the word is missing")
    facts["term"] = without_unseen(facts["term"]) or facts["term"]
    facts["kind"] = _named(_words().kinds, facts.get("kind", given.kind or ""), "kind")
    spoken = "zxx" if facts["kind"] == Kind.EMOJI else given.language
    facts["language"] = _named(_words().languages, facts.get("language", spoken), "language")
    if facts["kind"] not in frozenset(Kind):
        raise UsageError(f"kind '{facts['kind']}': there is none.{did_you_mean(facts['kind'], list(Kind))}")
    if source := facts.get("source") or given.source:
        facts["source"] = source
    return facts | _converted(facts)


def _named(words: dict[str, tuple[str, ...]], said: str, name: str) -> str:
    """What is SAID in our own word; UsageError where nothing is."""
    if not said:
        raise UsageError(f"{name}: not given. Add a column, or say it for all: --{name}")
    return _alias(words, said) or said.strip().casefold()


def _converted(facts: dict[str, Any]) -> dict[str, Any]:
    """Those of FACTS that are no plain texts."""
    found: dict[str, Any] = {}
    for name in {"raises", "lowers"} & facts.keys():
        found[name] = tuple(word.strip() for word in MANY.split(facts[name]) if word.strip())
    if "search" in facts:
        found["search"] = _yes(facts["search"])
    if "status" in facts:  # reviewed by them; here nobody has weighed it yet
        said = facts["status"].casefold()
        found["status"] = Status.DRAFT if said == Status.REVIEWED else said
    return found


def _yes(cell: str) -> bool:
    if _bare(cell) not in (*_words().yes, *_words().no):
        raise UsageError(f"search '{cell}': say yes or no")
    return _bare(cell) in _words().yes


def _compared(number: int, row: Term, there: Placed | None, facts: dict[str, Any]) -> Compared:
    """How ROW stands to what is THERE; only what its line says (FACTS) counts."""

    def told(finding: Finding, because: str, written: Term = row) -> Compared:
        return Compared(number, finding, row.term, row.language, because, written)

    if there is None:
        return told(Finding.NEW, "")
    old = there.term
    if old.status is Status.PROPOSED:
        return told(Finding.CHANGED, f"it waits in the queue ({where(there)}), and would be accepted")
    if old.status is Status.RETIRED:
        return told(Finding.CONTRADICTS, f"it was retired ({where(there)}); see: wildfree term show {row.term}")
    said = {name: getattr(row, name) for name in facts if name not in ("term", "source", "since", "status")}
    differs = [name for name, value in said.items() if value != getattr(old, name)]
    if row.status is Status.RETIRED:
        differs.append("status")
    if not differs:
        return told(Finding.SAME, where(there), old)
    because = f"{where(there)}: " + "; ".join(f"{name} {_was(old, name)} -> {_was(row, name)}" for name in differs)
    if there.shipped:
        return told(Finding.CONTRADICTS, because)
    kept = {name: getattr(row, name) for name in {*differs, *({"source"} & facts.keys())}}
    return told(Finding.CHANGED, because, old.model_copy(update=kept))


def _was(term: Term, name: str) -> str:
    value = getattr(term, name)
    return repr(",".join(value) if isinstance(value, tuple) else str(value))
