"""A matcher for the files of a workspace, ready at once: its lexicon is kept between runs while none has changed."""

import hashlib
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from config.cache import keep, release
from config.cache import kept as cached
from config.folding.table import LIST
from config.reading import SHIPPED, shelf
from config.species import species
from config.term import IN_USE, Placed, Term, placed
from crawler.match import Matcher
from crawler.matching.lexicon import Lexicon, unpacked
from crawler.matching.making import finished, gathered

MANY = 12_000  # words from which it is said that they are being made ready: it takes two seconds and more
LISTED = 2_000  # words of a workspace's own that are looked for in every form; of more, as of names, in fewer
FORMAT = b"2"  # of a lexicon; another number makes every one anew
_SHELVES = ("terms", "species", "names")
_CODE = (
    Path(__file__).parent / "matching",
    SHIPPED / "folding",
    SHIPPED / "term.py",
    SHIPPED / "species.py",
    SHIPPED / "fold.py",
    SHIPPED / "reading.py",
)


def matcher(overlay: Path | None = None) -> Matcher:
    """One for the terms and species of all files, those of OVERLAY (a workspace's config/) too."""
    return Matcher(known=_lexicon(overlay))


def _lexicon(overlay: Path | None) -> Lexicon:
    """From the cache, or made and kept."""
    key = _key(overlay)
    name = f"lexicon-{key.hex()[:16]}"  # workspaces without words of their own share one
    held = cached(name, key)
    if held is not None:
        return unpacked(held)
    fresh = _made(overlay)
    keep(name, key, fresh.packed())
    return fresh


def _made(overlay: Path | None) -> Lexicon:
    """Made anew; what is many is said, since it takes seconds."""
    first, beyond = _parted(placed(overlay))
    known = species(overlay)
    count = len(first) + len(beyond) + sum(len(kind.words) for kind in known)
    if count > MANY:
        fewer = f"; {len(beyond)} of your own, beyond the first {LISTED}, in fewer disguises" if beyond else ""
        print(f"wildfree: making {count} words ready to be looked for{fewer} ...", file=sys.stderr, flush=True)
    gathering = gathered(first, known, beyond)
    del known  # the automaton takes the most memory while it is made
    return finished(gathering)


def _parted(known: Iterable[Placed]) -> tuple[list[Term], list[Term]]:
    """The terms that are looked for in every form, in the files' order; and what a workspace has beyond LISTED."""
    used = [each for each in known if each.term.status in IN_USE]
    beyond = [each.term for each in used if not each.shipped][LISTED:]
    keys = {term.key for term in beyond}
    return [each.term for each in used if each.term.key not in keys], beyond


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
