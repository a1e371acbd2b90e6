"""What a species is to us: its names and what the lists say of it; the facts are in species/*.tsv and names/*.tsv."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from config.errors import ConfigError
from config.fold import folded
from config.protection import (
    APPENDIX,
    CLASS,
    NOT_LISTED,
    UNLISTED,
    Register,
    Statement,
    Unverified,
    Verified,
    citable,
    said_on,
)
from config.reading import Strict, read_tsv, shelf, shown
from config.settings import Language
from config.term import Kind, Term, Words

Branch = Literal["mammal", "bird", "reptile", "amphibian", "fish", "invertebrate", "plant"]


class Watch(StrEnum):
    """When a name of the species matters in a listing."""

    ALWAYS = "always"
    WILD = "wild"  # commonly farmed or grown: only when said to be wild
    NEVER = "never"  # listed so that it is told apart from others


class ProductForm(StrEnum):
    """What of an animal or plant is offered; a reviewer says it, and grounds of law may depend on it."""

    LIVE = "live"
    RAW = "raw"  # a part as it is: tusk, scales, skin
    WORKED = "worked"  # made into something
    POWDER = "powder"  # medicine too
    MEAT = "meat"
    EGG = "egg"
    PLANT = "plant"
    TOOL = "tool"  # hunting gear


class Line(Strict):
    """One line of a species file: names, a list's word, or both. Lines of one scientific name are one species."""

    latin: str = Field(min_length=1)  # scientific name; the Chinese one where a list that was taken in gives none
    group: Branch | None = None
    watch: Watch | None = None
    zh: Words = ()
    en: Words = ()
    zh_loose: Words = ()  # names that often mean something else
    en_loose: Words = ()
    quiet: Words = ()  # names too common to be looked for in texts; known when somebody asks
    list: Register | None = None
    level: str = ""
    scope: str = ""  # what of the species the level covers, where not all
    edition: date | None = None  # of the list; of an unverified line the day it was written down
    verified: bool = False  # a person read it in the list itself
    source: str = ""

    @model_validator(mode="after")
    def _whole(self) -> "Line":
        said = (self.list is not None, bool(self.level), self.edition is not None)
        if any(said) and not all(said):
            raise ValueError("a list needs its level and its edition (a date), and each of these needs the list")
        if self.list is None and (self.verified or self.scope):
            raise ValueError("verified and scope speak of a list's level, and this line names no list")
        if self.list is not None and not self.source:
            raise ValueError("say in 'source' where the level was read, or who noted it")
        known = APPENDIX if self.list is Register.CITES else CLASS
        if self.level and not re.fullmatch(known, self.level):
            raise ValueError(f"level '{self.level}': none of {known.replace('|', ', ')}")
        return self

    @property
    def statement(self) -> Statement | None:
        """The list's word, verified or not, or None where the line gives names only."""
        if self.list is None or self.edition is None:
            return None
        if self.verified:
            return Verified(
                list=self.list, level=self.level, scope=self.scope, source=self.source, edition=self.edition
            )
        return Unverified(list=self.list, level=self.level, scope=self.scope, source=self.source, noted=self.edition)


class Named(Strict):
    """The names of one species in one further language."""

    latin: str = Field(min_length=1)
    language: str = Field(min_length=2)  # BCP 47
    names: Words
    source: str = Field(min_length=1)


class Species(Strict):
    """One species, or a group that the lists name as a whole."""

    latin: str = Field(min_length=1)
    group: Branch
    watch: Watch
    zh: Words = ()
    en: Words = ()
    zh_loose: Words = ()  # names that often mean something else
    en_loose: Words = ()
    quiet: Words = ()  # names too common to be looked for in texts; known when somebody asks
    others: tuple[Named, ...] = ()  # names in further languages
    statements: tuple[Statement, ...] = ()  # all that the lists say; by list, the newest first

    @property
    def zh_names(self) -> tuple[str, ...]:
        """All Chinese names, the one to print first."""
        return (*self.zh, *self.zh_loose, *(word for word in self.quiet if not word.isascii()))

    @property
    def en_names(self) -> tuple[str, ...]:
        """All English names, the one to print first."""
        return (*self.en, *self.en_loose, *(word for word in self.quiet if word.isascii()))

    @property
    def zh_name(self) -> str:
        """The Chinese name to print; "" none."""
        return next(iter(self.zh_names), "")

    @property
    def en_name(self) -> str:
        """The English name to print; "" none."""
        return next(iter(self.en_names), "")

    def called(self, language: Language) -> str:
        """The name to print in LANGUAGE, or else the scientific one."""
        return (self.zh_name if language == "zh" else self.en_name) or self.latin

    @property
    def protection(self) -> tuple[Verified, ...]:
        """What a letter may cite."""
        return citable(self.statements)

    @property
    def china(self) -> str | None:
        """The level in China's list, I or II, as far as it was verified."""
        level = self._in_china.level if self._in_china else NOT_LISTED
        return None if level in UNLISTED else level

    @property
    def scope(self) -> str:
        """What of the species China's level covers, where not all."""
        return self._in_china.scope if self._in_china else ""

    @property
    def edition(self) -> date | None:
        """Of China's list."""
        return self._in_china.edition if self._in_china else None

    @property
    def _in_china(self) -> Verified | None:
        return next((each for each in self.protection if each.register_ is Register.CHINA), None)

    @property
    def words(self) -> tuple[str, ...]:
        """Every name, the scientific one first."""
        others = (name for named in self.others for name in named.names)
        return (self.latin, *self.zh, *self.en, *self.zh_loose, *self.en_loose, *self.quiet, *others)


def species(overlay: Path | None = None) -> tuple[Species, ...]:
    """Every species; a file of OVERLAY (a workspace's config/) stands in for ours of its name, or adds to them."""
    found: dict[str, list[tuple[Line, Path]]] = {}
    for path in _in_order(overlay):
        for line in read_tsv(path, Line):
            found.setdefault(line.latin, []).append((line, path))
    others = _others(overlay)
    return tuple(_joined(lines, others.get(latin, ())) for latin, lines in found.items())


def _in_order(overlay: Path | None) -> Iterator[Path]:
    """The shipped names first, so that a list taken in later never changes which name is printed."""
    files, ours = shelf("species", ".tsv", overlay), shelf("species", ".tsv", None)
    yield from (path for name, path in files.items() if name in ours)
    yield from (path for name, path in files.items() if name not in ours)


def _others(overlay: Path | None) -> dict[str, tuple[Named, ...]]:
    found: dict[str, tuple[Named, ...]] = {}
    for path in shelf("names", ".tsv", overlay).values():
        for named in read_tsv(path, Named):
            found[named.latin] = (*found.get(named.latin, ()), named)
    return found


def _joined(lines: Sequence[tuple[Line, Path]], others: tuple[Named, ...]) -> Species:
    """The species that LINES, all of one scientific name, describe."""
    said = [line for line, _ in lines]
    zh, en = _once(word for line in said for word in line.zh), _once(word for line in said for word in line.en)
    statements = [each for line in said if (each := line.statement) is not None]
    zh_loose = _once((word for line in said for word in line.zh_loose), zh)
    en_loose = _once((word for line in said for word in line.en_loose), en)
    return Species.model_construct(  # each line was checked as it was read
        latin=said[0].latin,
        group=_group(lines),
        watch=next((line.watch for line in said if line.watch), Watch.ALWAYS),
        zh=zh,
        en=en,
        zh_loose=zh_loose,
        en_loose=en_loose,
        quiet=_once((word for line in said for word in line.quiet), (*zh, *en, *zh_loose, *en_loose)),
        others=others,
        statements=tuple(sorted(statements, key=lambda each: (each.register_, -said_on(each).toordinal()))),
    )


def _once(words: Iterable[str], known: Iterable[str] = ()) -> tuple[str, ...]:
    """WORDS without those of KNOWN, each once, whatever its case."""
    taken = {word.casefold() for word in known}
    kept: dict[str, str] = {}
    for word in words:
        if word.casefold() not in taken:
            kept.setdefault(word.casefold(), word)
    return tuple(kept.values())


def _group(lines: Sequence[tuple[Line, Path]]) -> Branch:
    said = {line.group: path for line, path in lines if line.group}
    line, path = lines[0]
    if not said:
        raise ConfigError(f"{shown(path)}: {line.latin}: no line says its group. Add mammal, bird, ... there")
    if len(said) > 1:
        where = ", ".join(f"{group} in {shown(path)}" for group, path in said.items())
        raise ConfigError(f"{line.latin}: is {where}. Keep one group")
    return next(group for group in said if group)


def species_named(name: str, overlay: Path | None = None) -> Species | None:
    """The species whose scientific, Chinese, English or other name is NAME, or None."""
    wanted = folded(name.strip())
    for kind in species(overlay):
        if wanted in {folded(word) for word in kind.words}:
            return kind
    return None


def names(kind: Species) -> tuple[Term, ...]:
    """The names of KIND as terms; a single Chinese character is never searched alone.

    A scientific name of two words hardly ever means anything else; one word (Ara, Python) often does, and so may
    names in languages that nobody of ours has weighed.
    """
    sure = 3 if kind.watch is Watch.WILD else 1
    loose = 3
    rows = (
        ("zh", kind.zh, sure),
        ("en", kind.en, sure),
        ("zh", kind.zh_loose, loose),
        ("en", kind.en_loose, loose),
        ("la", (kind.latin,) if " " in kind.latin else (), sure),
        *((named.language, named.names, loose) for named in kind.others),
    )
    return tuple(
        Term(term=word, language=language, kind=Kind.NAME, species=kind.latin, ambiguity=ambiguity)
        for language, words, ambiguity in rows
        for word in words
        if len(word) > 1
    )
