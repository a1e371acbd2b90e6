"""Cuts a long text into passages around what was found, and takes those that are worth weighing."""

import numpy as np

from crawler.matching.automaton import Hits
from crawler.matching.scan import Place
from crawler.matching.stream import Bytes

WHOLE = 1200  # folded characters of a text that is weighed as one; a title and a description are
BEFORE = 300  # characters of a longer text that are weighed with the first match of a passage
MOST = 24  # passages of one text that are weighed


def passages(matches: Hits, length: int) -> list[Place]:
    """The passages of a text of LENGTH folded characters, each of at most WHOLE, that hold every match, in order."""
    if length <= WHOLE:
        return [(0, length)]
    found: list[Place] = []
    at = 0
    while at < len(matches.starts):
        start = max(int(matches.starts[at]) - BEFORE, 0)
        end = min(start + WHOLE, length)
        after = int(np.searchsorted(matches.ends, end, "right"))
        if after <= at:  # one match alone is longer, as its marks are many
            end, after = int(matches.ends[at]), at + 1
        found.append((start, end))
        at = after
    return found


def worth_weighing(found: list[Place], matches: Hits, cues: Hits, ambiguities: Bytes) -> list[Place]:
    """At most MOST of the passages FOUND: of those with the same words the first, and those with most to say."""
    if len(found) <= 1:
        return found
    known: dict[bytes, Place] = {}
    for place in found:
        words = np.unique(matches.which[within(matches, place)])
        others = np.unique(cues.which[within(cues, place)])
        known.setdefault(words.tobytes() + b"|" + others.tobytes(), place)
    return sorted(sorted(known.values(), key=lambda place: -_worth(place, matches, cues, ambiguities))[:MOST])


def _worth(place: Place, matches: Hits, cues: Hits, ambiguities: Bytes) -> float:
    """How much a passage seems to say: its least ambiguous word first, then how many there are."""
    mine = within(matches, place)
    least = np.maximum(ambiguities[matches.which[mine]], matches.doubts[mine])
    others = len(np.unique(cues.which[within(cues, place)]))
    return -float(least.min(initial=3)) + min(len(np.unique(matches.which[mine])), 9) / 10 + min(others, 9) / 100


def within(found: Hits, place: Place) -> slice:
    """Which of FOUND, in order, lie in PLACE as a whole."""
    first = int(np.searchsorted(found.starts, place[0], "left"))
    return slice(first, max(first, int(np.searchsorted(found.ends, place[1], "right"))))
