"""Sorts what was found in one text: which matches count, and which are another thing."""

import re
from collections.abc import Iterable, Iterator, Sequence

from archive.facts import Code, Reason
from config.species import Watch
from config.term import LOWERING, Kind
from crawler.matching.scan import Place, gap, inside, overlap, places
from crawler.matching.scene import BREAK, Found, Row, Scene, loose

_FIGURE = re.compile(r"[\d一二两三四五六七八九十百半几单整]\s?$")  # before a unit


def scene(text: str, anchors: Sequence[Found], words: Sequence[Found]) -> Scene:
    """Sort the ANCHORS and WORDS of a folded TEXT into what counts and what does not."""
    row = Row(anchors)
    cues = _unless_denied(tuple(cue for cue in words if _counts(cue, text, row)))
    beside = Row(cues)
    why = {found: _excluded(found, text, beside) or _another(found, text, row) for found in anchors}
    kept = tuple(found for found in anchors if why[found] is None)
    excluded = tuple((found, reason) for found, reason in why.items() if reason)
    return Scene(text, kept, excluded, cues, frozenset(_said_real(words, row)))


def _said_real(words: Iterable[Found], anchors: Row) -> Iterator[Found]:
    """Those of ANCHORS that hold a word which says that they are real or old."""
    for word in words:
        if word.term.kind is Kind.GENUINE:
            yield from (found for found in anchors.near(word.place) if inside(word.place, found.place))


def _counts(cue: Found, text: str, anchors: Row) -> bool:
    """Whether CUE says anything here: not inside a term, not taken back, a unit only after a figure."""
    start, end = cue.place
    near = anchors.near(cue.place)
    if any(inside(cue.place, found.place) or cue.place == found.place for found in near):
        return False
    if cue.term.kind is Kind.MEASURE:
        return _FIGURE.search(text, max(start - 2, 0), start) is not None
    if end - start == 1 and cue.term.kind is not Kind.NEGATION:  # one character says something only beside a term
        reach = 1 if cue.term.kind is Kind.IMITATION else 0
        return any(gap(cue.place, found.place) <= reach for found in near)
    return True


def _unless_denied(cues: Sequence[Found]) -> tuple[Found, ...]:
    """CUES without the lowering words that stand right behind a negation: 'not resin', 不是树脂."""
    ends = {cue.place[1] for cue in cues if cue.term.kind is Kind.NEGATION}
    denied = ends | {end + 1 for end in ends}
    return tuple(cue for cue in cues if cue.term.kind not in LOWERING or cue.place[0] not in denied)


def _excluded(found: Found, text: str, cues: Row) -> Reason | None:
    """Why FOUND is no match at all, or nothing."""
    term = found.term.term
    if found.term.kind is Kind.DECOY:
        return Reason(Kind.DECOY, (term,))
    if found.watch is Watch.NEVER:
        return Reason(Code.UNWATCHED, (term,))
    for word in found.term.lowers:
        if any(overlap(place, found.place) and not inside(place, found.place) for place in places(word, text)):
            return Reason(Code.WITHIN, (term, word))
        if _continued(found, word, text):
            return Reason(Code.WITHIN, (term, word))
    for cue in cues.near(found.place):
        if _disowns(cue, found, text):
            return Reason(Code.DISOWNED, (term, cue.term.term))
    return None


def _continued(found: Found, word: str, text: str) -> bool:
    """Whether a blank parts FOUND from the rest of the longer harmless WORD, which stands alone: 玳瑁 色 发箍."""
    rest = word.removeprefix(found.term.term)
    after = text[found.place[1] : found.place[1] + len(rest) + 2]
    return rest != word and after.startswith(f" {rest}") and not after[len(rest) + 1 :].strip()


def _another(found: Found, text: str, anchors: Row) -> Reason | None:
    """Why FOUND is but the group of the unwatched thing that it touches (玄凤 鹦鹉), or nothing."""
    if not loose(found):
        return None
    for other in anchors.near(found.place):
        harmless = other.watch is Watch.NEVER or other.term.kind is Kind.DECOY
        if harmless and other is not found and _touching(other.place, found.place, text):
            return Reason(Code.DISOWNED, (found.term.term, other.term.term))
    return None


def _disowns(cue: Found, found: Found, text: str) -> bool:
    """Whether CUE touches FOUND and says that it is an imitation or a colour."""
    after = cue.place[0] >= found.place[1]
    says = cue.term.kind is Kind.IMITATION or (cue.term.kind is Kind.COLOUR and after)
    return says and _touching(cue.place, found.place, text)


def _touching(one: Place, other: Place, text: str) -> bool:
    """Whether no more than one character stands between the two, and that ends no clause: 盔犀鸟头骨，faux."""
    between = text[min(one[1], other[1]) : max(one[0], other[0])]
    return len(between) <= 1 and BREAK.search(between) is None
