"""Finds words in bytes, however spelt: in the site's encoding, escaped for HTML, JSON or an address. Pure."""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from html.entities import codepoint2name
from urllib.parse import quote, unquote

ENCODINGS = ("utf-8", "gb18030")
GAP = (  # where a word has a space
    rb"(?:\s|&(?:amp;)?(?:nbsp|#0*(?:32|160)|#x0*(?:20|a0));|%(?:25)*(?:20|c2%a0)|\+"
    rb"|\\+(?:[nrt]|u00a0|u0020|x20))+"
)
SHORT = 6  # letters, in ASCII: a shorter word counts only by itself
SURE = 6  # bytes of base64 that are no chance


@lru_cache(256)
def loosely(word: str) -> re.Pattern[bytes]:
    """What a person goes by (WORD), letter by letter in any spelling; case does not matter."""
    letters = b"".join(GAP if letter == " " else _letter(letter) for letter in " ".join(word.split()))
    if word.isascii() and len(word) < SHORT:  # else it stands within many a word; nor is a tag meant
        letters = rb"(?<![A-Za-z0-9<])(?<!</)" + letters + rb"(?![A-Za-z0-9=])"
    return re.compile(b"|".join((letters, *_packed(word))), re.IGNORECASE)


@lru_cache(1024)
def exactly(word: str) -> re.Pattern[bytes]:
    """What a machine goes by (WORD: an address, a value), as a whole, in each of its spellings."""
    said = {word, unquote(word)}
    said |= {quote(each, safe=safe) for each in list(said) for safe in ("", "/:?&=%")}
    said |= {quote(each, safe="") for each in list(said)}
    said |= {escape(each) for each in list(said)} | {each.replace("/", "\\/") for each in list(said)}
    said |= {each.encode("unicode_escape").decode() for each in list(said)}
    said |= {each.replace("&", "\\u0026").replace("=", "\\u003d") for each in list(said)}
    spelt = sorted({each.encode() for each in said if each}, key=len, reverse=True)
    return re.compile(b"|".join(map(re.escape, spelt)), re.IGNORECASE)


def _letter(letter: str) -> bytes:
    """LETTER in each of its spellings, as a regular expression."""
    code = ord(letter)
    raw = dict.fromkeys(each for name in ENCODINGS if (each := letter.encode(name, "ignore")))
    forms = [re.escape(each) for each in raw]
    forms += [b"".join(b"%%(?:25)*%02x" % byte for byte in each) for each in raw]
    forms += [b"".join(b"=%02X" % byte for byte in each) for each in raw]  # quoted-printable
    forms += [rb"(?:&amp;|&)#0{0,4}%d;" % code, rb"(?:&amp;|&)#x0{0,4}%x;" % code]
    units = letter.encode("utf-16-be")
    forms.append(b"".join(rb"\\+u%s" % units[at : at + 2].hex().encode() for at in range(0, len(units), 2)))
    forms.append(rb"\\+u\{0{0,3}%x\}" % code)
    if code < 256:
        forms.append(rb"\\+x%02x" % code)
    if code in codepoint2name:
        forms.append(b"&%s;" % codepoint2name[code].encode())
    return b"(?:" + b"|".join(dict.fromkeys(forms)) + b")"


def _packed(word: str) -> Iterator[bytes]:
    """WORD as it stands within base64, at each of the three places where a group of it may begin."""
    raw = word.encode()
    for before in range(3):
        coded = b64encode(b"\0" * before + raw).rstrip(b"=")
        first, whole = (8 * before + 5) // 6, (8 * (before + len(raw))) // 6
        sure = coded[first:whole]
        if len(sure) >= SURE:
            yield re.escape(sure)
            yield re.escape(sure.translate(bytes.maketrans(b"+/", b"-_")))
