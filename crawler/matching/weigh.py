"""Weighs the terms found in one text against the words around them: what counts, for how much, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from archive.facts import Code, Reason
from config.species import Watch
from config.term import HINTING, Kind
from crawler.matching.offer import offered, spoken_against, touching_part
from crawler.matching.scan import Place, overlap, places
from crawler.matching.scene import Found, Scene, faint, loose

UNPROVEN = 0.4  # the most that a hint without a second cue can score
WEIGHT = {  # by ambiguity 1, 2, 3
    Kind.PRODUCT: (0.6, 0.4, 0.2),
    Kind.EVASION: (0.6, 0.45, 0.3),
    Kind.TOOL: (0.6, 0.5, 0.3),
    Kind.NAME: (0.5, 0.35, 0.15),
    Kind.CODE: (0.35, 0.3, 0.2),
    Kind.EMOJI: (0.35, 0.3, 0.2),
    Kind.ATTRIBUTE: (0.3, 0.2, 0.15),
}
FAINT = 0.3  # the most that a short word of the same sound weighs
LIFT = {
    Kind.SIGNAL: 0.25,
    Kind.WILD: 0.25,
    Kind.LIVE: 0.3,
    Kind.PART: 0.25,
    Kind.FORM: 0.15,
    Kind.GENUINE: 0.15,
    Kind.SALE: 0.15,
    Kind.MEASURE: 0.15,
}
DROP = {Kind.IMITATION: 0.5, Kind.COLOUR: 0.2, Kind.DEPICTION: 0.45, Kind.AWARENESS: 0.5, Kind.LAWFUL: 0.2}
MADE_OF = 0.2  # a thing named beside a product that is said to be real: it is made of it
TOUCHING_PART = 0.4  # "tiger" + "tooth"
RAISED = 0.25  # a word that the term itself names as raising it; a second one adds COMPANY
COMPANY = 0.15  # another term of the same species, or a name touching a name; twice at most
AGAIN = {Kind.LIVE: 0.1, Kind.SIGNAL: 0.1, Kind.AWARENESS: 0.25}  # a second word of that kind
LOWERED = 0.45  # a word that the term itself names as making it harmless, at a distance
_OF_ANIMALS = frozenset({Kind.WILD, Kind.LIVE, Kind.PART})  # raise a name, not a product


@dataclass(frozen=True)
class Weighed:
    """What one match is worth, and why."""

    found: Found
    score: float
    reasons: tuple[Reason, ...]


def weighed(found: Found, seen: Scene) -> Weighed:
    """The score of one kept match, 0-1, with a reason for each thing that was added or taken away."""
    parts = [(_base(found, seen), Reason(found.term.kind, (found.term.term, found.term.species)))]
    parts += [*_raising(found, seen), *_lessening(found, seen)]
    score = min(max(sum(worth for worth, _ in parts), 0.0), 1.0)
    if unproven := _unproven(found, seen):
        score = min(score, UNPROVEN)
        parts.append((0, unproven))
    return Weighed(found, round(score, 2), tuple(reason for _, reason in parts))


def _base(found: Found, seen: Scene) -> float:
    """What FOUND is worth before a word beside it is heard."""
    worth = WEIGHT[found.term.kind][found.term.ambiguity - 1]
    if found.watch is Watch.WILD and Kind.WILD in seen.kinds:
        return WEIGHT[Kind.NAME][1]
    return min(worth, FAINT) if faint(found) else worth


def _raising(found: Found, seen: Scene) -> Iterator[tuple[float, Reason]]:
    """What makes FOUND likelier: its own raising words, company, and each kind of cue."""
    for nth, word in enumerate(_own_raises(found, seen)[:2]):
        yield (COMPANY if nth else RAISED), Reason(Code.RAISES, (word, found.term.term))
    for other in seen.company(found):
        worth = TOUCHING_PART if overlap(other.place, found.place) else COMPANY  # 黑熊皮 is 黑熊 and 熊皮
        yield worth, Reason(Code.COMPANY, (other.term.term, found.term.term))
    for kind, worth in LIFT.items():
        if (kind not in _OF_ANIMALS or found.term.kind is Kind.NAME) and not _of_goods(kind, found, seen):
            yield from _cues(kind, worth, found, seen)


def _of_goods(kind: Kind, found: Found, seen: Scene) -> bool:
    """Whether KIND says that a thing is real where FOUND is but a live animal: 长颈鹿 宝宝 正品 is for infants."""
    return kind is Kind.GENUINE and loose(found) and Kind.LIVE in seen.kinds and Kind.PART not in seen.kinds


def _cues(kind: Kind, worth: float, found: Found, seen: Scene) -> Iterator[tuple[float, Reason]]:
    """What the words of KIND add: the first WORTH, a second less or nothing; a part that touches FOUND more."""
    said = list(seen.raising(kind, found))
    if kind is Kind.PART and (touching := touching_part(found, seen)):
        said, worth = [touching], TOUCHING_PART
    for cue, adds in zip(said, (worth, AGAIN.get(kind, 0)), strict=False):
        if adds:
            yield adds, Reason(kind, (cue.term.term, found.term.term))


def _own_raises(found: Found, seen: Scene) -> list[str]:
    """The words of its own that raise FOUND; for a loose name, in its sentence."""
    here = seen.sentence(found.place) if loose(found) else None

    def raises(place: Place) -> bool:
        return not overlap(place, found.place) and (here is None or seen.sentence(place) == here)

    return [word for word in found.term.raises if any(raises(place) for place in places(word, seen.text))]


def _lessening(found: Found, seen: Scene) -> Iterator[tuple[float, Reason]]:
    """What makes FOUND harmless: words that speak of it, and its own lowering words."""
    for kind, words in spoken_against(found, seen).items():
        drop = MADE_OF if kind is Kind.DEPICTION and _plainly(found, seen) else DROP[kind]
        for word, worth in zip(words, (drop, AGAIN.get(kind, 0)), strict=False):
            if worth:
                yield -worth, Reason(kind, (word, found.term.term))
    if word := _own_lowering(found, seen):
        yield -LOWERED, Reason(Code.LOWERS, (word, found.term.term))


def _plainly(found: Found, seen: Scene) -> bool:
    """Whether FOUND is offered as real, or is a sure product said to be: a hat of it is then no picture of it."""
    sure = found.term.kind is Kind.PRODUCT and found.term.ambiguity == 1
    return (sure and bool(seen.raising(Kind.GENUINE, found))) or offered(found, seen)


def _own_lowering(found: Found, seen: Scene) -> str:
    """The word of its own that lowers FOUND at a distance, or nothing."""
    here = seen.clause(found.place)
    meant, apart = {found, (found.term.species, here)}, offered(found, seen)

    def lowers(place: Place) -> bool:
        said_here = not apart or seen.clause(place) == here
        return said_here and bool(meant & {*seen.spoken_of(Found(found.term, place))})

    return next((word for word in found.term.lowers if any(map(lowers, places(word, seen.text)))), "")


def _unproven(found: Found, seen: Scene) -> Reason | None:
    """Why FOUND cannot alert as it stands, or nothing."""
    said = seen.kinds
    if found.watch is Watch.WILD and not said & {Kind.WILD, Kind.SIGNAL}:
        return Reason(Code.FARMED, (found.term.term,))
    if faint(found):
        return None if seen.beside(found) else Reason(Code.FAINT, (found.term.term,))
    if found.term.kind not in HINTING:
        return None
    proven = Kind.SIGNAL in said or _own_raises(found, seen) or seen.company(found)
    return None if proven else Reason(Code.HINT, (found.term.term,))
