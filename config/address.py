"""Which listing an address names: the patterns of keys, and a key as it is written in an address."""

import re
import unicodedata
from string import Formatter
from typing import Annotated, NamedTuple
from urllib.parse import unquote

from pydantic import AfterValidator, Field

from config.pattern import groups


def _key_pattern(text: str) -> str:
    if groups(text) != 1:
        raise ValueError("needs one pair of brackets around the part that tells two listings apart")
    if not text.startswith(("/", "^/", "(?")):
        raise ValueError("must begin with / as the path of an address does: it is held against its beginning")
    return text


def _key_patterns(keys: str | tuple[str, ...]) -> str | tuple[str, ...]:
    if not keys:
        raise ValueError("needs at least one pattern")
    for each in several(keys):
        _key_pattern(each)
    return keys


def filled(address: str, *places: str) -> str:
    """ADDRESS with its {places} filled; ValueError where it has another."""
    try:
        parts = list(Formatter().parse(address))
        if all(name is None or (name in places and not form and not turn) for _, name, form, turn in parts):
            return address.format(**dict.fromkeys(places, "1"))
    except ValueError:
        pass
    raise ValueError(f"{address} has a place in braces that is none of {{{'}, {'.join(places)}}}")


def _addresses_of_key(paths: str | tuple[str, ...]) -> str | tuple[str, ...]:
    for each in several(paths) or ("",):
        if "{key}" not in each or not filled(each, "key"):
            raise ValueError("needs {key}, or all listings would have one address")
        if not each.startswith("/") or each.startswith("//"):
            raise ValueError("is a path on the site, and begins with one /")
    return paths


def several(one: str | tuple[str, ...]) -> tuple[str, ...]:
    """What a file gives as one text or as several."""
    return (one,) if isinstance(one, str) else one


RESERVED = "%:/?#[]@!$&()*+,;="  # have a meaning of their own in an address
Host = Annotated[str, Field(pattern=r"^[a-z0-9.-]+(:\d+)?$")]
KeyPatterns = Annotated[str | tuple[str, ...], AfterValidator(_key_patterns)]
Canonical = Annotated[str | tuple[str, ...], AfterValidator(_addresses_of_key)]


class Key(NamedTuple):
    """What tells one listing from all others."""

    form: int  # which of the platform's patterns gave it: keys of two forms cannot be compared
    text: str


def key_in(written: str) -> str | None:
    """The key that is WRITTEN in an address; None where it is none, or could lead elsewhere than it says.

    What separates the parts of an address stays encoded where it is: a%2Fb is not a/b. No other form is made of
    the characters, since the address that the key is put into must be the one it was read from.
    """
    pieces = re.split(f"(%(?:{'|'.join(f'{ord(mark):02X}' for mark in RESERVED)}))", written, flags=re.IGNORECASE)
    try:
        key = "".join(p.upper() if n % 2 else unquote(p, errors="strict") for n, p in enumerate(pieces))
    except UnicodeDecodeError:  # encoded from another encoding than UTF-8: as it is written
        key = written
    unfit = any(unicodedata.category(letter) in {"Cc", "Cs"} or letter == "\\" for letter in key)
    return None if not key or unfit or {".", ".."} & set(key.split("/")) else key
