"""A Merkle tree over the ledger's entries (RFC 9162 §2.1): roots and proofs. Pure arithmetic.

`node(level, position)` gives the hash of the complete subtree over the 2**level leaves from position * 2**level on;
level 0 are the leaves. All hashes are SHA-256, 32 bytes.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256

Node = Callable[[int, int], bytes]
EMPTY = sha256().digest()  # the root of no leaves


def leaf_hash(body: bytes) -> bytes:
    """The hash of a leaf (§2.1.1)."""
    return sha256(b"\x00" + body).digest()


def parent_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees (§2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def grown(size: int, leaf: bytes, node: Node) -> Iterator[tuple[int, int, bytes]]:
    """The complete subtrees (level, position, hash) that come to a tree of SIZE leaves with one more LEAF."""
    level, position, made = 0, size, leaf
    yield level, position, made
    while position % 2:
        made = parent_hash(node(level, position - 1), made)
        level, position = level + 1, position // 2
        yield level, position, made


def root(size: int, node: Node) -> bytes:
    """The root over the first SIZE leaves."""
    return _over(0, size, node) if size else EMPTY


class Tree:
    """The tree over leaves that come one after another: it keeps no more than a hash a level."""

    def __init__(self) -> None:
        self.size = 0
        self._whole: list[tuple[int, bytes]] = []  # complete subtrees from the left: level, hash

    def grow(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Take one more LEAF; answers the subtrees (level, position, hash) over several that are complete by it."""
        complete: list[tuple[int, int, bytes]] = []
        level, made, position = 0, leaf, self.size
        while self._whole and self._whole[-1][0] == level:
            made = parent_hash(self._whole.pop()[1], made)
            level, position = level + 1, position // 2
            complete.append((level, position, made))
        self._whole.append((level, made))
        self.size += 1
        return complete

    @property
    def root(self) -> bytes:
        """The root over them."""
        if not self._whole:
            return EMPTY
        made = self._whole[-1][1]
        for _, left in reversed(self._whole[:-1]):
            made = parent_hash(left, made)
        return made


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """The proof that leaf INDEX is among the first SIZE (§2.1.3.1). ValueError where there is no such leaf."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    proof = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            proof.append(_over(middle, end, node))
            end = middle
        else:
            proof.append(_over(begin, middle, node))
            begin = middle
    return proof[::-1]


def consistency(old: int, size: int, node: Node) -> list[bytes]:
    """The proof that the tree of OLD leaves is the beginning of that of SIZE (§2.1.4.1). ValueError if OLD is larger.

    Nothing needs proving where OLD is 0 or SIZE.
    """
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {size} leaves does not begin with {old}")
    if old in {0, size}:
        return []
    proof = []
    begin, end = 0, size
    whole = True  # whether the old tree is all that lies to the left here
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            proof.append(_over(middle, end, node))
            end = middle
        else:
            proof.append(_over(begin, middle, node))
            begin, whole = middle, False
    return ([] if whole else [_over(begin, end, node)]) + proof[::-1]


def _split(count: int) -> int:
    """The largest power of two smaller than COUNT."""
    return 1 << (count - 1).bit_length() - 1


def _over(begin: int, end: int, node: Node) -> bytes:
    """The root over the leaves from BEGIN to END, where BEGIN is a place at which the tree is split."""
    count = end - begin
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, begin >> level)
    middle = begin + _split(count)
    return parent_hash(_over(begin, middle, node), _over(middle, end, node))
