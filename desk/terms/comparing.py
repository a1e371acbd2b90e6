"""Holds somebody's own list of terms against ours, line by line, before any of it counts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache, partial
from pathlib import Path
from typing import Any

from config.errors import UsageError, WildfreeError
from config.term import Key, Placed, Status, Term, languages, unseen_in
from desk.context import Desk
from desk.reviewing import known_species
from desk.sheet import Row, rows
from desk.terms.doubting import Doubts, doubts
from desk.terms.own import by_key, made, today, where
from desk.terms.reading import Given, facts, heading


class Finding(StrEnum):
    """How one line stands to what is known already."""

    NEW = "new"
    CHANGED = "changed"  # a row of the workspace's own says otherwise, or it is in the queue
    SAME = "same"
    CONTRADICTS = "contradicts"  # a shipped row says otherwise, or it was retired here: never taken by the way
    DOUBTFUL = "doubtful"  # new, but so common that it may find everything: taken only by --yes
    UNREADABLE = "unreadable"


TAKEN = frozenset({Finding.NEW, Finding.CHANGED})

UNCOMPARED = frozenset({"term", "source", "since", "status"})  # what of two rows of one term may differ


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
class Ours:
    """What each line of a list is held against."""

    terms: Mapping[Key, Placed]
    languages: Sequence[str]
    species: Callable[[str], str]  # the scientific name of what somebody calls so
    against: Doubts
    today: date


@dataclass(frozen=True)
class Said:
    """What one line says."""

    row: Term  # as it would be written
    facts: Mapping[str, Any]  # that the line, or what was given for all, says; the rest of the row is left open
    unseen: str  # what was left out of the word
    note: str


def compared(here: Desk, path: Path, given: Given) -> list[Compared]:
    """Every line of the list PATH held against what is known; UsageError where it has no heading we can read."""
    found = rows(path)
    head, columns = heading(path, found, given)
    lines = [line for line in found if line.number > head]
    place = columns.index("term")
    against = doubts(here, (line.cells[place] for line in lines if len(line.cells) > place))
    given = replace(given, language=given.language or here.settings.language)
    ours = Ours(by_key(here), languages(here.overlay), cache(partial(known_species, here)), against, today(here))
    return list(_each(lines, columns, given, ours))


def _each(lines: Iterable[Row], columns: Sequence[str], given: Given, ours: Ours) -> Iterator[Compared]:
    """Each of LINES held against OURS; of those of one term only the first can be read."""
    before: dict[Key, int] = {}
    for line in lines:
        cells = dict(zip(columns, line.cells, strict=False))
        try:
            said = _said(cells, given, ours)
            if said.row.key in before:
                raise UsageError(f"stands in line {before[said.row.key]} already")
        except WildfreeError as problem:
            yield _unreadable(line.number, cells, problem)
        else:
            before[said.row.key] = line.number
            yield _held(line.number, said, ours)


def _said(cells: Mapping[str, str], given: Given, ours: Ours) -> Said:
    """What CELLS say; UsageError or ConfigError where that is no term."""
    known = facts(cells, given)
    note = known.pop("note", "")
    if "species" in known:
        known["species"] = ours.species(known["species"])
    row = made({"since": ours.today} | known, ours.languages, "")
    return Said(row, known, _unseen(cells["term"]), note)


def _unseen(word: str) -> str:
    signs = unseen_in(word)
    return f"taken without {', '.join(signs)}, which nobody sees" if signs else ""


def _unreadable(number: int, cells: Mapping[str, str], problem: WildfreeError) -> Compared:
    because = " ".join(str(problem).removeprefix(": ").replace("\n: ", "; ").split())
    return Compared(number, Finding.UNREADABLE, cells.get("term", ""), "", because, None)


def _held(number: int, said: Said, ours: Ours) -> Compared:
    """The line of that NUMBER held against the term of OURS in its place, and against what speaks against it."""
    there = ours.terms.get(said.row.key)
    told = _doubted(_compared(number, said.row, there, said.facts), there, ours.against)
    return replace(told, note=said.note, because="; ".join(filter(None, (told.because, said.unseen))))


def _doubted(each: Compared, there: Placed | None, against: Doubts) -> Compared:
    """EACH, but doubtful where something speaks against the term, which takes the place of what is THERE."""
    why = against.of(each.row, there) if each.row and each.finding in TAKEN else []
    return replace(each, finding=Finding.DOUBTFUL, because="; ".join([*why, "taken only by --yes"])) if why else each


def _compared(number: int, row: Term, there: Placed | None, said: Mapping[str, Any]) -> Compared:
    """How ROW stands to what is THERE; only what its line says (SAID) counts."""

    def told(finding: Finding, because: str, written: Term = row) -> Compared:
        return Compared(number, finding, row.term, row.language, because, written)

    if there is None:
        return told(Finding.NEW, "")
    old = there.term
    if old.status is Status.PROPOSED:
        return told(Finding.CHANGED, f"it waits in the queue ({where(there)}), and would be accepted")
    if old.status is Status.RETIRED:
        return told(Finding.CONTRADICTS, f"it was retired ({where(there)}); see: wildfree term show {row.term}")
    differs = [name for name in said if name not in UNCOMPARED and getattr(row, name) != getattr(old, name)]
    if row.status is Status.RETIRED:
        differs.append("status")
    if not differs:
        return told(Finding.SAME, where(there), old)
    because = f"{where(there)}: " + "; ".join(f"{name} {_was(old, name)} -> {_was(row, name)}" for name in differs)
    if there.shipped:
        return told(Finding.CONTRADICTS, because)
    kept = {name: getattr(row, name) for name in {*differs, *({"source"} & said.keys())}}
    return told(Finding.CHANGED, because, old.model_copy(update=kept))


def _was(term: Term, name: str) -> str:
    value = getattr(term, name)
    return repr(",".join(value) if isinstance(value, tuple) else str(value))
