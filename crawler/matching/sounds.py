"""How Chinese characters sound, without tones: the readings of a word, and of a text as one sign a syllable."""

import unicodedata
from functools import cache
from itertools import combinations, islice, product

import numpy as np
from numpy.typing import NDArray

from config.folding.table import Codes

FIRST, LAST = 0x3400, 0xA000  # the characters whose readings are known
MOST = 16  # ways to read one word that are looked for
_SIGN = 0xE000  # where the signs for syllables begin; private use, so in no term
Readings = NDArray[np.uint16]  # for each character the number of its first and second reading; 0: none
Way = tuple[str, ...]  # to read a word: a syllable for each character


@cache
def _syllables() -> tuple[str, ...]:
    """Every syllable, in the order of its number; the first is none."""
    return ("", *sorted({reading for known in _known().values() for reading in known}))


@cache
def _numbers() -> dict[str, int]:
    return {syllable: number for number, syllable in enumerate(_syllables())}


@cache
def _known() -> dict[str, tuple[str, ...]]:
    """The readings of each character, the commonest first, with v for ü and no tones."""
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415  (slow, and only making a lexicon needs it)

    known = {}
    for code in range(FIRST, LAST):
        toneless = (_toneless(reading) for reading in PINYIN_DICT.get(code, "").split(","))
        if readings := tuple(dict.fromkeys(reading for reading in toneless if reading)):
            known[chr(code)] = readings
    return known


def _toneless(reading: str) -> str:
    apart = unicodedata.normalize("NFD", reading.replace("ü", "v").replace("ê", "e"))
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter) or letter == "\u0308")
    return bare.replace("u\u0308", "v")


def table() -> Readings:
    """The first and the second reading of every character, for `heard`."""
    numbers, made = _numbers(), np.zeros((2, LAST - FIRST), np.uint16)
    for character, readings in _known().items():
        for row in (0, 1):
            made[row, ord(character) - FIRST] = numbers[readings[min(row, len(readings) - 1)]]
    return made


def readings(word: str) -> list[Way]:
    """The ways to read WORD, one syllable a character, the likeliest first; none if a character has no reading."""
    known = _known()
    if any(character not in known for character in word):
        return []
    likely = _likely(word)
    ways = dict.fromkeys([likely]) if len(likely) == len(word) else {}
    ways |= dict.fromkeys(islice(product(*(known[character][:3] for character in word)), MOST))
    return list(ways)[:MOST]


def _likely(word: str) -> Way:
    """How WORD is read by the phrases in it, if it holds any; else each character as it is read most."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  (as above)
    from pypinyin.constants import PHRASES_DICT  # noqa: PLC0415  (as above)

    if any(word[start:end] in PHRASES_DICT for start, end in combinations(range(len(word) + 1), 2)):
        return tuple(_toneless(syllable) for syllable in lazy_pinyin(word))
    return tuple(_known()[character][0] for character in word)


def signs(way: Way) -> str:
    """One way to read a word, as `heard` has it; "" for a syllable that no character has."""
    known = _numbers()
    numbers = [known.get(syllable, 0) for syllable in way]
    return "".join(chr(_SIGN + number) for number in numbers) if all(numbers) else ""


def heard(letters: Codes, readings_of: Readings, nth: int) -> str:
    """A stream's LETTERS with the sign of its NTH reading for each Chinese character."""
    said = letters.copy()
    at = np.flatnonzero((letters >= FIRST) & (letters < LAST))
    said[at] = readings_of[nth][letters[at] - FIRST] + np.uint32(_SIGN)
    return str(said.tobytes(), "utf-32-le")
