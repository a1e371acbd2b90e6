"""Makes our own lines of a published list's lines; what cannot be read is named by its number."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date

from config.errors import ConfigError
from config.exemption import Basis, Exemption
from config.fold import folded
from config.protection import APPENDIX, DEPENDS, NOT_LISTED, UNLISTED, Register
from config.published import ListKind, Published
from config.reading import checked
from config.species import Branch, Line
from config.term import LONGEST
from desk.sheet import Row

SCIENTIFIC = re.compile(r"""[A-Z×][a-zë]+(?: [A-Za-zë×./()"'-]+){0,5}""")
STARTS_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Ours:
    """What we know already, to tell a list's animals by."""

    names: Mapping[str, Set[str]]  # folded Chinese name -> the scientific names that bear it
    groups: Mapping[str, Branch]  # by scientific name


class Unreadable(ValueError):  # noqa: N818 - it describes a line
    """A line that is left out, and why."""


@dataclass
class Read:
    """A published list as our own lines."""

    lines: list[Line] = field(default_factory=list)
    farmed: list[Exemption] = field(default_factory=list)
    unreadable: list[tuple[int, str]] = field(default_factory=list)  # line number, why

    def add(self, made: Line | Exemption) -> None:
        """Put MADE with its like."""
        if isinstance(made, Line):
            self.lines.append(made)
        else:
            self.farmed.append(made)


@dataclass(frozen=True)
class Origin:
    """Where a list comes from, as the person who takes it in says."""

    edition: date
    source: str


@dataclass(frozen=True)
class Cells:
    """One line of a list, by our names for its columns."""

    published: Published
    places: Mapping[str, int]
    cells: tuple[str, ...]

    def text(self, column: str) -> str:
        """The cell of COLUMN; "" where the list has none. Unreadable if a spreadsheet would run it."""
        place = self.places.get(column, len(self.cells))
        said = self.cells[place].strip() if place < len(self.cells) else ""
        if said.startswith(STARTS_FORMULA):
            raise Unreadable(f"'{said[:30]}' begins with {said[0]}, and a spreadsheet would run it")
        return said

    def word(self, column: str) -> str | None:
        """Our word for the cell of COLUMN, "" for an empty cell, None for a word that nobody knows."""
        said = folded(self.text(column))
        return self.published.words.get(column, {}).get(said) if said else ""

    def names(self, *columns: str) -> tuple[str, ...]:
        """The names in COLUMNS, each once."""
        found = [name.strip() for column in columns for name in re.split(r"[,，、;；]", self.text(column))]
        if long := [name for name in found if len(name) > LONGEST]:
            raise Unreadable(f"'{long[0][:30]}...' is too long for a name")
        return tuple(dict.fromkeys(name for name in found if name))


def read_list(published: Published, table: Iterable[Row], origin: Origin, known: Ours) -> Read:
    """The lines of TABLE, whose first is its heading, as the list that PUBLISHED describes."""
    lines = iter(table)
    places = published.places(next(lines)[1])
    make = _MAKERS[published.kind]
    read = Read()
    for number, cells in lines:
        try:
            read.add(make(Cells(published, places, cells), origin, known))
        except Unreadable as why:
            read.unreadable.append((number, str(why)))
        except ConfigError as problem:
            read.unreadable.append((number, str(problem).replace("\n", "; ")))
    read.lines = list(_together(read.lines))
    return read


def _cites(cells: Cells, origin: Origin, known: Ours) -> Line:
    """Names of an import are loose, whatever their length: thousands that nobody weighed must not alert alone."""
    latin = _scientific(cells.text("latin"))
    if not latin:
        raise Unreadable(f"'{cells.text('latin')[:40]}' is no scientific name")
    group = _group(latin, cells, known)
    row = {
        "latin": latin,
        "group": group,
        "watch": "wild" if group == "plant" else "",
        "zh_loose": ",".join(_long(cells.names("zh"))),
        "en_loose": ",".join(_long(cells.names("en"))),
        "quiet": ",".join(_short(cells.names("zh", "en"))),
        "list": Register.CITES.value,
        "level": _appendix(cells.text("level")),
    }
    return _line(row, cells, origin)


def _long(names: Iterable[str]) -> list[str]:
    """NAMES that are more than one English word or two Chinese characters."""
    return [name for name in names if re.search(r"\w\W+\w", name) or (len(name) > 2 and not name.isascii())]


def _short(names: Iterable[str]) -> list[str]:
    """The others of NAMES: Merlin, Hobby, Puma mean too much else to be looked for in a text."""
    known = tuple(names)
    return [name for name in known if name not in _long(known)]


def _appendix(cell: str) -> str:
    level = re.sub(r"(?i)appendix|附录|\s", "", cell).upper()
    if not re.fullmatch(APPENDIX, level):
        raise Unreadable(f"listing '{cell[:30]}' is none of I, II, III, I/II, ..., NC")
    return NOT_LISTED if level in UNLISTED else level


def _china(cells: Cells, origin: Origin, known: Ours) -> Line:
    latin = _scientific(cells.text("latin")) or _known_as(cells, known) or cells.text("zh")
    level = cells.word("level") or cells.text("level").upper()
    wild = cells.word("wild")
    if wild is None:
        raise Unreadable(f"wild only '{cells.text('wild')[:30]}' is neither yes nor no")
    row = {
        "latin": latin,
        "group": _group(latin, cells, known),
        "zh_loose": ",".join(_long(cells.names("zh", "also"))),
        "quiet": ",".join(_short(cells.names("zh", "also"))),
        "list": Register.CHINA.value,
        "level": level,
        "scope": wild or cells.text("scope"),
    }
    return _line(row, cells, origin)


def _farmed(cells: Cells, origin: Origin, known: Ours) -> Exemption:
    said = folded(f"{cells.text('basis')} {cells.text('effect')} {cells.text('latin')}")
    words = cells.published.words.get("basis", {})
    basis = next((ours for theirs, ours in words.items() if theirs in said), None)
    if basis is None:
        raise Unreadable(f"'{cells.text('basis')[:30]}' is none of the lists of farmed animals")
    row = {
        "name": cells.text("zh"),
        "latin": _scientific(cells.text("latin")) or _known_as(cells, known) or cells.text("zh"),
        "basis": Basis(basis).value,
        "instrument": cells.text("instrument") or origin.source,
        "edition": origin.edition.isoformat(),
        "verified": _verified(cells),
        "source": origin.source,
    }
    return checked(row, Exemption, row["name"])


_MAKERS: dict[ListKind, Callable[[Cells, Origin, Ours], Line | Exemption]] = {
    "cites": _cites,
    "china": _china,
    "exemptions": _farmed,
}


def _scientific(cell: str) -> str:
    """The scientific name that CELL begins with, without what stands in brackets behind it; "" if there is none."""
    name = re.sub(r"\s*[(（].*$", "", cell)
    return name if SCIENTIFIC.fullmatch(name) else ""


def _known_as(cells: Cells, known: Ours) -> str:
    """The scientific name of what we know by the line's Chinese name, "" if nothing; Unreadable if it may be several.

    A list that gives no scientific names loses nothing: its animals then go by their Chinese names.
    """
    name = cells.text("zh")
    if not name:
        raise Unreadable("no name")
    bearers = known.names.get(folded(name)) or known.names.get(folded(cells.text("also"))) or frozenset()
    if len(bearers) > 1:
        raise Unreadable(f"'{name}' may be {' or '.join(sorted(bearers))}: add a column 学名 that says which")
    return next(iter(bearers), "")


def _group(latin: str, cells: Cells, known: Ours) -> str:
    """What kind of animal or plant LATIN is: as we know it, else as its class says."""
    group = known.groups.get(latin) or cells.word("class") or cells.word("kingdom")
    if not group:
        raise Unreadable(f"class '{cells.text('class')[:30]}' is not known. Add it to config/lists")
    return group


def _verified(cells: Cells) -> str:
    """yes, unless the list itself has a column for it that says anything else."""
    return "yes" if "verified" not in cells.places or cells.word("verified") == "yes" else "no"


def _line(row: dict[str, str], cells: Cells, origin: Origin) -> Line:
    more = {"edition": origin.edition.isoformat(), "verified": _verified(cells), "source": origin.source}
    return checked({key: cell for key, cell in (row | more).items() if cell}, Line, row["latin"])


def _together(lines: Iterable[Line]) -> Iterator[Line]:
    """One line for each species: an export has one for each population, and a level for each."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.latin, []).append(line)
    for same in found.values():
        levels = sorted({part for line in same for part in line.level.split("/")})
        level = "/".join(levels)
        yield same[0].model_copy(update={"level": level, "scope": DEPENDS}) if "/" in level else same[0]
