"""Checks a proof that one tree begins another, as a witness outside does it (RFC 9162 §2.1.4.2)."""

from collections.abc import Sequence

from archive.ledger import EMPTY, parent_hash


def consistent(old: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether PROOF shows that the tree of OLD leaves begins that of SIZE (§2.1.4.2)."""
    if not 0 <= old <= size or (old in {0, size} and proof):
        return False
    if old in {0, size}:
        return old_root == (EMPTY if old == 0 else new_root)
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        return False
    place, last = old - 1, size - 1
    while place % 2:
        place, last = place // 2, last // 2
    first = second = steps[0]
    for each in steps[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            first, second = parent_hash(each, first), parent_hash(each, second)
            while not place % 2 and place:
                place, last = place // 2, last // 2
        else:
            second = parent_hash(second, each)
        place, last = place // 2, last // 2
    return last == 0 and (first, second) == (old_root, new_root)
