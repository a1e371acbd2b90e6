"""Reads TOML and TSV strictly: an error names the file, the key, and the word that was probably meant."""

import csv
import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from config.errors import ConfigError, UsageError, why
from config.system import unfit

SHIPPED = Path(__file__).parent
LONG = 200  # characters of a value that an error quotes whole
DEEP = 50  # parts of a key of TOML: the time that its reader takes grows with their square
PART = r"""(?:[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*')[ \t]*"""


class Strict(BaseModel):
    """A record of a file: no key beyond its fields, never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False)


class Both(Strict):
    """One saying in both languages of our letters, in our own words."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


Record = TypeVar("Record", bound=Strict)


def _file_name(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name) or unfit(name):
        raise ValueError(f"{unfit(name) or 'only small letters a to z, figures, - and _'}; it names files everywhere")
    return name


FileName = Annotated[str, AfterValidator(_file_name)]  # one that every system takes, in any case of letters


def read_toml(path: Path, kind: type[Record]) -> Record:
    """Read one TOML file as KIND; raise ConfigError with file, key and mend."""
    try:
        content = tomllib.loads(_flat(_text(path)))
    except ValueError as problem:
        raise ConfigError(f"{shown(path)}: not TOML: {problem}") from None
    except RecursionError:
        raise ConfigError(f"{shown(path)}: not TOML that can be read: too many brackets within brackets") from None
    return checked(content, kind, shown(path))


def _flat(text: str) -> str:
    """TEXT, if no key in it has more than DEEP parts; else ValueError, before anybody reads it for hours."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") >= DEEP and _deep(line):
            raise ValueError(f"line {number}: a key of more than {DEEP} parts")
    return text


def _deep(line: str) -> bool:
    import re2  # type: ignore[import-untyped]  # noqa: PLC0415  (a tenth of a second, and hardly a line has the dots)

    return re2.search(rf"{PART}(?:\.[ \t]*{PART}){{{DEEP}}}", line) is not None


def read_json(path: Path, kind: type[Record]) -> Record:
    """Read one JSON file as KIND; raise ConfigError with file, key and mend."""
    try:
        content = json.loads(_text(path))
    except (ValueError, RecursionError) as problem:
        raise ConfigError(f"{shown(path)}: not JSON that can be read: {problem}") from None
    return checked(content, kind, shown(path))


def read_tsv(path: Path, kind: type[Record]) -> tuple[Record, ...]:
    """Read a tab-separated file with a heading line, one KIND a line; an empty cell is an absent key."""
    table = csv.DictReader(StringIO(_text(path)), delimiter="\t", quoting=csv.QUOTE_NONE, restkey="", strict=True)
    try:
        _headed(table.fieldnames or (), kind, shown(path))
        return tuple(_record(row, kind, f"{shown(path)}:{table.line_num}") for row in table)
    except csv.Error as problem:
        raise ConfigError(f"{shown(path)}:{table.line_num + 1}: cannot be read: {problem}. Mend the line") from None


def tsv(kind: type[Record], rows: Iterable[Record]) -> bytes:
    """ROWS as `read_tsv` reads a file of KIND: yes and no, commas between the words of one cell."""
    lines = [tuple(kind.model_fields), *(_cells(row) for row in rows)]
    return "".join("\t".join(line) + "\n" for line in lines).encode()


def _cells(row: Strict) -> tuple[str, ...]:
    """The cells of ROW; ConfigError if one would end its cell or its line."""
    cells = tuple(map(_cell, row.model_dump(mode="json").values()))
    if torn := next((cell for cell in cells if re.search(r"[\t\r\n]", cell)), None):
        raise ConfigError(f"{_cut(repr(torn))}: a tab or the end of a line stands in it. Write it on one line")
    return cells


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _headed(columns: Sequence[str], kind: type[Record], place: str) -> None:
    """Check the heading line: an unknown column, or a missing one, would silently empty the file."""
    for column in columns:
        if columns.count(column) > 1:
            raise ConfigError(f"{place}:1: the column '{column}' stands there twice: keep one")
        if column not in kind.model_fields and column.split(",")[0] in kind.model_fields:
            raise ConfigError(f"{place}:1: commas stand between the columns. Save it again with tabs between them")
        if column not in kind.model_fields:
            raise ConfigError(f"{place}:1: no column is called '{column}'.{did_you_mean(column, kind.model_fields)}")
    for name, field in kind.model_fields.items():
        if field.is_required() and name not in columns:
            raise ConfigError(f"{place}:1: the column '{name}' is missing")


def _record(row: dict[str, str], kind: type[Record], place: str) -> Record:
    if "" in row:
        raise ConfigError(f"{place}: more cells than the heading has columns")
    return checked({key: cell for key, cell in row.items() if cell}, kind, place)


def _text(path: Path) -> str:
    """The file's text; a mark at its head, as some editors write it, is no part of it."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        lost = "a link that leads nowhere. Replace it" if path.is_symlink() else "there is no such file. Put it back"
        raise ConfigError(f"{shown(path)}: {lost}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{shown(path)}: not UTF-8. Save it again as UTF-8") from None
    except OSError as problem:
        raise ConfigError(f"{shown(path)}: cannot be read: {why(problem)}") from None
    if "\0" in text:  # UTF-16 without a mark, or no text at all
        raise ConfigError(f"{shown(path)}: not UTF-8 (there are zero bytes in it). Save it again as UTF-8")
    return text


def bounded(path: Path, most: int) -> bytes:
    """What the file at PATH holds, at most MOST + 1 bytes: so many say that it is too large. UsageError in words."""
    try:
        if path.is_fifo() or path.is_char_device() or path.is_socket():  # it may never begin, or never end
            raise UsageError(f"{path}: is no file. Save what it gives, and name that")
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as problem:
        raise UsageError(f"{path}: cannot be read: {why(problem)}") from None


def checked(content: dict[str, Any], kind: type[Record], place: str) -> Record:
    """CONTENT as a KIND; every fault of it, one a line, in a ConfigError."""
    try:
        return kind.model_validate(content)
    except ValidationError as problem:
        raise ConfigError("\n".join(f"{place}: {said}" for said in _faults(problem, kind))) from None


def _faults(problem: ValidationError, kind: type[BaseModel]) -> list[str]:
    """Every fault in words, misspelt keys first; a key that is missing because it is misspelt is said once."""
    faults = sorted(problem.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
    said = [_said(fault, kind) for fault in faults]
    misspelt = " ".join(line for line in said if "Did you mean" in line)
    return [line for line in said if "lacks" not in line or line.rsplit(" ", 1)[1] not in misspelt]


def _said(fault: ErrorDetails, kind: type[BaseModel]) -> str:
    """One fault of pydantic's in the words of a person who edits the file."""
    *outer, key = fault["loc"] or ("the file",)
    table = _table(outer)
    if fault["type"] == "extra_forbidden":
        return f"{table} has no key '{key}'.{did_you_mean(str(key), _keys(kind, outer))}"
    if fault["type"] == "missing":
        return f"{table} lacks the key '{key}'"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{table + ' ' if outer else ''}{key} = {_cut(repr(fault['input']))}: {message}"


def _cut(text: str) -> str:
    """TEXT, if it is of a length that somebody reads; else its beginning."""
    return text if len(text) <= LONG else f"{text[: LONG // 4]}... ({len(text)} characters)"


def _table(outer: Sequence[int | str]) -> str:
    if not outer:
        return "the file"
    named = [f"{step + 1}." if isinstance(step, int) else str(step) for step in outer]
    return "[" + ".".join(named).replace("..", ".") + "]"


def _keys(kind: type[BaseModel], outer: Iterable[int | str]) -> list[str]:
    """The keys that the table at OUTER may have, found by walking the fields' types."""
    for step in outer:
        fields = {field.alias or name: field for name, field in kind.model_fields.items()}
        if isinstance(step, str) and step in fields:
            kind = _record_in(fields[step].annotation) or kind
    return [field.alias or name for name, field in kind.model_fields.items()]


def _record_in(annotation: Any) -> type[BaseModel] | None:
    """The record type inside `Card`, `Card | None`, `tuple[Sign, ...]` or `dict[str, Card]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_record_in(part) for part in getattr(annotation, "__args__", ()))
    return next((found for found in inner if found), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """' Did you mean ...?' where a known word is near, else nothing."""
    near = get_close_matches(word, list(known), n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


def shown(path: Path) -> str:
    """PATH as a person knows it: `config/platforms/x.toml` wherever the file lies."""
    parts = path.parts
    if "config" in parts:
        last = len(parts) - 1 - parts[::-1].index("config")
        return "/".join(parts[last:])
    return str(path)


def shelf(folder: str, suffix: str, overlay: Path | None) -> dict[str, Path]:
    """The files of config/FOLDER by name; those of OVERLAY (a workspace's config/) stand before ours.

    Hidden files are none of them: macOS lays a ._NAME beside each file on a disk that is not its own.
    """
    found: dict[str, Path] = {}
    for root in (SHIPPED, overlay):
        if root is not None:
            found |= {path.stem: path for path in _listed(root / folder, suffix)}
    return dict(sorted(found.items()))


def _listed(folder: Path, suffix: str) -> list[Path]:
    """The files of FOLDER that end in SUFFIX; ConfigError if it is there and cannot be looked into.

    A name that an editor made longer (x.toml.txt, x.TOML) would silently be none of them, and so is an error.
    """
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as problem:
        raise ConfigError(f"{shown(folder)}: cannot be looked into: {why(problem)}") from None
    for name in names:
        if re.fullmatch(rf"[^.].*{re.escape(suffix)}(\.txt)?", name, re.IGNORECASE) and not name.endswith(suffix):
            raise ConfigError(f"{shown(folder)}: '{name}' is not read: let its name end in {suffix}")
    return [folder / name for name in names if name.endswith(suffix) and not name.startswith(".")]


def named(name: str, folder: str, suffix: str, overlay: Path | None) -> Path:
    """The file NAME of config/FOLDER; ConfigError with the nearest name where there is none."""
    files = shelf(folder, suffix, overlay)
    if name not in files:
        hint = did_you_mean(name, files) or f" Known: {', '.join(files) or 'none'}."
        raise ConfigError(f"config/{folder}: no '{name}{suffix}'.{hint}")
    return files[name]
