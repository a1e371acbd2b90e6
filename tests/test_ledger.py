"""The tree and its proofs, held against a tree built as RFC 9162 writes it, and against every kind of lie."""

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.bundle.stranger.tree import included
from archive.ledger import (
    EMPTY,
    Node,
    consistency,
    grown,
    inclusion,
    leaf_hash,
    parent_hash,
    root,
)
from tests.consistency import consistent

MOST = 70
BODIES = [f"entry {index}".encode() for index in range(MOST)]
# The leaves of Certificate Transparency's own test data, and the roots over the first so many of them.
KNOWN_LEAVES = [b"", b"\x00", b"\x10", b" !", b"01", b"@ABC", b"PQRSTUVW", bytes(range(0x60, 0x70))]
KNOWN_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def by_the_book(bodies: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1, by its definition."""
    if not bodies:
        return sha256(b"").digest()
    if len(bodies) == 1:
        return sha256(b"\x00" + bodies[0]).digest()
    split = 1
    while split * 2 < len(bodies):
        split *= 2
    return sha256(b"\x01" + by_the_book(bodies[:split]) + by_the_book(bodies[split:])).digest()


def tree(bodies: list[bytes]) -> tuple[dict[tuple[int, int], bytes], Node]:
    nodes: dict[tuple[int, int], bytes] = {}

    def node(level: int, position: int) -> bytes:
        return nodes[level, position]

    for size, body in enumerate(bodies):
        for level, position, made in grown(size, leaf_hash(body), node):
            assert (level, position) not in nodes, "each subtree is made once"
            nodes[level, position] = made
    return nodes, node


NODES, NODE = tree(BODIES)
ROOTS = [by_the_book(BODIES[:size]) for size in range(MOST + 1)]


def test_the_roots_are_those_of_the_book_and_of_known_trees() -> None:
    assert [root(size, NODE) for size in range(MOST + 1)] == ROOTS
    assert root(0, NODE) == EMPTY
    _, node = tree(KNOWN_LEAVES)
    for size, known in KNOWN_ROOTS.items():
        assert root(size, node).hex() == known


def test_a_tree_grows_by_at_most_one_node_a_level() -> None:
    assert len(NODES) == sum(MOST >> level for level in range(MOST.bit_length()))


def test_every_leaf_of_every_tree_is_proved_with_no_more_than_log_n_hashes() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            proof = inclusion(index, size, NODE)
            assert len(proof) <= (size - 1).bit_length()
            assert included(leaf_hash(BODIES[index]), index, size, proof, ROOTS[size])


def test_every_tree_is_proved_to_begin_every_later_one() -> None:
    for size in range(MOST + 1):
        for old in range(size + 1):
            proof = consistency(old, size, NODE)
            assert consistent(old, ROOTS[old], size, ROOTS[size], proof), (old, size)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 3), (3, 3), (9, 3)])
def test_a_leaf_that_is_not_there_is_not_proved(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion(index, size, NODE)
    assert not included(leaf_hash(BODIES[0]), index, size, [], ROOTS[size])


def test_a_tree_does_not_begin_with_a_larger_one() -> None:
    with pytest.raises(ValueError, match="does not begin"):
        consistency(4, 3, NODE)
    assert not consistent(4, ROOTS[4], 3, ROOTS[3], [])


def test_no_other_leaf_place_size_or_root_passes_with_an_honest_proof() -> None:
    for size in range(1, 20):
        for index in range(size):
            proof = inclusion(index, size, NODE)
            leaf = leaf_hash(BODIES[index])
            lies = [(leaf_hash(b"other"), index, size, ROOTS[size]), (leaf, index, size, ROOTS[size + 1])]
            lies += [(leaf, other, size, ROOTS[size]) for other in range(size) if other != index]
            for claimed, place, length, over in lies:
                assert not included(claimed, place, length, proof, over)
            assert not included(leaf, index, size, [*proof, proof[-1] if proof else leaf], ROOTS[size])
            assert not proof or not included(leaf, index, size, proof[:-1], ROOTS[size])


def test_an_inner_node_is_not_taken_for_a_leaf() -> None:
    left, right = leaf_hash(BODIES[0]), leaf_hash(BODIES[1])
    assert leaf_hash(left + right) != parent_hash(left, right)
    assert not included(leaf_hash(left + right), 0, 1, [], ROOTS[2])


@given(st.integers(1, MOST - 1), st.integers(0, MOST), st.integers(0, 8), st.binary(min_size=32, max_size=32))
def test_a_rewritten_past_is_not_consistent(old: int, size: int, where: int, other: bytes) -> None:
    if old > size:
        old, size = size, old
    proof = consistency(old, size, NODE)
    if old not in {0, size}:
        assert not consistent(old, other, size, ROOTS[size], proof)
        assert not consistent(old, ROOTS[old], size, other, proof)
    changed = [*proof[:where], other, *proof[where + 1 :]]
    if changed != proof:
        assert not consistent(old, ROOTS[old], size, ROOTS[size], changed)
    forged = [*BODIES[: old - 1], b"rewritten", *BODIES[old:size]] if old else []
    if old not in {0, size}:
        _, node = tree(forged)
        assert not consistent(old, ROOTS[old], size, root(size, node), consistency(old, size, node))


def test_the_sizes_between_roots_cannot_be_confused() -> None:
    for one, two in pairwise(range(1, MOST)):
        proof = consistency(one, two, NODE)
        for other in range(1, MOST):
            if other != one and other <= two:
                assert not consistent(other, ROOTS[one], two, ROOTS[two], proof)
