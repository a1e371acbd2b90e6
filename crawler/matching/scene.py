"""One text with the matches that count in it, and which of the words around them speaks of which."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from archive.facts import Reason
from config.species import Watch
from config.term import LOWERING, Kind, Term
from crawler.matching.scan import Place, gap, overlap

LOOSE = 3  # the ambiguity of names that often mean something else
AHEAD = 6  # a picture or a colour is named after its subject: one that follows seems this much farther away
FEW = 2  # words of one kind that are weighed; more of the same say nothing new
SHORT = {"pinyin": 2, "homophone": 3}  # by views that know only how a word sounds: syllables that others share
WINDOW = 4  # how many neighbours on either side are looked at; what is farther off does not touch
_OF_ONE = frozenset({Kind.NAME, Kind.PRODUCT})  # kinds that make one name together
BREAK = re.compile(r"[,;!?。、|+\n]|\.\s|\.{2,}| - |另有|另售|附送|\b(?:and|plus|also|with)\b")  # here a clause ends
_END = re.compile(r"[。!?\n]|\.\s")  # here a sentence ends


@dataclass(frozen=True, eq=False)
class Found:
    """One term at its place in the folded text; each is itself alone."""

    term: Term
    place: Place
    watch: Watch = Watch.ALWAYS
    view: str = "plain"  # through which form of the text it was found


@dataclass(frozen=True, eq=False)
class Scene:
    """A folded text with the matches that count, those that do not (and why), and the words around them."""

    text: str
    kept: tuple[Found, ...]
    excluded: tuple[tuple[Found, Reason], ...]
    cues: tuple[Found, ...]
    real: frozenset[Found] = frozenset()  # matches that say so themselves: antique ivory

    @cached_property
    def counted(self) -> frozenset[Found]:
        """The matches that count, to ask of one whether it does."""
        return frozenset(self.kept)

    @cached_property
    def matches(self) -> "Row":
        """Every match, counted or excluded, in the order of the text."""
        return Row((*self.kept, *(found for found, _ in self.excluded)))

    def beside(self, found: Found) -> bool:
        """Whether the clause of FOUND speaks of secrecy, or of its animal in other words."""
        here = self.clause(found.place)
        others = [*self.company(found), *(cue for cue in self.cues if cue.term.kind is Kind.SIGNAL)]
        return any(self.clause(other.place) == here for other in others)

    def raising(self, kind: Kind, found: Found) -> tuple[Found, ...]:
        """The first cues of KIND that can speak of FOUND, each word once: of a loose name, those of its sentence."""
        sentence = self.sentence(found.place) if loose(found) and kind is not Kind.SIGNAL else None
        return tuple(self._raising.get((kind, sentence), {}).values())

    @cached_property
    def _raising(self) -> dict[tuple[Kind, int | None], dict[str, Found]]:
        """The first cues that speak of a match that counts: of the whole text, and of each sentence."""
        said: dict[tuple[Kind, int | None], dict[str, Found]] = defaultdict(dict)
        for cue in self.cues:
            if nearest(cue, self) not in self.counted:
                continue
            for sentence in (None, self.sentence(cue.place)):
                words = said[cue.term.kind, sentence]
                if len(words) < FEW:
                    words.setdefault(cue.term.term, cue)
        return said

    @cached_property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of words that stand around the matches."""
        return frozenset(cue.term.kind for cue in self.cues)

    @cached_property
    def rows(self) -> dict[Kind, "Row"]:
        """The words around the matches by kind, in the order of the text."""
        by_kind: dict[Kind, list[Found]] = {kind: [] for kind in Kind}
        for cue in self.cues:
            by_kind[cue.term.kind].append(cue)
        return {kind: Row(cues) for kind, cues in by_kind.items()}

    def lowered_by(self, found: Found) -> dict[Kind, tuple[str, ...]]:
        """The words that lower FOUND, by kind: of the match nearest to each, and of its species in that clause."""
        said: dict[Kind, dict[str, None]] = defaultdict(dict)
        for spoken_of in (found, (found.term.species, self.clause(found.place))):
            for kind, word in self._lowering.get(spoken_of, ()):
                said[kind][word] = None
        return {kind: tuple(words) for kind, words in said.items()}

    @cached_property
    def _lowering(self) -> dict[object, dict[tuple[Kind, str], None]]:
        said: dict[object, dict[tuple[Kind, str], None]] = defaultdict(dict)
        for cue in self.cues:
            if cue.term.kind in LOWERING:
                for spoken_of in self.spoken_of(cue):
                    said[spoken_of][cue.term.kind, cue.term.term] = None
        return said

    def spoken_of(self, cue: Found) -> tuple[object, ...]:
        """What CUE lowers: the match nearest to it and, if that counts, its species in that clause; never all."""
        near = nearest(cue, self)
        whole = [other for other in self.matches.near(near.place) if overlap(other.place, near.place)]  # 白犀牛
        return (*whole, (near.term.species, self.clause(near.place))) if near in self.counted else (near,)

    def company(self, found: Found) -> tuple[Found, ...]:
        """Other terms that can mean the animal of FOUND, each once, the first FEW."""
        of_all = (
            self._named.values() if not found.term.species else (self._named[found.term.species], self._named[""])
        )
        touching = [other for other in self._row.near(found.place) if _one_name(found, other)]
        others = {other.term.term: other for other in (*chain.from_iterable(of_all), *touching)}
        others.pop(found.term.term, None)
        return tuple(others.values())[:FEW]

    @cached_property
    def _named(self) -> dict[str, list[Found]]:
        """The first matches of each species that bear each other out, each term once."""
        said: dict[str, dict[str, Found]] = defaultdict(dict)
        for found in self.kept:
            words = said[found.term.species]
            if len(words) <= FEW and not faint(found):
                words.setdefault(found.term.term, found)
        return defaultdict(list, {species: list(words.values()) for species, words in said.items()})

    @cached_property
    def _row(self) -> "Row":
        return Row(self.kept)

    @cached_property
    def _breaks(self) -> list[int]:
        return [hit.start() for hit in BREAK.finditer(self.text)]

    @cached_property
    def _ends(self) -> list[int]:
        return [hit.start() for hit in _END.finditer(self.text)]

    def sentence(self, place: Place) -> int:
        """The number of the sentence in which PLACE begins."""
        return bisect_right(self._ends, place[0])

    def clause(self, place: Place) -> int:
        """The number of the clause in which PLACE begins."""
        return bisect_right(self._breaks, place[0])


def loose(found: Found) -> bool:
    """Whether FOUND is a name that often means something else, and that every text may mention."""
    return found.term.kind is Kind.NAME and found.term.ambiguity >= LOOSE


def faint(found: Found) -> bool:
    """Whether FOUND is no more than a short word of the same sound: it proves nothing, and needs a second cue."""
    return len(found.term.term) <= SHORT.get(found.view, 0)


def _one_name(one: Found, other: Found) -> bool:
    """Whether the two touch and make one name: a species beside its group (金太阳鹦鹉) or its part (黑熊皮)."""
    named = Kind.NAME in (one.term.kind, other.term.kind) and {one.term.kind, other.term.kind} <= _OF_ONE
    return named and gap(one.place, other.place) == 0 and not faint(other)


class Row:
    """What was found, in the order of the text, so that the neighbours of a place are had without looking at all."""

    def __init__(self, found: Iterable[Found]) -> None:
        self._found = sorted(found, key=lambda each: each.place)
        self._starts = [each.place[0] for each in self._found]

    def near(self, place: Place) -> list[Found]:
        """The neighbours of PLACE on either side, and what overlaps it."""
        first, last = bisect_left(self._starts, place[0]), bisect_right(self._starts, place[1])
        return self._found[max(first - WINDOW, 0) : min(last, first + WINDOW) + WINDOW]


def nearest(cue: Found, seen: Scene) -> Found:
    """The match, counted or excluded, that CUE speaks of: the nearest; a counted one first."""
    named_after = cue.term.kind in {Kind.DEPICTION, Kind.COLOUR}
    near = seen.matches.near(cue.place)
    return min(near, key=lambda found: (_distance(cue.place, found.place, named_after), found not in seen.counted))


def _distance(cue: Place, found: Place, named_after: bool) -> int:
    return gap(cue, found) + (AHEAD if named_after and cue[0] < found[0] else 0)
