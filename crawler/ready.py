"""A matcher for the files of a workspace, ready at once: its lexicon is kept between runs while none has changed."""

import hashlib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from config.cache import keep, release
from config.cache import kept as cached
from config.folding.table import LIST
from config.reading import SHIPPED, shelf
from config.species import species
from config.term import terms
from crawler.match import Matcher
from crawler.matching import lexicon as made

FORMAT = b"1"  # of a lexicon; another number makes every one anew
_SHELVES = ("terms", "species", "names")
_CODE = (
    Path(__file__).parent / "matching",
    SHIPPED / "folding",
    SHIPPED / "term.py",
    SHIPPED / "species.py",
    SHIPPED / "fold.py",
)


def matcher(overlay: Path | None = None) -> Matcher:
    """One for the terms and species of all files, those of OVERLAY (a workspace's config/) too."""
    return Matcher(known=_lexicon(overlay))


def _lexicon(overlay: Path | None) -> made.Lexicon:
    """From the cache, or made and kept."""
    key = _key(overlay)
    name = f"lexicon-{key.hex()[:16]}"  # workspaces without words of their own share one
    held = cached(name, key)
    if held is not None:
        return made.unpacked(held)
    fresh = made.lexicon(terms(overlay), species(overlay))
    keep(name, key, fresh.packed())
    return fresh


def _key(overlay: Path | None) -> bytes:
    """The SHA-256 of all that a lexicon is made from: the files, our code, and the lists that others keep."""
    whole = hashlib.sha256(FORMAT)
    for part in (unicodedata.unidata_version, *map(release, ("opencc", "pypinyin", "daachorse"))):
        whole.update(part.encode() + b"\0")
    for path in _files(overlay):
        content = path.read_bytes() if path.is_file() else b""  # what cannot be read is said when it is parsed
        whole.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return whole.digest()


def _files(overlay: Path | None) -> Iterator[Path]:
    for folder in _SHELVES:
        yield from shelf(folder, ".tsv", overlay).values()
    yield LIST
    for place in _CODE:
        yield from sorted(place.glob("*.py")) if place.is_dir() else (place,)
