"""What a picture's three hashes are: numbers of few bits for each of the views that one would know it by.

phash256: the signs of its 256 lowest frequencies; phash64: of the lowest 64 of these; dhash64: where, in a grid of
8 x 8, it grows brighter to the right. A view is the picture without its uniform borders, the picture as it is, or one
of CROPS. What a view looks like in a mirror follows from its hashes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Words = NDArray[np.uint64]
Greys = NDArray[np.float32]
Box = tuple[float, float, float, float]  # left, top, right, bottom

BARE, AS_IS = 0, 1  # the first two views
CROPS: tuple[Box, ...] = (  # what is cut off at each side, in parts of it
    (0.05, 0.05, 0.05, 0.05),
    (0.09, 0.09, 0.0, 0.0),
    (0.0, 0.09, 0.09, 0.0),
    (0.09, 0.0, 0.0, 0.09),
    (0.0, 0.0, 0.09, 0.09),
    (0.08, 0.0, 0.0, 0.0),
    (0.0, 0.08, 0.0, 0.0),
    (0.0, 0.0, 0.08, 0.0),
    (0.0, 0.0, 0.0, 0.08),
    (0.05, 0.0, 0.05, 0.0),
    (0.0, 0.05, 0.0, 0.05),
    (0.09, 0.09, 0.09, 0.0),
    (0.09, 0.0, 0.09, 0.09),
)
VIEWS = 2 + len(CROPS)
GRID = 64  # px, of the square that all views are cut from
WAVES = 20  # frequencies each way, the lowest 256 of which count
CELLS = 8
FLAT = 1.5  # grey levels of standard deviation: less is all of one colour
TIMES = 3  # borders inside of borders
ALIKE = 0.08  # of the picture's own contrast: a line that differs less is of one colour
SUREST, LOOSEST = 2.0, 12.0  # grey levels, whatever that contrast is


@dataclass(frozen=True)
class Prints:
    """The hashes of all views of one picture, in their order."""

    phash: Words  # (VIEWS, 4): phash256; its first word is phash64
    dhash: Words  # (VIEWS,)

    def written(self) -> tuple[str, str, str]:
        """Phash64, phash256 and dhash64 in hexadecimal, one view after the other."""
        return _hex(self.phash[:, 0]), _hex(self.phash), _hex(self.dhash)

    @classmethod
    def read(cls, phash256: str, dhash64: str) -> "Prints":
        """The same again. ValueError where it is none."""
        return cls(_unhexed(phash256).reshape(VIEWS, 4), _unhexed(dhash64).reshape(VIEWS))

    def mirrored(self) -> "Prints":
        """Those of the picture in a mirror."""
        bits = np.unpackbits(self.dhash.astype(">u8").view(np.uint8)).reshape(-1, CELLS, CELLS)
        return Prints(self.phash ^ ODD, _words(1 - bits[:, :, ::-1].reshape(-1, 64))[:, 0])


def _hex(words: Words) -> str:
    return words.astype(">u8").tobytes().hex()


def _unhexed(text: str) -> Words:
    return np.frombuffer(bytes.fromhex(text), ">u8").astype(np.uint64)


def taken(grey: Image.Image) -> Prints | None:
    """The hashes of a small grey picture (archive/likeness.py); None if it is all of one colour."""
    box = inner(grey)
    bare = square(grey, box)
    if bare.std() < FLAT:
        return None
    as_is = bare if box == (0, 0, *grey.size) else square(grey, (0, 0, *grey.size))
    waves = _through(DOWN_WAVES, ACROSS_WAVES, bare, as_is)[:, *LOW] > 0
    steps = _through(DOWN_CELLS, ACROSS_STEPS, bare, as_is).reshape(VIEWS, 64) > 0
    return Prints(_words(waves), _words(steps)[:, 0])


def square(grey: Image.Image, box: Box) -> Greys:
    """What GREY shows in BOX, GRID px each way."""
    return np.asarray(grey.resize((GRID, GRID), Image.Resampling.BOX, box=box), np.float32)


def view(grey: Image.Image, which: int) -> Box:
    """Where in GREY its view WHICH lies."""
    if which == AS_IS:
        return 0, 0, *grey.size
    left, top, right, bottom = inner(grey)
    off = CROPS[which - 2] if which else (0, 0, 0, 0)
    width, height = right - left, bottom - top
    return left + off[0] * width, top + off[1] * height, right - off[2] * width, bottom - off[3] * height


def inner(grey: Image.Image) -> tuple[int, int, int, int]:
    """Where GREY has no more borders of one colour: all of it, if a fifth of a side would be left, or less."""
    seen = np.asarray(grey)
    low, high = np.percentile(seen[::4, ::4], (2, 98))
    within = min(max((high - low) * ALIKE, SUREST), LOOSEST)
    rows, columns = slice(0, seen.shape[0]), slice(0, seen.shape[1])
    for _ in range(TIMES):
        before = rows, columns
        rows = _within(rows, _ends(seen[rows, columns], within))
        columns = _within(columns, _ends(seen[rows, columns].T, within))
        if (rows, columns) == before:
            break
    if 5 * (rows.stop - rows.start) <= seen.shape[0] or 5 * (columns.stop - columns.start) <= seen.shape[1]:
        return 0, 0, *grey.size
    top, bottom = _shaved(rows, seen.shape[0])
    left, right = _shaved(columns, seen.shape[1])
    return left, top, right, bottom


def _within(whole: slice, ends: tuple[int, int]) -> slice:
    return slice(whole.start + ends[0], whole.start + ends[1])


def _shaved(kept: slice, whole: int) -> tuple[int, int]:
    """Without the line that border and picture share."""
    return kept.start + (kept.start > 0), kept.stop - (kept.stop < whole)


def _ends(lines: NDArray[np.uint8], within: float) -> tuple[int, int]:
    """The first line, and the one after the last, that are not, WITHIN grey levels, of the outermost's one colour."""
    if not lines.size:
        return 0, 0
    least, most = lines.min(axis=1).astype(np.int16), lines.max(axis=1).astype(np.int16)
    first = (np.maximum(most, most[0]) - np.minimum(least, least[0])) > within
    last = (np.maximum(most, most[-1]) - np.minimum(least, least[-1])) > within
    if not (first.any() and last.any()):
        return 0, 0
    return int(first.argmax()), len(lines) - int(last[::-1].argmax())


def _through(down: Greys, across: Greys, bare: Greys, as_is: Greys) -> Greys:
    """All views of a picture, each through its two matrices."""
    out: Greys = np.matmul(np.matmul(down, bare), across)
    out[AS_IS] = down[BARE] @ as_is @ across[BARE]
    return out


def _words(bits: NDArray[Any]) -> Words:
    """BITS of the last axis, 64 a word."""
    return np.ascontiguousarray(np.packbits(bits, axis=-1)).view(">u8").astype(np.uint64)


# The matrices that hash a view also cut it out: they weigh each pixel by how much of it lies in the cut.


def _edges(start: float, stop: float) -> Greys:
    """Where the edges of the square's pixels lie in the part of a side from START to STOP, 0 to 1."""
    return np.clip((np.arange(GRID + 1) / GRID - start) / (stop - start), 0, 1).astype(np.float32)


def _waves(start: float, stop: float) -> Greys:
    """(WAVES, GRID): what each pixel adds to the first frequencies (DCT-II, as an integral)."""
    edges, wave = _edges(start, stop), np.arange(WAVES)[:, None]
    return np.diff(np.where(wave == 0, edges, np.sin(np.pi * wave * edges) / (np.pi * np.maximum(wave, 1))), axis=1)


def _cells(start: float, stop: float, count: int) -> Greys:
    """(COUNT, GRID): what each pixel adds to the means of COUNT cells."""
    return np.diff(np.clip(_edges(start, stop) * count - np.arange(count)[:, None], 0, 1), axis=1)


def _spans(axis: int) -> Sequence[tuple[float, float]]:
    """From where to where each view reaches along AXIS."""
    return [(0.0, 1.0), (0.0, 1.0), *((crop[axis], 1 - crop[axis + 2]) for crop in CROPS)]


def _stacked(parts: Sequence[Any]) -> Greys:
    return np.ascontiguousarray(np.stack(parts), np.float32)


DOWN_WAVES = _stacked([_waves(*span) for span in _spans(1)])
ACROSS_WAVES = _stacked([_waves(*span).T for span in _spans(0)])
DOWN_CELLS = _stacked([_cells(*span, CELLS) for span in _spans(1)])
ACROSS_STEPS = _stacked([np.diff(_cells(*span, CELLS + 1), axis=0).T for span in _spans(0)])
_HEIGHT, _WIDTH = np.mgrid[:WAVES, :WAVES].reshape(2, -1)
_ORDER = np.argsort(_HEIGHT**2 + _WIDTH**2, kind="stable")[1:257]  # the very lowest is only how bright it is
LOW = (_HEIGHT[_ORDER], _WIDTH[_ORDER])
ODD = _words(LOW[1] % 2)  # the frequencies that a mirror turns round
