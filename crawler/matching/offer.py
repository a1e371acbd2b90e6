"""Tells a plain offer from a report of one by where the words stand, and which lowering words speak of it."""

from collections import defaultdict
from collections.abc import Iterator

from config.term import HAN, Kind
from crawler.matching.scan import gap
from crawler.matching.scene import LOOSE, Found, Scene

TOLD = 2  # words of news ahead of a thing that make the text a report of it
_THINGS = frozenset({Kind.PRODUCT, Kind.EVASION})
_TO_BE_HAD = frozenset({Kind.SALE, Kind.SIGNAL})
_NOUNS = frozenset({Kind.FORM, Kind.DEPICTION, Kind.PART})
_STARTS = " ,;!?。、|+\n.:"  # a word behind one of these begins a phrase


def offered(found: Found, seen: Scene) -> bool:
    """Whether FOUND is a thing said to be real or old, and to be had, where it stands; and no report of one."""
    return _thing(found, seen) and _real(found, seen) and _to_be_had(found, seen)


def touching_part(found: Found, seen: Scene) -> Found | None:
    """The part of an animal that stands right beside FOUND, or None."""
    parts = seen.rows[Kind.PART].near(found.place)
    return next((cue for cue in parts if gap(cue.place, found.place) <= 1), None)


def spoken_against(found: Found, seen: Scene) -> dict[Kind, tuple[str, ...]]:
    """The words that lower FOUND, by kind; of one that is offered, none that speak of another thing or of news."""
    every = seen.lowered_by(found)
    if not offered(found, seen):
        return every
    said: dict[Kind, dict[str, None]] = defaultdict(dict)
    for kind in every.keys() - {Kind.AWARENESS}:
        for cue in seen.rows[kind].near(found.place):
            if cue.term.term in every[kind] and _speaks(cue, found, seen):
                said[kind][cue.term.term] = None
    return {kind: tuple(words) for kind, words in said.items()}


def _thing(found: Found, seen: Scene) -> bool:
    if found.term.kind in _THINGS:
        return found.term.ambiguity < LOOSE
    return found.term.kind is Kind.NAME and touching_part(found, seen) is not None


def _real(found: Found, seen: Scene) -> bool:
    """Whether FOUND, or a word of its clause, says that it is real or old."""
    return found in seen.real or any(_together(cue, found, seen) for cue in _within(found, Kind.GENUINE, seen))


def _to_be_had(found: Found, seen: Scene) -> bool:
    """Whether FOUND is for sale where it stands; beside news, by a phrase of Chinese or two words of the seller."""
    sales = [cue for kind in _TO_BE_HAD for cue in _within(found, kind, seen)]
    news = seen.rows[Kind.AWARENESS].near(found.place)
    ahead = [cue for cue in news if cue.place[0] < found.place[0]]
    if len({cue.term.term for cue in ahead}) >= TOLD or any(_together(cue, found, seen) for cue in ahead):
        return False
    if len(ahead) == len(news):
        return bool(sales)
    told = {seen.sentence(cue.place) for cue in news if cue not in ahead}
    asked = {cue.term.term for cue in sales if _asked(cue, found, told, seen)}
    return len(asked) > 1 or any(HAN.search(word) for word in asked)


def _asked(sale: Found, found: Found, told: set[int], seen: Scene) -> bool:
    """Whether SALE follows FOUND as a phrase of its own; what a report tells of is run on: 男子出售象牙 被抓."""
    start = sale.place[0]
    if start < found.place[1] or seen.text[start - 1] not in _STARTS:
        return False
    return HAN.search(sale.term.term) is not None or seen.sentence(found.place) not in told


def _within(found: Found, kind: Kind, seen: Scene) -> Iterator[Found]:
    """The words of KIND ahead of FOUND in its clause or behind it in its sentence, with no denial between."""
    bars = [cue.place for bar in (Kind.IMITATION, Kind.AWARENESS) for cue in seen.rows[bar].near(found.place)]
    first = max((end for _, end in bars if end <= found.place[0]), default=0)
    last = min((start for start, _ in bars if start >= found.place[1]), default=len(seen.text))
    for cue in seen.rows[kind].near(found.place):
        ahead = cue.place[0] < found.place[0]
        near = _together(cue, found, seen) if ahead else _same_sentence(cue, found, seen)
        if near and first <= cue.place[0] and cue.place[1] <= last:
            yield cue


def _speaks(cue: Found, found: Found, seen: Scene) -> bool:
    """Whether the lowering CUE speaks of FOUND, which is offered: 塑料 玩具 and 树脂底座 are other things."""
    if cue.term.kind is not Kind.IMITATION:
        return _together(cue, found, seen)
    if not (_together(cue, found, seen) or _follows(cue, found, seen)):
        return False
    return not _of_another(cue, found, seen)


def _of_another(cue: Found, found: Found, seen: Scene) -> bool:
    """Whether another noun stands behind the imitation CUE: joined to it, or named in its clause before FOUND."""
    end = cue.place[1]
    joined = HAN.match(seen.text[end : end + 1]) is not None and end != found.place[0]
    others = [*seen.matches.near(cue.place), *_nouns(cue, seen)]
    limit = found.place[0] if end <= found.place[0] else len(seen.text)
    return joined or any(
        end <= other.place[0] < limit and other is not found and _together(other, cue, seen) for other in others
    )


def _nouns(cue: Found, seen: Scene) -> Iterator[Found]:
    for kind in _NOUNS:
        yield from seen.rows[kind].near(cue.place)


def _together(one: Found, other: Found, seen: Scene) -> bool:
    return seen.clause(one.place) == seen.clause(other.place)


def _same_sentence(one: Found, other: Found, seen: Scene) -> bool:
    return seen.sentence(one.place) == seen.sentence(other.place)


def _follows(cue: Found, found: Found, seen: Scene) -> bool:
    return cue.place[0] >= found.place[1] and _same_sentence(cue, found, seen)
