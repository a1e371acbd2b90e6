"""What a platform's own block list refuses, and what the other terms of the same species bring there: its gaps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.facts import Outcome, Role
from archive.questions import blocklist
from archive.questions.blocklist import Key, Refused, Tried
from archive.vault import Vault
from config.fold import folded
from config.term import NAMING, Kind, Term

ASKED = NAMING | {Kind.CODE, Kind.EMOJI}  # what somebody types who looks for the thing


class Brought(StrEnum):
    """What a variant has brought on the platform."""

    HITS = "hits"  # the block list does not know it
    NEVER = "never tried"
    UNSEEN = "not seen"  # asked for, and the answer could not be read
    ZERO = "zero"
    BANNED = "banned"


ORDER = tuple(Brought)  # gaps first, then what may be one
OUTCOMES = {
    Outcome.HITS: Brought.HITS,
    Outcome.CONFIRMED_ZERO: Brought.ZERO,
    Outcome.BANNED_TERM_NOTICE: Brought.BANNED,
}


@dataclass(frozen=True)
class Variant:
    """Another term of the same species, and what it has brought."""

    term: str
    language: str
    kind: Kind
    ambiguity: int  # 1: hardly ever means anything else
    brought: Brought
    cards: int
    at: datetime | None  # UTC; None: never tried


@dataclass(frozen=True)
class Blocked:
    """A term that a platform refuses, and its variants.

    Gaps come first, then those to try next: those in its own language, and of these the clearest.
    """

    platform: str
    term: str
    species: tuple[str, ...]  # none: no term of this workspace says of which it is
    since: datetime  # UTC
    last: datetime  # UTC
    times: int
    still: bool  # at the latest answer that could be read
    said: str  # in the platform's own words
    url: str
    kept: tuple[tuple[Role, str], ...]  # of the latest refusal: role and SHA-256
    variants: tuple[Variant, ...]

    @property
    def pictured(self) -> bool:
        """Whether a screenshot was kept; by plain HTTP the page as it was delivered is."""
        return any(role is Role.SCREENSHOT for role, _ in self.kept)

    def count(self, brought: Brought) -> int:
        """How many variants have BROUGHT that."""
        return sum(each.brought is brought for each in self.variants)

    def that(self, brought: Brought) -> list[str]:
        """The variants that have BROUGHT that, in their order."""
        return [each.term for each in self.variants if each.brought is brought]


def blocked(vault: Vault, platforms: Sequence[str], terms: Iterable[Term]) -> list[Blocked]:
    """Every refused term of PLATFORMS (none: all) with its variants among TERMS."""
    known = [each for each in terms if each.kind in ASKED and each.species]
    tried = blocklist.tried(vault, platforms)
    return [_blocked(each, tried, known) for each in blocklist.refused(vault, platforms)]


def _blocked(this: Refused, tried: Mapping[Key, Tried], known: Sequence[Term]) -> Blocked:
    word = folded(this.term)
    latest = tried.get((this.platform, word))  # None: refused on a later page, and nobody has kept the first
    named = _named(word, known)
    species = tuple(dict.fromkeys(each.species for each in named))
    others = {folded(each.term): each for each in reversed(known) if each.species in species}
    others.pop(word, None)
    found = [_variant(each, tried.get((this.platform, key))) for key, each in reversed(others.items())]
    spoken = {each.language for each in named}
    return Blocked(
        platform=this.platform,
        term=this.term,
        species=species,
        since=this.since,
        last=this.last,
        times=this.times,
        still=latest is None or latest.refuses,
        said=this.said,
        url=this.url,
        kept=this.kept,
        variants=tuple(
            sorted(found, key=lambda each: (ORDER.index(each.brought), each.language not in spoken, each.ambiguity))
        ),
    )


def _named(word: str, known: Sequence[Term]) -> list[Term]:
    """The terms that the folded WORD is; else the longest that stand in it."""
    same = [each for each in known if folded(each.term) == word]
    within = [each for each in known if folded(each.term) in word]
    longest = max((len(folded(each.term)) for each in within), default=0)
    return same or [each for each in within if len(folded(each.term)) == longest]


def _variant(each: Term, tried: Tried | None) -> Variant:
    brought = OUTCOMES.get(tried.outcome, Brought.UNSEEN) if tried else Brought.NEVER
    told = (tried.cards, tried.at) if tried else (0, None)
    return Variant(each.term, each.language, each.kind, each.ambiguity, brought, *told)
