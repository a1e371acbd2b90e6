"""Makes the table that folds every code point: one number each, with the folded letter and what it does in a text.

Folding is NFKC, casefold, no accents on Latin and Greek letters (Vietnamese ones stay: cao hổ is tiger glue, cao ho
a cough syrup), traditional characters as simplified ones, letters that look like Latin ones as those, and nothing
invisible. Kana keep their voicing marks, Hangul and Indic letters their parts.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from config.cache import keep, kept, release

Codes = NDArray[np.uint32]
FORMAT = b"8"  # of the table; another number makes it anew
LIST = Path(__file__).with_name("alike.tsv")
VALUE = np.uint32(0x1FFFFF)  # the folded code point, or the number of an expansion
DROP, EXPAND, JOINS = np.uint32(1 << 21), np.uint32(1 << 22), np.uint32(1 << 23)
KIND = 24  # the bits from here on
UNSPACED, LETTER, SOFT, HARD, BREAK, EMOJI, BLANK = range(7)
LIKE = np.uint32(1 << 27)  # a look-alike stands for the letter
VIETNAMESE = frozenset({0x1A0, 0x1A1, 0x1AF, 0x1B0, *range(0x1EA0, 0x1EFA)})  # letters that keep their accents

_SIZE = 0x110000
_SUPPLEMENT = 0x10000
_ASSIGNED = (*range(0x32400), *range(0xE0000, 0xE0200))
_GENERIC = ((0x300, 0x370), (0x1AB0, 0x1B00), (0x1DC0, 0x1E00), (0x20D0, 0x2100), (0xFE20, 0xFE30))
_FILLERS = {0x034F, 0x0640, 0x115F, 0x1160, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
_HAN = ((0x2E80, 0x2FE0), (0x3400, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0))
_UNSPACED = (  # scripts that put no spaces between words
    *((0x0E00, 0x1000), (0x1000, 0x10A0), (0x1100, 0x1200), (0x1780, 0x1800), (0x2E80, 0x3000), (0x3005, 0x3008)),
    *((0x3021, 0x302A), (0x3031, 0xA4D0), (0xA960, 0xA980), (0xAC00, 0xD800), (0xF900, 0xFB00), (0x1B000, 0x1B170)),
    (0x20000, 0x40000),
)
_HARD = frozenset(',;:!?()[]{}"|\\<>=+…、。〈〉《》「」『』【】“”„«»؟،؛')
_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_QUOTES = frozenset("‘’ʼ´`′＇")


class Table(NamedTuple):
    """Everything that folding looks up."""

    codes: Codes  # by code point
    flat: Codes  # the letters of all expansions, one after the other
    begins: Codes  # where each expansion begins in `flat`; one more at the end
    pairs: NDArray[np.uint64]  # two code points that are one letter, in order: first << 21 | second
    joined: Codes  # that letter


@dataclass(frozen=True)
class Alike:
    """A letter, the Latin letter or Chinese character that it looks like, and when that is believed."""

    letter: str
    like: str
    when: str  # always; disguise: only where a word looks disguised


@cache
def table() -> Table:
    """The table, from the cache folder, or made now (half a second) and kept there."""
    name, key = f"fold-{unicodedata.unidata_version}-{release('opencc')}", _key()
    found = kept(name, key)
    if found is not None:
        return _unpacked(found)
    made = _made()
    keep(name, key, _packed(made))
    return made


def alikes() -> tuple[Alike, ...]:
    """The list of letters that look alike."""
    lines = LIST.read_text("utf-8").splitlines()[1:]
    return tuple(Alike(*line.split("\t")[:3]) for line in lines if line)


def _key() -> bytes:
    parts = (FORMAT, unicodedata.unidata_version.encode(), release("opencc").encode(), LIST.read_bytes())
    return hashlib.sha256(b"\0".join((*parts, Path(__file__).read_bytes()))).digest()


def _packed(made: Table) -> bytes:
    sizes = np.array([len(part) for part in made], np.uint64)
    return b"".join((sizes.tobytes(), made.pairs.tobytes(), *(made[at].tobytes() for at in (0, 1, 2, 4))))


def _unpacked(held: memoryview) -> Table:
    codes, flat, begins, pairs, joined = (int(size) for size in np.frombuffer(held, np.uint64, 5))
    at = 40
    keys = np.frombuffer(held, np.uint64, pairs, at)
    at += 8 * pairs
    parts = []
    for size in (codes, flat, begins, joined):
        parts.append(np.frombuffer(held, np.uint32, size, at))
        at += 4 * size
    return Table(parts[0], parts[1], parts[2], keys, parts[3])


def _made() -> Table:
    pairs = _pairs()
    like = {alike.letter: alike.like for alike in alikes() if alike.when == "always"} | _by_name()
    simple = _simplified()
    codes = np.arange(_SIZE, dtype=np.uint32) | np.uint32(SOFT << KIND)
    flat: list[int] = []
    begins = [0]
    for code in _ASSIGNED:
        letters = _folded(chr(code), simple, like)
        if len(letters) == 1:
            codes[code] = _entry(letters, chr(code), like)
        elif letters:
            codes[code] = EXPAND | np.uint32(len(begins) - 1)
            flat += [_entry(letter, letter, like) for letter in letters]
            begins.append(len(flat))
        else:
            codes[code] = DROP
    _mark_joining(codes, pairs)
    keys = np.array(sorted(pairs), np.uint64)
    joined = np.array([pairs[int(key)] for key in keys], np.uint32)
    return Table(codes, np.array(flat, np.uint32), np.array(begins, np.uint32), keys, joined)


def _mark_joining(codes: Codes, pairs: dict[int, int]) -> None:
    """Mark what may join the letter before it: the second of a pair, and accents, which are dropped with no pair."""
    seconds = {key & 0x1FFFFF for key in pairs}
    codes[list(seconds)] |= JOINS
    for start, end in _GENERIC:
        codes[start:end] = DROP | JOINS


def _entry(letter: str, original: str, like: dict[str, str]) -> int:
    alike = original != letter and (original in like or original.casefold() in like)
    return ord(letter) | _kind(letter) << KIND | (int(LIKE) if alike else 0)


def _folded(letter: str, simple: dict[str, str], like: dict[str, str]) -> str:
    """LETTER folded; "" for what nobody sees."""
    code = ord(letter)
    if code < 0x80:
        return "\n" if letter in _BREAKS else letter.lower()
    if 0xD800 <= code < 0xE000:
        return "\ufffd"
    if code in _FILLERS or unicodedata.category(letter) == "Cf":
        return ""
    if letter in _BREAKS:
        return "\n"
    if letter in _QUOTES:
        return "'"
    if once := like.get(letter) or simple.get(letter):
        return like.get(once, once)
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", letter).casefold())
    bare = plain if code in VIETNAMESE else _bare(plain)
    return bare if bare == letter else "".join(_folded(each, simple, like) for each in bare)


def _bare(text: str) -> str:
    """TEXT without accents on Latin and Greek letters, or on nothing."""
    if len(text) > 1:
        return "".join(_bare(letter) for letter in text if not _generic(ord(letter)))
    if not unicodedata.name(text, "").startswith(("LATIN", "GREEK")):
        return text
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not _generic(ord(letter)))


def _generic(code: int) -> bool:
    return any(start <= code < end for start, end in _GENERIC)


def _kind(letter: str) -> int:
    """What a folded LETTER does in a text."""
    category = unicodedata.category(letter)
    if letter == "\n":
        return BREAK
    if category[0] in "LNM":
        return UNSPACED if any(start <= ord(letter) < end for start, end in _UNSPACED) else LETTER
    if letter in _HARD:
        return HARD
    if letter == "\t" or category == "Zs":
        return BLANK
    return EMOJI if category in {"So", "Sk"} and ord(letter) > 0x1F000 else SOFT


def _by_name() -> dict[str, str]:
    """Signs that Unicode itself calls a Latin letter, and that NFKC leaves: circled, squared, small capitals."""
    found: dict[str, str] = {}
    for code in (*range(0x250, 0x2B0), *range(0x1D00, 0x1D80), *range(0xA730, 0xA800), *range(0x1F100, 0x1F200)):
        words = unicodedata.name(chr(code), "").split()
        if len(words) > 2 and len(words[-1]) == 1 and words[-1].isalpha() and "TURNED" not in words:
            found[chr(code)] = words[-1].lower()
    return found


def _simplified() -> dict[str, str]:
    """Each traditional, regional or Japanese character that is written otherwise in simplified Chinese."""
    import opencc  # noqa: PLC0415  (loads a library, and only making the table needs it)

    han = [chr(code) for start, end in _HAN for code in range(start, end)]
    now = han
    for step in ("t2s", "jp2t", "tw2t", "hk2t", "t2s"):
        then = opencc.OpenCC(step).convert("\n".join(now)).split("\n")
        now = [one if step != "t2s" and _common(one) else two for one, two in zip(now, then, strict=True)]
    pairs = [(one, two) for one, two in zip(han, now, strict=True) if one != two and len(two) == 1]
    rare = {two: one for one, two in reversed(pairs) if ord(two) >= _SUPPLEMENT}  # in hardly any font
    return {one: two for one, two in pairs if ord(two) < _SUPPLEMENT and one not in rare} | rare


def _common(character: str) -> bool:
    """Whether it is an everyday simplified character, which no regional list may change."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _pairs() -> dict[int, int]:
    """Two code points that Unicode writes as one; half-width kana with their marks too."""
    found: dict[int, int] = {}
    for code in _ASSIGNED:
        said = unicodedata.decomposition(chr(code))
        if said.count(" ") == 1 and "<" not in said and unicodedata.normalize("NFC", chr(code)) == chr(code):
            first, second = (int(part, 16) for part in said.split())
            found[first << 21 | second] = code
    for code in range(0xAC00, 0xD7A4):
        syllable, tail = divmod(code - 0xAC00, 28)
        parts = (0xAC00 + 28 * syllable, 0x11A7 + tail) if tail else (0x1100 + syllable // 21, 0x1161 + syllable % 21)
        found[parts[0] << 21 | parts[1]] = code
    for kana in range(0xFF66, 0xFF9E):
        for mark in (0xFF9E, 0xFF9F):
            whole = unicodedata.normalize("NFKC", chr(kana) + chr(mark))
            if len(whole) == 1:
                found[kana << 21 | mark] = ord(whole)
    return found
