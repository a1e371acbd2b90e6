"""Lays one picture over another, and says how much of their detail agrees: what tells a likeness from a likely one.

Hashes of few bits find what may be the same photo; two photos of bare walls have the same. Here both are cut into
blocks; one is moved and stretched a little until as many as can be agree.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from archive.prints import AS_IS, BARE, GRID, Box, Greys, square, view

BLOCK = 8  # px
MANY = GRID // BLOCK  # blocks a side
REACH = 4  # px that a block may be off
AGREE = 0.7  # correlation of two blocks of the same
OF_ALL, PLAIN, FAINT = 0.15, 4.0, 0.3  # a block that varies less than this part of the whole shows no detail; nor
# one that varies less than PLAIN grey levels, or the part FAINT, which is less in a nearly black picture
ENOUGH, SHARE = 12, 0.57  # blocks, and part of all with detail, that agree in two copies of one photo
BARE_BELOW = 49  # blocks with detail, of 64: less is mostly ground, as the screenshot of a chat is; many photos too
TURNS = 3
STRETCH = GRID / (GRID - BLOCK)  # from the outermost blocks' middles to the edges
_SHIFTS, _SLOPES = np.arange(-REACH, REACH + 1.0), np.arange(-3, 4) * (2 / 3)
MOVES = np.stack(np.meshgrid(_SHIFTS, _SLOPES, indexing="ij"), -1).reshape(-1, 2)  # px: of all, and of the outermost
_OFF = np.rint(MOVES[:, :1] + MOVES[:, 1:] * np.linspace(-1, 1, MANY)).astype(int)  # of each block
_FIT = (np.abs(_OFF) <= REACH).all(axis=1)
_NEAR = np.argsort(np.abs(MOVES[_FIT]).sum(axis=1), kind="stable")  # of two moves as good, the smaller one
MOVES, OFF = MOVES[_FIT][_NEAR], _OFF[_FIT][_NEAR] + REACH
EACH = np.arange(MANY)


@dataclass(frozen=True)
class Overlay:
    """How much of two pictures agrees."""

    agreeing: int  # blocks
    detailed: int  # blocks that show any detail in either

    @property
    def share(self) -> float:
        """The agreeing part of the detail, 0-1."""
        return self.agreeing / max(self.detailed, 1)

    @property
    def same(self) -> bool:
        """Whether they are copies of one photo."""
        return self.agreeing >= ENOUGH and self.share >= SHARE

    @property
    def bare(self) -> bool:
        """Whether they are mostly ground: then two screenshots may agree that are only laid out alike."""
        return self.detailed < BARE_BELOW


def overlay(one: Image.Image, other: Image.Image, views: tuple[int, int], *, mirrored: bool) -> Overlay:
    """Lay ONE, in a mirror if MIRRORED, over OTHER, each in the view given of it; both small and grey."""
    if views[0] > AS_IS:  # what is cut moves, as it goes on beyond its cut
        return overlay(other, one, (views[1], views[0]), mirrored=mirrored)
    still = square(one, view(one, views[0]))[:, :: -1 if mirrored else 1]
    box = view(other, views[1])
    best = Overlay(0, 0)
    for _ in range(TURNS):
        found, down, across = _laid(still, square(other, box))
        best = max(best, found, key=lambda each: (each.share, each.agreeing))
        if not (down.any() or across.any()):
            break
        box = _moved(box, down, across, other.size)
    return best


def empty(grey: Image.Image) -> bool:
    """Whether GREY, small, shows so little that of no other picture can be told whether it is a copy."""
    squares = (square(grey, view(grey, each)) for each in (BARE, AS_IS))
    return all(_correlated(each, each)[1].sum() < ENOUGH for each in squares)


def _laid(still: Greys, moving: Greys) -> tuple[Overlay, NDArray[np.float64], NDArray[np.float64]]:
    """How much agrees at best, and the moves of rows and columns at which it does."""
    like, detail = _correlated(still, moving)
    fits = (like >= AGREE) & detail
    by_row = fits[OFF, :, EACH, :]  # (moves down, rows, shifts across, columns)
    counts = by_row[:, :, OFF.T, EACH[:, None]].sum(axis=(1, 2))  # (moves down, moves across)
    down, across = np.unravel_index(counts.argmax(), counts.shape)
    return Overlay(int(counts.max()), int(detail.sum())), MOVES[down], MOVES[across]


def _correlated(still: Greys, moving: Greys) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The correlation of each block at each shift (down, across, row, column); and which blocks show any detail."""
    still, moving = still - still.mean(), moving - moving.mean()
    around = np.pad(moving, REACH, mode="edge")
    shifted = np.lib.stride_tricks.sliding_window_view(around, (GRID, GRID))
    here, there = _summed(still), _summed(shifted)
    varies = _summed(still * still) - here * here / BLOCK**2
    varied = _summed(shifted * shifted) - there * there / BLOCK**2
    both = _summed(shifted * still) - here * there / BLOCK**2
    whole = max(float(still.std()), float(moving.std()))
    least = max(OF_ALL * whole, min(PLAIN, FAINT * whole))
    detail = np.maximum(varies, varied[REACH, REACH]) > least**2 * BLOCK**2
    return both / np.sqrt(np.maximum(varies * varied, 1.0)), detail


def _summed(greys: NDArray[Any]) -> NDArray[Any]:
    """The sum of each block of the last two axes."""
    sums: NDArray[Any] = greys.reshape(*greys.shape[:-2], MANY, BLOCK, MANY, BLOCK).sum(axis=(-3, -1))
    return sums


def _moved(box: Box, down: NDArray[np.float64], across: NDArray[np.float64], size: tuple[int, int]) -> Box:
    """BOX moved and stretched as said, within a picture of that SIZE."""
    left, top, right, bottom = box
    wide, high = (right - left) / GRID, (bottom - top) / GRID
    return (
        max(left + wide * (across[0] - across[1] * STRETCH), 0.0),
        max(top + high * (down[0] - down[1] * STRETCH), 0.0),
        min(right + wide * (across[0] + across[1] * STRETCH), float(size[0])),
        min(bottom + high * (down[0] + down[1] * STRETCH), float(size[1])),
    )
