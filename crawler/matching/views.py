"""Looks at a folded text in every way a word may be disguised, and says what stands where.

Always: as it is, without marks, and in pinyin (one pass, all are patterns of one automaton); without its emoji where
it has some that terms are written with. By its sound where it has Chinese: a gather and a pass for each reading.
Dear, and so only in windows: words parted by marks within (iv.ory), as letters written together do not look like that
otherwise; and words that mix letters with figures or signs (iv0ry), or hold letters of another script.
"""

from dataclasses import replace

import numpy as np

from config.fold import Folded, code_points, folded
from config.folding.table import BLANK, BREAK, EMOJI, LETTER, LIKE, SOFT, UNSPACED, VALUE, Codes
from crawler.matching.automaton import (
    ALIKE,
    HOMOPHONE,
    NONE,
    OPEN,
    PARTED,
    PINYIN,
    Hits,
    hits,
    how_found,
    joined,
    outermost,
    settled,
    views,
)
from crawler.matching.disguise import unmasked
from crawler.matching.lexicon import Lexicon
from crawler.matching.sounds import FIRST, LAST, heard
from crawler.matching.stream import At, Bytes, Kinds, Mask, Stream, kinds_of, stream

NAMED = {PINYIN: "pinyin", HOMOPHONE: "homophone", ALIKE: "alike"}
TIGHT = 4  # marks between two letters of one word, at most


def look(known: Lexicon, read: Folded, text: str) -> tuple[Hits, Hits]:
    """The matches and the cues in READ, the folded TEXT, each in order, none inside another of its own."""
    plain, whole = _plain(known, read)
    sorts = (_parted(known, whole), _unmasked(known, read, whole.kinds, text), _heard(known, whole))
    return settled(joined(_matches(known, plain), *sorts), known.decoys), outermost(_cues(known, plain))


def look_plainly(known: Lexicon, read: Folded) -> tuple[Hits, Hits]:
    """As `look`, by the views that are always looked through."""
    plain, _ = _plain(known, read)
    return settled(_matches(known, plain), known.decoys), outermost(_cues(known, plain))


def _plain(known: Lexicon, read: Folded) -> tuple[Hits, Stream]:
    """What is found in READ as it is; and without the emoji that terms are written with, which may part others."""
    values, bare = read.entries & VALUE, kinds_of(read.entries)
    kinds = kinds_of(read.entries, known.pictures) if (bare == EMOJI).any() else bare
    whole = stream(values, kinds)
    found = joined(_written(known, whole), _alone(known, whole))
    if kinds is bare or (kinds == bare).all():
        return found, whole
    return joined(found, _written(known, stream(values, bare))), whole


def _written(known: Lexicon, read: Stream) -> Hits:
    return hits(known.written, known.shapes, read)


def _alone(known: Lexicon, read: Stream) -> Hits:
    """The patterns of one character."""
    at = np.flatnonzero(read.kinds == UNSPACED)
    which = known.singles.take(read.values[at], mode="clip")
    found = np.flatnonzero(which >= 0)
    starts = read.here[at[found]]
    return Hits(which[found], starts, starts + 1, np.zeros(len(found), np.uint8))


def _matches(known: Lexicon, found: Hits, how: int = 0) -> Hits:
    """Those of FOUND that stand for a term that may be a match; HOW it was found, if its form does not say."""
    terms = known.anchors[found.which]
    mine = np.flatnonzero(terms >= 0)
    which = found.which[mine]
    hows = known.hows[which]
    if how:
        hows = np.where(views(hows), hows, hows | np.uint8(how))
    return Hits(terms[mine], found.starts[mine], found.ends[mine], found.how[mine] | hows)


def _cues(known: Lexicon, found: Hits) -> Hits:
    terms = known.cues[found.which]
    mine = np.flatnonzero((terms >= 0) & ((found.how & OPEN) == 0))
    return Hits(terms[mine], found.starts[mine], found.ends[mine], found.how[mine])


def _heard(known: Lexicon, whole: Stream) -> Hits:
    """What sounds like a term, in the first and in the second reading of each character."""
    if known.heard is None or not ((whole.letters >= FIRST) & (whole.letters < LAST)).any():
        return NONE
    shapes = np.zeros(len(known.sounding), np.uint8)
    by_each = [_by_sound(known, whole, shapes, nth) for nth in (0, 1)]
    return joined(*by_each)


def _by_sound(known: Lexicon, whole: Stream, shapes: Bytes, nth: int) -> Hits:
    found = hits(known.heard, shapes, whole, heard(whole.letters, known.readings, nth))
    hows = found.how | known.sounding_hows[found.which]
    return Hits(known.sounding[found.which], found.starts, found.ends, hows)


def _unmasked(known: Lexicon, read: Folded, kinds: Kinds, text: str) -> Hits:
    """What stands there once figures, signs and other scripts are read as the letters they look like."""
    original = code_points(text)[read.starts]
    found = []
    for window, odd in unmasked(original, read.entries & VALUE, kinds, known.disguise):
        inside = np.concatenate(([0], np.cumsum(odd)))
        some = _written(known, window)
        found.append(_matches(known, some.only(inside[some.ends] > inside[some.starts]), how_found(ALIKE)))
    return joined(*found)


def _parted(known: Lexicon, whole: Stream) -> Hits:
    """What stands in words with marks within: iv.ory."""
    window = _closed(whole.values, whole.kinds)
    if window is None:
        return NONE
    found = _matches(known, _written(known, window))
    return replace(found, how=found.how | np.uint8(PARTED))


def _closed(values: Codes, kinds: Kinds) -> Stream | None:
    """Words with no space between them, only marks, written as one; each after a line's end."""
    edges = np.flatnonzero(np.diff((kinds == LETTER).view(np.int8), prepend=0, append=0))
    begins, ends = edges[::2], edges[1::2]
    gaps = begins[1:] - ends[:-1]
    open_ = np.concatenate(([0], np.cumsum((kinds == UNSPACED) | (kinds == BREAK) | (kinds == BLANK))))
    tight = (gaps <= TIGHT) & (open_[begins[1:]] == open_[ends[:-1]])
    if not tight.any():
        return None
    after, before = np.append(False, tight), np.append(tight, False)
    return _cover(values, kinds, begins, ends, after | before, ~after & before)


def _cover(values: Codes, kinds: Kinds, begins: At, ends: At, mine: Mask, first: Mask) -> Stream:
    """The words that are MINE; what stands before the FIRST of each group is made a line's end."""
    cover = np.zeros(len(values) + 1, np.int32)
    cover[begins[mine]] += 1
    cover[ends[mine]] -= 1
    chosen = np.cumsum(cover[:-1]) > 0
    stops = begins[first] - 1
    stops = stops[stops >= 0]
    chosen[stops] = True
    here: At = np.flatnonzero(chosen)
    letters, what = values[here], kinds[here]
    at = np.searchsorted(here, stops)
    letters[at], what[at] = ord("\n"), BREAK
    return stream(letters, what, here)


def name_of(view: int, read: Folded, text: str, place: tuple[int, int], term: str) -> str:
    """What the view is called through which TERM was found at PLACE of READ, the folded TEXT."""
    if view in NAMED:
        return NAMED[view]
    start, end = read.span(*place)
    original = text[start:end]
    if original == term:
        return "plain"
    entries = read.entries[slice(*place)]
    kinds = kinds_of(entries, code_points(folded(term)))
    between = (kinds >= SOFT) & ~np.isin(entries & VALUE, code_points(folded(term)))
    if between.any():
        return "emoji" if (kinds[between] == EMOJI).any() else "marks"
    return "alike" if (entries & LIKE).any() and original.casefold() != term.casefold() else "folded"
