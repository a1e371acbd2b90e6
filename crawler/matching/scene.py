"""Sorts what was found in one text: which matches count, which are another thing, which words speak of which."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from config.species import Watch
from config.term import LOWERING, Kind, Term
from crawler.matching.scan import Place, gap, inside, overlap, places

AHEAD = 6  # a picture or a colour is named after its subject: one that follows seems this much farther away


@dataclass(frozen=True, eq=False)
class Found:
    """One term at its place in the folded text; each is itself alone."""

    term: Term
    place: Place
    watch: Watch = Watch.ALWAYS


@dataclass(frozen=True, eq=False)
class Scene:
    """A folded text with the matches that count, those that do not (and why), and the words around them."""

    text: str
    kept: tuple[Found, ...]
    excluded: tuple[tuple[Found, str], ...]
    cues: tuple[Found, ...]
    known: dict[tuple[Place, bool], Found] = field(default_factory=dict)  # nearest(), already found


def scene(text: str, anchors: Sequence[Found], words: Iterable[Found]) -> Scene:
    """Sort the ANCHORS and WORDS of a folded TEXT into what counts and what does not."""
    cues = _unless_denied(tuple(cue for cue in words if _counts(cue, text, anchors)))
    why = {found: _excluded(found, text, cues) for found in anchors}
    kept = tuple(found for found in anchors if not why[found])
    return Scene(text, kept, tuple((found, why[found]) for found in anchors if why[found]), cues)


def _counts(cue: Found, text: str, anchors: Sequence[Found]) -> bool:
    """Whether CUE says anything here: not inside a term, not taken back, a unit only after a figure."""
    start, end = cue.place
    if any(inside(cue.place, found.place) or cue.place == found.place for found in anchors):
        return False
    if cue.term.kind is Kind.MEASURE:
        return re.search(r"\d\s?$", text[max(start - 2, 0) : start]) is not None
    if end - start == 1 and cue.term.kind is not Kind.NEGATION:  # one character says something only beside a term
        reach = 1 if cue.term.kind is Kind.IMITATION else 0
        return any(gap(cue.place, found.place) <= reach for found in anchors)
    return True


def _unless_denied(cues: Sequence[Found]) -> tuple[Found, ...]:
    """CUES without the lowering words that stand right behind a negation: 'not resin', 不是树脂."""
    ends = {cue.place[1] for cue in cues if cue.term.kind is Kind.NEGATION}
    denied = ends | {end + 1 for end in ends}
    return tuple(cue for cue in cues if cue.term.kind not in LOWERING or cue.place[0] not in denied)


def _excluded(found: Found, text: str, cues: Sequence[Found]) -> str:
    """Why FOUND is no match at all, or nothing."""
    if found.term.kind is Kind.DECOY:
        return f"'{found.term.term}' is another thing"
    if found.watch is Watch.NEVER:
        return f"'{found.term.term}' names a species that is not watched"
    for word in found.term.lowers:
        if any(overlap(place, found.place) and not inside(place, found.place) for place in places(word, text)):
            return f"'{found.term.term}' stands in '{word}', another thing"
    for cue in cues:
        if _disowns(cue, found):
            return f"'{found.term.term}' beside '{cue.term.term}' is not the thing itself"
    return ""


def _disowns(cue: Found, found: Found) -> bool:
    """Whether CUE touches FOUND and says that it is an imitation or a colour."""
    near = gap(cue.place, found.place) <= 1
    after = cue.place[0] >= found.place[1]
    return near and (cue.term.kind is Kind.IMITATION or (cue.term.kind is Kind.COLOUR and after))


def nearest(cue: Found, seen: Scene) -> Found:
    """The match, counted or excluded, that CUE speaks of: the nearest; a counted one first."""
    named_after = cue.term.kind in {Kind.DEPICTION, Kind.COLOUR}
    key = (cue.place, named_after)
    if key not in seen.known:
        all_found = (*seen.kept, *(found for found, _ in seen.excluded))
        seen.known[key] = min(all_found, key=lambda found: _distance(cue.place, found.place, named_after))
    return seen.known[key]


def _distance(cue: Place, found: Place, named_after: bool) -> int:
    return gap(cue, found) + (AHEAD if named_after and cue[0] < found[0] else 0)
