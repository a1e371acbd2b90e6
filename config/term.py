"""What a term is: a word that names, hints at, raises or lowers a suspicion; the words are in terms/*.tsv."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from config.errors import ConfigError
from config.fold import folded
from config.reading import SHIPPED, Strict, read_toml, read_tsv, shelf, shown

OURS = SHIPPED / "terms"
OWN = "own"  # the file of a workspace whose rows stand before those of all others
HAN = re.compile("[\u3400-\u9fff]")
LONGEST = 64  # characters of a word, as written and as folded: the automaton grows with each of them
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # Unicode's categories
JOINER = "\u200d"  # holds emoji together
PATTERN = frozenset("*?\\[](){}|^<>")


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
ALONE = NAMING | HINTING | {Kind.DECOY, Kind.SIGNAL}  # found wherever they stand, not only beside another term


class Status(StrEnum):
    """How far a term has come; stored and printed as spelt here."""

    PROPOSED = "proposed"  # somebody met it; neither matched nor searched until it is accepted
    DRAFT = "draft"  # in use
    REVIEWED = "reviewed"  # in use, and weighed by people who know the trade
    RETIRED = "retired"  # in use no more


IN_USE = frozenset({Status.DRAFT, Status.REVIEWED})
Key = tuple[str, str]  # language, folded term: what makes two rows the same term


def _split(cell: object) -> object:
    """A cell of words with commas between them as a tuple."""
    return tuple(word.strip() for word in cell.split(",")) if isinstance(cell, str) else cell


def _short(word: str) -> str:
    """WORD, if it is no longer than a word may be."""
    if max(len(word), len(folded(word))) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters. Write the word alone, as it stands in titles")
    return word


def _seen(word: str) -> str:
    """WORD, if anything of it can be seen: nothing would stand at every place of a text."""
    if not word.isascii() and not folded(word).strip():
        raise ValueError("nothing of it can be seen. Write the word")
    return word


def _plain(word: str) -> str:
    """WORD, if all of it is meant to be read: no formula, no pattern, no sign that nobody sees."""
    if unseen := unseen_in(word):
        raise ValueError(f"there are signs in it that nobody sees ({', '.join(unseen)}). Take them out")
    if unicodedata.normalize("NFKC", word).startswith("="):
        raise ValueError("begins like a formula, which a spreadsheet would run. Write the word alone")
    if found := next((sign for sign in word if sign in PATTERN), None):
        raise ValueError(f"'{found}' stands in it, and patterns are not read. Write the word as it stands in titles")
    return word


def unseen_in(word: str) -> tuple[str, ...]:
    """The signs of WORD that nobody sees, by their numbers (U+200B); what holds emoji together is none of them."""
    if word.isprintable():  # as nearly every word is, and this is quick
        return ()
    return tuple(dict.fromkeys(f"U+{ord(sign):04X}" for sign in word if _unseen(sign, word)))


def without_unseen(word: str) -> str:
    """WORD without the signs that nobody sees."""
    return "".join(sign for sign in word if not _unseen(sign, word))


def _unseen(sign: str, word: str) -> bool:
    joins = sign == JOINER and any(unicodedata.category(each) == "So" for each in word)
    return unicodedata.category(sign) in UNSEEN and not joins


def _tag(language: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", language):
        raise ValueError("write it as zh, en or pt-BR")
    return language


Language = Annotated[str, AfterValidator(_tag)]  # BCP 47
Word = Annotated[str, Field(min_length=1), AfterValidator(_short), AfterValidator(_seen)]
Words = Annotated[tuple[Word, ...], BeforeValidator(_split)]
Plain = Annotated[Word, AfterValidator(_plain)]
Plains = Annotated[tuple[Plain, ...], BeforeValidator(_split)]


class Term(Strict):
    """One word and what it means to us."""

    term: Plain
    language: Language  # zxx for emoji
    kind: Kind
    species: str = ""  # scientific name of a species or of the group
    ambiguity: int = Field(2, ge=1, le=3)  # 1: hardly ever means anything else
    raises: Plains = ()  # words beside it that make it likelier
    lowers: Plains = ()  # longer words it is part of, and words beside it that make it harmless
    search: bool = False  # a sweep searches it by default
    source: str = "common knowledge"
    since: date | None = None  # the day on which it was taken in
    status: Status = Status.DRAFT

    @field_validator("kind")
    @classmethod
    def _long_enough(cls, kind: Kind, info: ValidationInfo) -> Kind:
        if kind in ALONE and HAN.fullmatch(info.data.get("term", "")):
            raise ValueError(
                f"'{info.data['term']}' is one Chinese character, which stands in too many harmless words. "
                "Give the word of two or more that the trade writes"
            )
        return kind

    @property
    def key(self) -> Key:
        """What makes two rows the same term, however they are written."""
        return self.language, folded(self.term)


class Edition(Strict):
    """What holds for all shipped terms."""

    since: date  # the day on which those without a date of their own were taken in


@dataclass(frozen=True)
class Placed:
    """A term, whether it is in use or not, and the file it stands in."""

    term: Term
    file: Path

    @property
    def shipped(self) -> bool:
        """Whether it is one of ours; else it is the workspace's own."""
        return self.file.parent == OURS

    @property
    def since(self) -> date | None:
        """The day on which it was taken in; None where a person's own row does not say."""
        return self.term.since or (edition() if self.shipped else None)


def terms(overlay: Path | None = None) -> tuple[Term, ...]:
    """Every term in use; a file of OVERLAY (a workspace's config/) stands in for ours of the same name.

    A row of OVERLAY's terms/own.tsv stands in for the same term of any other file.
    """
    return tuple(each.term for each in placed(overlay) if each.term.status in IN_USE)


def placed(overlay: Path | None = None) -> tuple[Placed, ...]:
    """Every term in every file, in use or not, in the order of the files; one of own.tsv where the other stood."""
    files = shelf("terms", ".tsv", overlay)
    own = files.pop(OWN, None)
    found: dict[Key, Placed] = {}
    for path in files.values():
        _add(found, path)
    mine: dict[Key, Placed] = {}
    if own is not None:
        _add(mine, own)
    return tuple((found | mine).values())


def _add(found: dict[Key, Placed], path: Path) -> None:
    """Add the rows of the file PATH to what was FOUND; ConfigError where one stands there already."""
    for row in _shipped(path) if path.parent == OURS else read_tsv(path, Term):
        key = row.key
        if key in found:
            raise ConfigError(
                f"{shown(path)}: '{row.term}' ({row.language}) stands in {shown(found[key].file)} already: keep one"
            )
        found[key] = Placed(row, path)


@cache
def _shipped(path: Path) -> tuple[Term, ...]:
    """The rows of a file of ours, which stays as it is while we run."""
    return read_tsv(path, Term)


@cache
def edition() -> date:
    """The day on which the shipped terms without a date of their own were taken in."""
    return read_toml(OURS / "edition.toml", Edition).since


def languages(overlay: Path | None = None) -> tuple[str, ...]:
    """The languages that terms may be in: those that terms are in, and those that a file of terms is named after."""
    stems = (stem.partition("_")[0] for stem in shelf("terms", ".tsv", overlay))
    files = {stem for stem in stems if re.fullmatch("[a-z]{2,3}", stem) and stem != OWN}
    return tuple(sorted(files | {each.term.language for each in placed(overlay)}))


def search_terms(language: str, overlay: Path | None = None) -> list[str]:
    """The terms that a sweep searches by default in LANGUAGE, as the files order them."""
    return [term.term for term in terms(overlay) if term.search and term.language == language]
