"""How a ledger grew, so that each checkpoint is seen to begin the next (RFC 9162 §2.1). Pure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from archive.ledger import Node


def history(sizes: Sequence[int], node: Node) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Each of SIZES, in order, with the hashes of the complete subtrees over the leaves since the one before it."""
    return tuple((end, tuple(_between(begin, end, node))) for begin, end in pairwise([0, *sizes]))


def _between(begin: int, end: int, node: Node) -> Iterator[str]:
    """The hashes of the largest complete subtrees over the leaves from BEGIN to END, hexadecimal."""
    while begin < end:
        level = (end - begin).bit_length() - 1
        if begin:
            level = min(level, (begin & -begin).bit_length() - 1)
        yield node(level, begin >> level).hex()
        begin += 1 << level
