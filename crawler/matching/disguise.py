"""Letters that stand for others only in words that look disguised: iv0ry, ivоrу in capitals of another script."""

import unicodedata

import numpy as np

from config.folding.table import BREAK, LETTER, VIETNAMESE, Codes, alikes
from crawler.matching.stream import At, Kinds, Mask, Stream, stream

SHORTEST = 4  # letters of a word that can be a disguised one
_BESIDE = 24  # folded characters beside it that are read with it, for terms of several words


def disguise() -> Codes:
    """Code points in order, and in two more rows what each may stand for; most for one letter alone.

    They are the list for disguised words, and Vietnamese letters, which lose their accents here.
    """
    likes: dict[int, list[int]] = {ord(each.letter): [] for each in alikes() if each.when == "disguise"}
    for each in alikes():
        if each.when == "disguise":
            likes[ord(each.letter)].append(ord(each.like))
    for code in VIETNAMESE:
        likes[code] = [ord(unicodedata.normalize("NFD", chr(code).lower())[0])]
    letters = sorted(likes)
    first, last = ([likes[code][at] for code in letters] for at in (0, -1))
    return np.array((letters, first, last), np.uint32)


def unmasked(original: Codes, values: Codes, kinds: Kinds, known: Codes) -> list[tuple[Stream, Mask]]:
    """The words that mix letters with what may stand for letters (KNOWN), read as letters; and which were changed.

    ORIGINAL are the code points that the folded VALUES came from. Read twice where a sign stands for two letters.
    """
    letters, likes, others = known
    at = np.minimum(np.searchsorted(letters, original), len(letters) - 1)
    odd = letters[at] == original
    if not odd.any():
        return []
    near = _windows(odd, kinds)
    if not near.any():
        return []
    here = np.flatnonzero(near)
    both = [likes[at[here]], others[at[here]]]
    if not (both[0] != both[1])[odd[here]].any():
        del both[1]
    return [(_read(values, kinds, here, odd, read_as), odd) for read_as in both]


def _windows(odd: Mask, kinds: Kinds) -> Mask:
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
    near: Mask = np.cumsum(cover[:-1]) > 0
    return near


def _read(values: Codes, kinds: Kinds, here: At, odd: Mask, likes: Codes) -> Stream:
    changed = odd[here]
    letters = np.where(changed, likes, values[here]).astype(np.uint32)
    what: Kinds = np.where(changed, np.uint8(LETTER), kinds[here]).astype(np.uint8)
    cut = np.flatnonzero(np.diff(here) > 1) + 1  # the first of a window is given up, so that none runs into the next
    letters[cut], what[cut] = ord("\n"), BREAK
    return stream(letters, what, here)
