"""Finds words in bytes, however spelt: in the site's encoding, escaped for HTML, JSON or an address. Pure."""

import re
from base64 import b64encode
from functools import lru_cache
from html import escape
from html.entities import codepoint2name, name2codepoint
from urllib.parse import quote, unquote

ENCODINGS = ("utf-8", "gb18030", "big5hkscs", "cp932", "cp949")
WIDE = ("utf-16-le", "utf-16-be")  # of whole pages; nothing is escaped so
BACK = rb"\\{1,8}"  # before an escape, as JSON within JSON doubles it; a run of any length would take for ever
GAP = (  # where a word has a space
    rb"(?:[\s\0]|&(?:amp;)?(?:nbsp|#0*(?:32|160)|#x0*(?:20|a0));|%(?:25)*(?:20|c2%a0)|\+"
    rb"|" + BACK + rb"(?:[nrt]|u00a0|u0020|u\{20\}|u\{a0\}|x20|xa0))+"
)
SHORT = 6  # letters, in ASCII: a shorter word counts only by itself
SURE = 6  # bytes of base64 that are no chance
ESCAPED = re.compile(
    rb"%(?:25)*([0-9a-f]{2})"
    rb"|" + BACK + rb"u(d[89ab][0-9a-f]{2})" + BACK + rb"u(d[c-f][0-9a-f]{2})"
    rb"|" + BACK + rb"(?:u([0-9a-f]{4})|u\{0{0,3}([0-9a-f]{1,6})\}|x([0-9a-f]{2}))"
    rb"|&(?:amp;)?#x0{0,4}([0-9a-f]{1,6});"
    rb"|&(?:amp;)?#0{0,4}(\d{1,7});"
    rb"|&([a-z]{2,8}\d?);",
    re.IGNORECASE,
)
PRINTABLE = re.compile(rb"(?:=[0-9a-f]{2}){2,}", re.IGNORECASE)  # RFC 2045 §6.7


class Plain:
    """A body in small letters, as it is and with its escapes undone: it tells quickly what does not stand in it."""

    def __init__(self, body: bytes) -> None:
        self._low = body.lower()
        undone = [self._low, _undone(body, "utf-8")]
        if PRINTABLE.search(body):
            undone.append(PRINTABLE.sub(_unprinted, body).lower())
        self._texts = {"utf-8": tuple(dict.fromkeys(undone))}
        if not _is_utf8(body):
            self._texts |= {name: (*undone, _undone(body, name)) for name in ENCODINGS[1:]}
        elif b"%" in body:
            self._texts |= dict.fromkeys(ENCODINGS[1:], tuple(undone[1:]))
        if b"\0" in body:
            self._texts |= dict.fromkeys(WIDE, (self._low,))

    def may_say(self, word: str) -> bool:
        """Whether what `loosely` looks for may stand there: False is certain."""
        said = all(map(self._has, word.split()))
        return said or _odd(word) or any(piece in self._low for piece in _packed(word))

    def may_hold(self, word: str) -> bool:
        """Whether what `exactly` looks for may stand there: False is certain."""
        return any(each in self._low for each in _spelt(word))

    def _has(self, part: str) -> bool:
        return any(_coded(part, name) in text for name, texts in self._texts.items() for text in texts)


@lru_cache(1024)
def loosely(word: str) -> re.Pattern[bytes]:
    """What a person goes by (WORD), letter by letter in any spelling; case does not matter."""
    letters = b"".join(GAP if letter == " " else _letter(letter) for letter in " ".join(word.split()))
    if word.isascii() and len(word) < SHORT:  # else it stands within many a word; nor is a tag meant
        letters = rb"(?<![A-Za-z0-9<])(?<!</)" + letters + rb"(?![A-Za-z0-9=])"
    return re.compile(b"|".join((letters, *map(re.escape, _packed(word)))), re.IGNORECASE)


@lru_cache(256)
def sparing(word: str, titles: tuple[str, ...]) -> re.Pattern[bytes]:
    """Like `loosely`; but one of TITLES as a whole, in which WORD stands, is found as group 1."""
    whole = b"|".join(loosely(each).pattern for each in sorted(titles, key=len, reverse=True))
    return re.compile(b"(" + whole + b")|" + loosely(word).pattern, re.IGNORECASE)


@lru_cache(1024)
def exactly(word: str) -> re.Pattern[bytes]:
    """What a machine goes by (WORD: an address, a value), in each of its spellings."""
    return re.compile(b"|".join(map(re.escape, _spelt(word))), re.IGNORECASE)


@lru_cache(1024)
def placed(address: str) -> re.Pattern[bytes]:
    """Like `exactly`, for an ADDRESS that is no other's beginning."""
    return re.compile(b"(?:" + exactly(address).pattern + rb")(?![a-z0-9])", re.IGNORECASE)


@lru_cache(4096)
def _spelt(word: str) -> tuple[bytes, ...]:
    """WORD in each of its spellings in small letters, the longest first."""
    said = {word, unquote(word)}
    said |= {quote(each, safe=safe) for each in list(said) for safe in ("", "/:?&=%")}
    said |= {quote(each, safe="") for each in list(said)}
    said |= {escape(each) for each in list(said)} | {each.replace("/", "\\/") for each in list(said)}
    said |= {each.encode("unicode_escape").decode() for each in list(said)}
    said |= {each.replace("&", "\\u0026").replace("=", "\\u003d") for each in list(said)}
    return tuple(sorted({each.encode().lower() for each in said if each}, key=len, reverse=True))


def _raw(letter: str) -> list[bytes]:
    """LETTER as it stands in a page of each encoding."""
    return list(dict.fromkeys(each for name in (*ENCODINGS, *WIDE) if (each := letter.encode(name, "ignore"))))


def _letter(letter: str) -> bytes:
    """LETTER in each of its spellings, as a regular expression."""
    code = ord(letter)
    narrow = dict.fromkeys(each for name in ENCODINGS if (each := letter.encode(name, "ignore")))
    forms = [re.escape(each) for each in _raw(letter)]
    forms += [_in_address(each) for each in narrow]
    forms += [b"".join(b"=%02X" % byte for byte in each) for each in narrow]  # quoted-printable
    forms += [rb"(?:&amp;|&)#0{0,4}%d;" % code, rb"(?:&amp;|&)#x0{0,4}%x;" % code]
    units = letter.encode("utf-16-be")
    forms.append(b"".join(BACK + b"u%s" % units[at : at + 2].hex().encode() for at in range(0, len(units), 2)))
    forms.append(BACK + rb"u\{0{0,3}%x\}" % code)
    if code < 256:
        forms.append(BACK + rb"x%02x" % code)
    if code in codepoint2name:
        forms.append(b"&%s;" % codepoint2name[code].encode())
    return b"(?:" + b"|".join(dict.fromkeys(forms)) + b")"


def _in_address(raw: bytes) -> bytes:
    """RAW as an address has it; a byte behind the first that looks like a letter or figure may stay as it is."""
    first, *others = (b"%%(?:25)*%02x" % byte for byte in raw)
    # Of the first byte only one form: with two ways to read each letter, a regular expression takes for ever.
    plain = (chr(byte).isascii() and chr(byte).isalnum() for byte in raw[1:])
    return first + b"".join(
        b"(?:%s|%c)" % (other, byte) if bare else other
        for other, byte, bare in zip(others, raw[1:], plain, strict=True)
    )


@lru_cache(4096)
def _packed(word: str) -> tuple[bytes, ...]:
    """WORD as it stands within base64 (here in small letters), wherever in a group of three bytes it begins."""
    raw, found = word.encode(), []
    for before in range(3):
        coded = b64encode(b"\0" * before + raw).rstrip(b"=")
        first, whole = (8 * before + 5) // 6, (8 * (before + len(raw))) // 6
        sure = coded[first:whole]
        if len(sure) >= SURE:
            found += [sure.lower(), sure.translate(bytes.maketrans(b"+/", b"-_")).lower()]
    return tuple(dict.fromkeys(found))


def _undone(body: bytes, encoding: str) -> bytes:
    """BODY in small letters, with letters for their escapes, in ENCODING."""
    return ESCAPED.sub(lambda found: _meant(found, encoding), body).lower()


def _unprinted(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[0].replace(b"=", b"").decode())


def _meant(found: re.Match[bytes], encoding: str) -> bytes:
    """The letter that an escape stands for; in an address it is a byte."""
    byte, high, low, *codes, figure, name = found.groups()
    if byte:
        return bytes.fromhex(byte.decode())
    if high:
        code = 0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00
    elif name:
        code = name2codepoint.get(name.decode(), 0)
    else:
        code = int(figure) if figure else int(next(filter(None, codes)), 16)
    return _coded(chr(code), encoding) if 0 < code <= 0x10FFFF else found[0]


@lru_cache(4096)
def _odd(word: str) -> bool:
    """Whether WORD looks as if something were escaped in it."""
    return bool(ESCAPED.search(word.encode()) or PRINTABLE.search(word.encode()))


@lru_cache(1 << 15)
def _coded(text: str, encoding: str) -> bytes:
    """TEXT in small letters in ENCODING; letters that it does not have, in UTF-8."""
    return b"".join(each.encode(encoding, "ignore") or each.encode("utf-8", "ignore") for each in text).lower()


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
