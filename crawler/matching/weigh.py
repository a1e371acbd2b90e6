"""Weighs the terms found in one text against the words around them: what counts, for how much, and why."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from config.species import Watch
from config.term import HINTING, LOWERING, Kind
from crawler.matching.scan import Place, gap, overlap, places
from crawler.matching.scene import Found, Scene, nearest

UNPROVEN = 0.4  # the most that a hint without a second cue can score
WEIGHT = {  # by ambiguity 1, 2, 3
    Kind.PRODUCT: (0.6, 0.4, 0.2),
    Kind.EVASION: (0.6, 0.45, 0.3),
    Kind.TOOL: (0.6, 0.5, 0.3),
    Kind.NAME: (0.5, 0.3, 0.15),
    Kind.CODE: (0.35, 0.3, 0.2),
    Kind.EMOJI: (0.35, 0.3, 0.2),
    Kind.ATTRIBUTE: (0.3, 0.2, 0.15),
}
LIFT = {
    Kind.SIGNAL: 0.25,
    Kind.WILD: 0.25,
    Kind.LIVE: 0.25,
    Kind.PART: 0.25,
    Kind.FORM: 0.15,
    Kind.GENUINE: 0.15,
    Kind.SALE: 0.1,
    Kind.MEASURE: 0.1,
}
DROP = {Kind.IMITATION: 0.5, Kind.COLOUR: 0.2, Kind.DEPICTION: 0.45, Kind.AWARENESS: 0.5, Kind.LAWFUL: 0.2}
TOUCHING_PART = 0.4  # "tiger" + "tooth"
RAISED = 0.25  # a word that the term itself names as raising it; a second one adds COMPANY
COMPANY = 0.15  # another term of the same species, or a name touching a name; twice at most
AGAIN = 0.1  # a second live cue or signal
LOWERED = 0.45  # a word that the term itself names as making it harmless, at a distance
_OF_ANIMALS = frozenset({Kind.WILD, Kind.LIVE, Kind.PART})  # raise a name, not a product
_BREAK = re.compile(r"[,;!?。、|+\n]| - |另有|另售|附送|\b(?:and|plus|also|with)\b")  # here a clause ends


@dataclass(frozen=True)
class Weighed:
    """What one match is worth, and why."""

    found: Found
    score: float
    reasons: tuple[str, ...]


def weighed(found: Found, seen: Scene) -> Weighed:
    """The score of one kept match, 0-1, with a reason for each thing that was added or taken away."""
    base = WEIGHT[found.term.kind][found.term.ambiguity - 1]
    parts = [(base, _named(found)), *_raising(found, seen), *_lowering(found, seen)]
    score = min(max(sum(worth for worth, _ in parts), 0.0), 1.0)
    if reason := _unproven(found, seen):
        score = min(score, UNPROVEN)
        parts.append((0, reason))
    return Weighed(found, round(score, 2), tuple(reason for _, reason in parts))


def _named(found: Found) -> str:
    of = f" ({found.term.species})" if found.term.species else ""
    return f"'{found.term.term}' is {_a(found.term.kind)} term{of}"


def _raising(found: Found, seen: Scene) -> Iterator[tuple[float, str]]:
    """What makes FOUND likelier: its own raising words, company, and each kind of cue once."""
    for nth, word in enumerate(_own_raises(found, seen.text)[:2]):
        yield (COMPANY if nth else RAISED), f"'{word}' raises '{found.term.term}'"
    for other in _company(found, seen)[:2]:
        yield COMPANY, f"'{other.term.term}' stands beside it"
    said: dict[Kind, set[str]] = defaultdict(set)
    for cue in seen.cues:
        kind, word = cue.term.kind, cue.term.term
        if kind in LIFT and word not in said[kind] and _speaks_of(cue, found, seen):
            worth = _lift(cue, found, len(said[kind]))
            said[kind].add(word)
            if worth:
                yield worth, f"'{word}' is {_a(kind)} cue"


def _lift(cue: Found, found: Found, before: int) -> float:
    """What CUE adds after BEFORE others of its kind."""
    if before:
        return AGAIN if before == 1 and cue.term.kind in {Kind.LIVE, Kind.SIGNAL} else 0
    touches = cue.term.kind is Kind.PART and gap(cue.place, found.place) <= 1
    return TOUCHING_PART if touches else LIFT[cue.term.kind]


def _own_raises(found: Found, text: str) -> list[str]:
    return [
        word for word in found.term.raises if any(not overlap(place, found.place) for place in places(word, text))
    ]


def _company(found: Found, seen: Scene) -> list[Found]:
    """The other terms that mean the same animal, each once."""
    others = {other.term.term: other for other in seen.kept if other.term.term != found.term.term}
    return [other for other in others.values() if _same_animal(other, found)]


def _same_animal(one: Found, other: Found) -> bool:
    """Whether the two can mean one animal: the same species, or a name beside its group's name (金太阳鹦鹉)."""
    if not (one.term.species and other.term.species) or one.term.species == other.term.species:
        return True
    return {one.term.kind, other.term.kind} == {Kind.NAME} and gap(one.place, other.place) == 0


def _speaks_of(cue: Found, found: Found, seen: Scene) -> bool:
    """Whether a raising CUE can mean FOUND: it fits the kind, and does not stand beside an excluded match."""
    if cue.term.kind in _OF_ANIMALS and found.term.kind is not Kind.NAME:
        return False
    return nearest(cue, seen) in seen.kept


def _lowering(found: Found, seen: Scene) -> Iterator[tuple[float, str]]:
    """What makes FOUND harmless: words that speak of it, each kind once, and its own lowering words."""
    said: set[Kind] = set()
    for cue in seen.cues:
        kind = cue.term.kind
        if kind in LOWERING and kind not in said and _lowers(cue, found, seen):
            said.add(kind)
            yield -DROP[kind], f"'{cue.term.term}' ({kind}) lowers '{found.term.term}'"
    for word in found.term.lowers:
        if any(_lowers(Found(found.term, place), found, seen) for place in places(word, seen.text)):
            yield -LOWERED, f"'{word}' lowers '{found.term.term}'"
            return


def _lowers(cue: Found, found: Found, seen: Scene) -> bool:
    """A lowering word speaks of the match nearest to it, and of the same species in that clause: never of all."""
    near = nearest(cue, seen)
    if near is found:
        return True
    if near not in seen.kept or near.term.species != found.term.species:
        return False
    return not _BREAK.search(seen.text, *_between(near.place, found.place))


def _between(one: Place, two: Place) -> Place:
    first, second = sorted((one, two))
    return first[1], max(first[1], second[0])


def _unproven(found: Found, seen: Scene) -> str:
    """Why FOUND cannot alert as it stands, or nothing."""
    kinds = {cue.term.kind for cue in seen.cues}
    if found.watch is Watch.WILD and not kinds & {Kind.WILD, Kind.SIGNAL}:
        return f"'{found.term.term}' is commonly farmed or grown: it counts only when said to be wild"
    proven = Kind.SIGNAL in kinds or _own_raises(found, seen.text) or _company(found, seen)
    if found.term.kind in HINTING and not proven:
        return f"'{found.term.term}' is a hint: it needs a second cue"
    return ""


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
