"""What a term is: a word that names, hints at, raises or lowers a suspicion; the words are in terms/*.tsv."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from config.errors import ConfigError
from config.fold import folded
from config.reading import Strict, read_tsv, shelf, shown


class Kind(StrEnum):
    """What a word does in a text; stored and printed as spelt here."""

    NAME = "name"  # an animal or plant
    PRODUCT = "product"  # what is made of it
    CODE = "code"  # a trade word; never alerts alone
    EVASION = "evasion"  # a deliberate misspelling
    ATTRIBUTE = "attribute"  # what the trade praises in the material; never alerts alone
    EMOJI = "emoji"  # never alerts alone
    TOOL = "tool"  # a forbidden hunting tool
    DECOY = "decoy"  # another thing; what stands beside it speaks of it, not of a match
    SIGNAL = "signal"  # secrecy, no permit; never alerts alone
    PART = "part"  # raises: a part of an animal
    FORM = "form"  # raises: a thing made of it
    LIVE = "live"  # raises: a live animal
    WILD = "wild"  # raises: taken from the wild
    SALE = "sale"  # raises: it is for sale
    GENUINE = "genuine"  # raises: said to be real or old
    MEASURE = "measure"  # raises: a unit after a figure
    IMITATION = "imitation"  # lowers: not the real material
    COLOUR = "colour"  # lowers: only the look of it
    DEPICTION = "depiction"  # lowers: a picture, a toy, a brand, another thing of that name
    AWARENESS = "awareness"  # lowers: news, rescue, the law
    LAWFUL = "lawful"  # lowers: farmed or licensed, as claimed
    NEGATION = "negation"  # takes back a lowering word that follows it


NAMING = frozenset({Kind.NAME, Kind.PRODUCT, Kind.EVASION, Kind.TOOL})
HINTING = frozenset({Kind.CODE, Kind.ATTRIBUTE, Kind.EMOJI})
LOWERING = frozenset({Kind.IMITATION, Kind.COLOUR, Kind.DEPICTION, Kind.AWARENESS, Kind.LAWFUL})


def _split(cell: object) -> object:
    """A cell of words with commas between them as a tuple."""
    return tuple(word.strip() for word in cell.split(",")) if isinstance(cell, str) else cell


Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_split)]


class Term(Strict):
    """One word and what it means to us."""

    term: str = Field(min_length=1)
    language: str = Field(min_length=2)  # BCP 47; zxx for emoji
    kind: Kind
    species: str = ""  # scientific name of a species or of the group
    ambiguity: int = Field(2, ge=1, le=3)  # 1: hardly ever means anything else
    raises: Words = ()  # words beside it that make it likelier
    lowers: Words = ()  # longer words it is part of, and words beside it that make it harmless
    search: bool = False  # a sweep searches it by default
    source: str = "common knowledge"
    status: Literal["draft", "reviewed", "retired"] = "draft"


def terms(overlay: Path | None = None) -> tuple[Term, ...]:
    """Every term in use; a file of OVERLAY (a workspace's config/) stands in for ours of the same name."""
    known: dict[tuple[str, str], Path] = {}
    found: list[Term] = []
    for path in shelf("terms", ".tsv", overlay).values():
        for term in read_tsv(path, Term):
            _once(term, path, known)
            found.append(term)
    return tuple(term for term in found if term.status != "retired")


def _once(term: Term, path: Path, known: dict[tuple[str, str], Path]) -> None:
    key = (term.language, folded(term.term))
    if key in known:
        raise ConfigError(
            f"{shown(path)}: '{term.term}' ({term.language}) stands in {shown(known[key])} already: keep one"
        )
    known[key] = path


def search_terms(language: str, overlay: Path | None = None) -> list[str]:
    """The terms that a sweep searches by default in LANGUAGE, as the files order them."""
    return [term.term for term in terms(overlay) if term.search and term.language == language]
