"""Letters that stand for others only in words that look disguised: iv0ry, ivоrу in capitals of another script."""

import unicodedata
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from config.folding.table import BREAK, LETTER, Codes, alikes
from crawler.matching.stream import At, Kinds, Stream, stream

SHORTEST = 4  # letters of a word that can be a disguised one
_BESIDE = 24  # folded characters beside it that are read with it, for terms of several words
_VIETNAMESE = (0x1A1, 0x1B0, *range(0x1EA0, 0x1EFA))


class Disguise(NamedTuple):
    """Code points in order, and what each may stand for; most for one letter alone."""

    letters: Codes
    likes: Codes
    others: Codes


def disguise() -> Disguise:
    """The list for disguised words, with Vietnamese letters, which lose their accents here."""
    likes: dict[int, list[int]] = {ord(each.letter): [] for each in alikes() if each.when == "disguise"}
    for each in alikes():
        if each.when == "disguise":
            likes[ord(each.letter)].append(ord(each.like))
    for code in _VIETNAMESE:
        likes[code] = [ord(unicodedata.normalize("NFD", chr(code).lower())[0])]
    letters = sorted(likes)
    first, last = ([likes[code][at] for code in letters] for at in (0, -1))
    return Disguise(*(np.array(codes, np.uint32) for codes in (letters, first, last)))


def unmasked(original: Codes, values: Codes, kinds: Kinds, known: Disguise) -> list[tuple[Stream, NDArray[np.bool_]]]:
    """The words that mix letters with what may stand for letters, read as letters; and which were changed.

    ORIGINAL are the code points that the folded VALUES came from. Read twice where a sign stands for two letters.
    """
    at = np.minimum(np.searchsorted(known.letters, original), len(known.letters) - 1)
    odd = known.letters[at] == original
    if not odd.any():
        return []
    near = _windows(odd, kinds)
    if not near.any():
        return []
    here = np.flatnonzero(near)
    both = [known.likes[at[here]], known.others[at[here]]]
    if not (both[0] != both[1])[odd[here]].any():
        del both[1]
    return [(_read(values, kinds, here, odd, likes), odd) for likes in both]


def _windows(odd: NDArray[np.bool_], kinds: Kinds) -> NDArray[np.bool_]:
    """The places of words that hold one of ODD and an ordinary letter, with what stands beside them."""
    run = odd | (kinds == LETTER)
    edges = np.flatnonzero(np.diff(run.astype(np.int8), prepend=0, append=0))
    begins, ends = edges[::2], edges[1::2]
    count = np.concatenate(([0], np.cumsum(odd)))
    many = count[ends] - count[begins]
    mixed = (many > 0) & (ends - begins > many) & (ends - begins >= SHORTEST)
    cover = np.zeros(len(run) + 1, np.int32)
    np.add.at(cover, np.maximum(begins[mixed] - _BESIDE, 0), 1)
    np.add.at(cover, np.minimum(ends[mixed] + _BESIDE, len(run)), -1)
    near: NDArray[np.bool_] = np.cumsum(cover[:-1]) > 0
    return near


def _read(values: Codes, kinds: Kinds, here: At, odd: NDArray[np.bool_], likes: Codes) -> Stream:
    changed = odd[here]
    letters = np.where(changed, likes, values[here]).astype(np.uint32)
    what: Kinds = np.where(changed, np.uint8(LETTER), kinds[here]).astype(np.uint8)
    cut = np.flatnonzero(np.diff(here) > 1) + 1  # the first of a window is given up, so that none runs into the next
    letters[cut], what[cut] = ord("\n"), BREAK
    return stream(letters, what, here)
