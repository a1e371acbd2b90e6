"""Every word that is looked for, in every form it takes, as the automata need it; kept whole between runs."""

from dataclasses import dataclass, field
from typing import Any

import daachorse
import numpy as np
from numpy.typing import NDArray

from config.folding.table import Codes
from config.species import Watch
from config.term import Term
from crawler.matching.automaton import Shapes
from crawler.matching.sounds import Readings
from crawler.matching.stream import Bytes, Index

WATCHES = tuple(Watch)  # by the number that stands for each
_AUTOMATA = ("written", "heard")
_ARRAYS: dict[str, tuple[str, tuple[int, ...]]] = {  # the type of each as it is kept, and its shape
    "shapes": ("u1", (-1,)),
    "anchors": ("i4", (-1,)),
    "cues": ("i4", (-1,)),
    "hows": ("u1", (-1,)),
    "singles": ("i4", (-1,)),
    "sounding": ("i4", (-1,)),
    "sounding_hows": ("u1", (-1,)),
    "pictures": ("u4", (-1,)),
    "readings": ("u2", (2, -1)),
    "disguise": ("u4", (3, -1)),
    "begins": ("i8", (-1,)),
    "watches": ("u1", (-1,)),
    "ambiguities": ("u1", (-1,)),
    "decoys": ("u1", (-1,)),
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Lexicon:
    """The automata, and what each of their patterns means; -1: nothing."""

    written: Any  # finds the patterns of `shapes` in a stream; None where there are none
    heard: Any  # finds those of `sounding` in a stream of sounds; None where there are none
    shapes: Shapes
    anchors: Index  # the term that each pattern stands for, if it is one that may be a match
    cues: Index  # or one that says something of a match
    hows: Bytes  # the view each shows, and the least ambiguity of a term in this form, as in Hits
    singles: Index  # by code point, up to 0xFFFF: the pattern that it is alone, which no automaton need find
    sounding: Index
    sounding_hows: Bytes
    pictures: Codes  # emoji that terms are written with
    readings: Readings
    disguise: Codes
    lines: bytes | memoryview  # the terms, each as JSON
    begins: NDArray[np.int64]  # where each begins in `lines`; one more at the end
    watches: Bytes
    ambiguities: Bytes  # of each term
    decoys: Bytes  # 1 for each term that is one
    _read: dict[int, Term] = field(default_factory=dict)

    def term(self, number: int) -> Term:
        """The term of that NUMBER; read when first asked for."""
        if number not in self._read:
            line = bytes(self.lines[self.begins[number] : self.begins[number + 1]])
            self._read[number] = Term.model_validate_json(line)
        return self._read[number]

    def watch(self, number: int) -> Watch:
        """When the term of that NUMBER matters."""
        return WATCHES[int(self.watches[number])]

    def packed(self) -> bytes:
        """All of it as bytes."""
        automata = (getattr(self, name) for name in _AUTOMATA)
        parts = [each.serialize() if each else b"" for each in automata]
        parts += [self.lines, *(getattr(self, name).tobytes() for name in _ARRAYS)]
        sizes = np.array([len(part) for part in parts], np.uint64)
        return b"".join((sizes.tobytes(), *(bytes(part) + bytes(-len(part) % 8) for part in parts)))


def unpacked(held: memoryview) -> Lexicon:
    """What `packed` gave, without copying its arrays."""
    parts = _parts(held, (*_AUTOMATA, "lines", *_ARRAYS))
    made = daachorse.CharwiseDoubleArrayAhoCorasick.deserialize
    automata: dict[str, Any] = {name: made(bytes(parts[name])) if parts[name] else None for name in _AUTOMATA}
    arrays: dict[str, Any] = {
        name: np.frombuffer(parts[name], kind).reshape(shape) for name, (kind, shape) in _ARRAYS.items()
    }
    return Lexicon(lines=parts["lines"], **automata, **arrays)


def _parts(held: memoryview, names: tuple[str, ...]) -> dict[str, memoryview]:
    """The parts of HELD by their NAMES; their sizes stand before them, and each begins at a multiple of 8."""
    found, at = {}, 8 * len(names)
    for name, size in zip(names, np.frombuffer(held, np.uint64, len(names)).tolist(), strict=True):
        found[name] = held[at : at + size]
        at += size + -size % 8
    return found
