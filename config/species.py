"""What a species is to us: its names and its level in China's list; the facts are in species/*.tsv."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from config.fold import folded
from config.reading import Strict, read_tsv, shelf
from config.term import Kind, Term, Words


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


class Species(Strict):
    """One species, or a group that the lists name as a whole."""

    latin: str = Field(min_length=1)
    group: Literal["mammal", "bird", "reptile", "amphibian", "fish", "invertebrate", "plant"]
    watch: Watch
    zh: Words = ()
    en: Words = ()
    zh_loose: Words = ()  # names that often mean something else
    en_loose: Words = ()
    china: Literal["I", "II"] | None = None  # level in the list of `edition`
    scope: str = ""  # what of the species the level covers, where not all
    edition: date | None = None  # of China's list of protected animals
    source: str = ""

    @property
    def zh_name(self) -> str:
        """The Chinese name to print."""
        return next(iter((*self.zh, *self.zh_loose)), "")

    @property
    def en_name(self) -> str:
        """The English name to print."""
        return next(iter((*self.en, *self.en_loose)), "")

    @model_validator(mode="after")
    def _dated(self) -> "Species":
        if self.china and not self.edition:
            raise ValueError("a level needs the edition (date) of the list it was read in")
        return self


def species(overlay: Path | None = None) -> tuple[Species, ...]:
    """Every species; a file of OVERLAY (a workspace's config/) stands in for ours of the same name."""
    files = shelf("species", ".tsv", overlay).values()
    return tuple(found for path in files for found in read_tsv(path, Species))


def species_named(name: str, overlay: Path | None = None) -> Species | None:
    """The species whose scientific, Chinese or English name is NAME, or None."""
    wanted = folded(name.strip())
    for kind in species(overlay):
        if wanted in {folded(word) for word in (kind.latin, *kind.zh, *kind.en, *kind.zh_loose, *kind.en_loose)}:
            return kind
    return None


def names(kind: Species) -> tuple[Term, ...]:
    """The names of KIND as terms; a single Chinese character is never searched alone."""
    sure = 3 if kind.watch is Watch.WILD else 1
    loose = 3
    rows = (("zh", kind.zh, sure), ("en", kind.en, sure), ("zh", kind.zh_loose, loose), ("en", kind.en_loose, loose))
    return tuple(
        Term(term=word, language=language, kind=Kind.NAME, species=kind.latin, ambiguity=ambiguity)
        for language, words, ambiguity in rows
        for word in words
        if len(word) > 1
    )
