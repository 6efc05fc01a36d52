"""Checks the Merkle tree against the example of RFC 6962, and that a proof proves only what it says."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecourt.consent.log import merkle

LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(256)]


def hash_of(start: int, end: int) -> bytes:
    """The definition, word for word: MTH(D[start:end])."""
    if end - start == 0:
        return sha256().digest()
    if end - start == 1:
        return LEAVES[start]
    middle = start + merkle.split_point(end - start)
    return merkle.node_hash(hash_of(start, middle), hash_of(middle, end))


def test_the_hash_of_nothing_and_of_an_empty_leaf_match_the_standard() -> None:
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@pytest.mark.parametrize("size", range(70))
def test_the_root_is_as_the_standard_defines_it(size: int) -> None:
    assert merkle.root(LEAVES[:size]) == hash_of(0, size)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33, 64, 65])
def test_every_leaf_and_no_other_is_proven(size: int) -> None:
    for index in range(size):
        path = merkle.inclusion_proof(hash_of, index, size)
        assert merkle.is_included(LEAVES[index], index, size, path, hash_of(0, size))
        assert not merkle.is_included(LEAVES[200], index, size, path, hash_of(0, size))
        assert not merkle.is_included(LEAVES[index], index, size, [*path, LEAVES[0]], hash_of(0, size))
        assert not merkle.is_included(LEAVES[index], index, size + 1, path, hash_of(0, size + 1))


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_position_outside_the_log_is_not_proven(index: int, size: int) -> None:
    assert not merkle.is_included(LEAVES[0], index, size, [], hash_of(0, size))


@settings(deadline=None)
@given(st.integers(1, 130), st.integers(1, 130))
def test_a_log_that_grew_is_proven(one: int, other: int) -> None:
    old, new = sorted((one, other))
    proof = merkle.consistency_proof(hash_of, old, new)
    assert merkle.is_consistent(old, new, hash_of(0, old), hash_of(0, new), proof)
    if old < new:
        assert not merkle.is_consistent(old, new, LEAVES[7], hash_of(0, new), proof)
        assert not merkle.is_consistent(old, new, hash_of(0, old), LEAVES[7], proof)
        assert not merkle.is_consistent(old, new, hash_of(0, old), hash_of(0, new), proof[:-1])


def test_a_list_that_shrank_is_not_proven() -> None:
    assert not merkle.is_consistent(3, 2, hash_of(0, 3), hash_of(0, 2), [])
    assert not merkle.is_consistent(0, 2, hash_of(0, 0), hash_of(0, 2), [LEAVES[0]])
