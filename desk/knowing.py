"""Gathers what config/ knows of a species, a group or a kind of goods, however somebody calls it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path

from config.exemption import Exemption, exemptions
from config.feature import Trade, trades
from config.fold import folded
from config.goods import Good, goods
from config.group import Group, groups, holds
from config.reading import shelf
from config.species import Species, species
from config.term import HAN, NAMING, Term, terms

LEAST = 2  # letters of a part of a name
PARTING = re.compile(r"[\s_.,·・•‧\-–/|'’~*+]+")  # what parts the characters of a name
SHELVES = ("species", "names", "groups", "exemptions", "features", "goods", "terms")
State = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True)
class Known:
    """One thing that somebody may have meant, and all that is known of it."""

    latin: str  # scientific name; "" of goods that name no species
    zh: tuple[str, ...]
    en: tuple[str, ...]
    species: Species | None = None
    members: tuple[Species, ...] = ()  # of a group
    farmed: tuple[Exemption, ...] = ()
    sold_as: tuple[Term, ...] = ()
    trades: tuple[Trade, ...] = ()
    good: Good | None = None


@dataclass(frozen=True)
class Knowledge:
    """Everything in config/ that speaks of species, read once."""

    species: tuple[Species, ...]
    groups: dict[str, Group]
    exemptions: tuple[Exemption, ...]
    trades: tuple[Trade, ...]
    goods: tuple[Good, ...]
    terms: tuple[Term, ...]

    def find(self, search: str) -> tuple[Known, ...]:
        """What bears the name SEARCH, or is sold under it; where nothing does, what has it as a part of its name."""
        wanted = folded(search.strip())
        close = PARTING.sub("", wanted)
        tries: tuple[Callable[[str], bool], ...] = (
            lambda name: wanted == name,
            lambda name: bool(close) and close == PARTING.sub("", name),
            lambda name: self._telling(wanted) and wanted in name,
            lambda name: len(close) >= LEAST and close in PARTING.sub("", name),
        )
        for fits in tries:
            latins = [latin for latin, names in self._called.items() if any(map(fits, names))]
            latins += [latin for latin in self._groups_of(wanted) if latin not in latins]
            sold = [good for good, names in self._sold if any(map(fits, names))]
            if latins or sold:
                return (*map(self._known, latins), *map(_of_good, sold))
        return ()

    def _groups_of(self, character: str) -> list[str]:
        """The groups that have CHARACTER in their names: of one Chinese character they tell most; of others none."""
        one = HAN.fullmatch(character) is not None
        return [latin for latin, group in self.groups.items() if one and character in group.zh]

    @staticmethod
    def _telling(part: str) -> bool:
        """Whether PART of a name tells something: a single letter does not, a Chinese character or an emoji does."""
        return len(part) >= LEAST or bool(part and (HAN.fullmatch(part) or not part.isalnum()))

    def bearers(self, name: str) -> tuple[tuple[str, ...], ...]:
        """The scientific names that NAME stands for, in tiers, the surest first; of each tier one or more.

        It is a scientific name; or what a species is called; or a group; or what one is sold under.
        """
        wanted = folded(name.strip())
        return tuple(tuple(tier[wanted]) for tier in self._tiers if wanted in tier)

    @cached_property
    def _tiers(self) -> tuple[dict[str, dict[str, None]], ...]:
        """By folded name: the scientific names, those of species, those of groups, and what they are sold under."""
        latin = [*(kind.latin for kind in self.species), *self.groups]
        latin += [term.species for term in self.terms if term.species]
        called = ((word, kind.latin) for kind in self.species for word in kind.words)
        groups = ((word, group.latin) for group in self.groups.values() for word in (group.zh, group.en))
        sold = [(term.term, term.species) for term in self.terms if term.species]
        farmed = [(animal.name, animal.latin) for animal in self.exemptions]
        return _tier((name, name) for name in latin), _tier(called), _tier(groups), _tier(sold + farmed)

    def about(self, latin: str) -> Known | None:
        """What is known of the species or group whose scientific name is LATIN, or None."""
        return self._known(latin) if latin in self._called else None

    def nearest(self, search: str) -> tuple[str, ...]:
        """The names most like SEARCH, as they are written."""
        written = {folded(name): name for name in self.written}
        return tuple(written[word] for word in get_close_matches(folded(search.strip()), written, n=5))

    @cached_property
    def written(self) -> tuple[str, ...]:
        """Every name, as it is written."""
        called = chain.from_iterable(self._names.values())
        return tuple(dict.fromkeys(chain(called, *map(_sold_under, self.goods))))

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        """Every name of an animal or plant under the scientific name that it means."""
        found: dict[str, list[str]] = {kind.latin: list(kind.words) for kind in self.species}
        for group in self.groups.values():
            found.setdefault(group.latin, [group.latin]).extend((group.zh, group.en))
        for term in self.terms:
            if term.species in found:
                found[term.species].append(term.term)
        for animal in self.exemptions:
            found.setdefault(animal.latin, [animal.latin]).append(animal.name)
        return found

    @cached_property
    def _called(self) -> dict[str, frozenset[str]]:
        return {latin: frozenset(map(folded, names)) for latin, names in self._names.items()}

    @cached_property
    def _sold(self) -> tuple[tuple[Good, frozenset[str]], ...]:
        return tuple((good, frozenset(map(folded, _sold_under(good)))) for good in self.goods)

    def _known(self, latin: str) -> Known:
        kind = next((each for each in self.species if each.latin == latin), None)
        group = self.groups.get(latin)
        farmed = tuple(each for each in self.exemptions if each.latin == latin)
        zh = [*(kind.zh_names if kind else ()), *([group.zh] if group else ()), *(animal.name for animal in farmed)]
        en = [*(kind.en_names if kind else ()), *([group.en] if group else ())]
        return Known(
            latin=latin,
            zh=tuple(dict.fromkeys(zh)),
            en=tuple(dict.fromkeys(en)),
            species=kind,
            members=tuple(each for each in self.species if holds(latin, each.latin, self.groups)) if group else (),
            farmed=farmed,
            sold_as=tuple(term for term in self.terms if term.species == latin and term.kind in NAMING),
            trades=tuple(self._trades(latin)),
        )

    def _trades(self, latin: str) -> Iterator[Trade]:
        """The trades that name LATIN, or else those that name a group that holds it."""
        exact = [trade for trade in self.trades if latin in trade.taxa]
        yield from exact or (
            trade for trade in self.trades if any(holds(taxon, latin, self.groups) for taxon in trade.taxa)
        )


def _sold_under(good: Good) -> tuple[str, ...]:
    return (good.title.zh, good.title.en, *good.terms)


def _of_good(good: Good) -> Known:
    return Known("", (good.title.zh,), (good.title.en,), good=good)


def _tier(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, None]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for word, latin in pairs:
        found[folded(word)][latin] = None
    return dict(found)


def knowledge(overlay: Path | None = None) -> Knowledge:
    """What config/ knows, with what OVERLAY (a workspace's config/) adds; read again where a file has changed."""
    return _read(overlay, _state(overlay))


def _state(overlay: Path | None) -> State:
    """What tells the files of today from those that were read: path, time of change, size, and number on the disk."""
    files = [
        path for folder in SHELVES for suffix in (".tsv", ".toml") for path in shelf(folder, suffix, overlay).values()
    ]
    stats = [(str(path), path.stat()) for path in files if path.exists()]
    return tuple((name, stat.st_mtime_ns, stat.st_size, stat.st_ino) for name, stat in stats)


@lru_cache(maxsize=4)
def _read(overlay: Path | None, _: State) -> Knowledge:
    return Knowledge(
        species=species(overlay),
        groups=groups(overlay),
        exemptions=exemptions(overlay),
        trades=tuple(trades(overlay).values()),
        goods=tuple(goods(overlay)),
        terms=terms(overlay),
    )
