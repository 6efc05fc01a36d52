"""Computes the Merkle tree of RFC 6962 section 2.1: the root over a list of leaves, and proofs about it.

An inclusion proof shows that a leaf is in the list, a consistency proof that the list only grew. A hash is 32 bytes of
SHA-256. Ranges are half open: `hash_of(0, size)` is the root over `size` leaves.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

HashOf = Callable[[int, int], bytes]
"""Returns the hash over the leaves from the first number up to, and without, the second."""
EMPTY = sha256().digest()


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left_hash: bytes, right_hash: bytes) -> bytes:
    return sha256(b"\x01" + left_hash + right_hash).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Returns the root above `hashes`, each of a leaf or of a perfect subtree of one size."""
    if not hashes:
        return EMPTY
    level = list(hashes)
    while len(level) > 1:
        pairs = [node_hash(level[index], level[index + 1]) for index in range(0, len(level) - 1, 2)]
        level = [*pairs, level[-1]] if len(level) % 2 else pairs
    return level[0]


class Peaks:
    """Computes the root of a list that grows by perfect subtrees of one size.

    It keeps the roots of the largest perfect subtrees above them, from left to right.
    """

    def __init__(self) -> None:
        self._roots: list[bytes] = []
        self._count = 0

    def add(self, subtree_root: bytes) -> None:
        self._count += 1
        remaining = self._count
        while remaining % 2 == 0:
            subtree_root, remaining = node_hash(self._roots.pop(), subtree_root), remaining // 2
        self._roots.append(subtree_root)

    def root(self, last_leaves: Sequence[bytes]) -> bytes:
        """Returns the root with the hashes of the leaves after the subtrees, which are fewer than a subtree has."""
        roots = [*self._roots, root(last_leaves)] if last_leaves else self._roots
        result = roots[-1] if roots else EMPTY
        for left_root in reversed(roots[:-1]):
            result = node_hash(left_root, result)
        return result


def split_point(width: int) -> int:
    """Returns the largest power of two smaller than `width`, which is at least 2."""
    return 1 << (width - 1).bit_length() - 1


def inclusion_proof(hash_of: HashOf, index: int, size: int) -> list[bytes]:
    """Returns PATH(index, D[0:size]): the hashes beside the way from the leaf up to the root."""
    return _inclusion_path(hash_of, index, 0, size)


def _inclusion_path(hash_of: HashOf, index: int, start: int, end: int) -> list[bytes]:
    if end - start <= 1:
        return []
    middle = start + split_point(end - start)
    if index < middle:
        return [*_inclusion_path(hash_of, index, start, middle), hash_of(middle, end)]
    return [*_inclusion_path(hash_of, index, middle, end), hash_of(start, middle)]


def consistency_proof(hash_of: HashOf, old_size: int, new_size: int) -> list[bytes]:
    """Returns PROOF(old_size, D[0:new_size]): that the larger list begins with the leaves of the smaller one.

    Both sizes are at least 1.
    """
    return _consistency_path(hash_of, old_size, 0, new_size, True) if 0 < old_size < new_size else []


def _consistency_path(hash_of: HashOf, old_size: int, start: int, end: int, is_old_root: bool) -> list[bytes]:
    width = end - start
    if old_size == width:
        return [] if is_old_root else [hash_of(start, end)]
    middle = split_point(width)
    if old_size <= middle:
        left_path = _consistency_path(hash_of, old_size, start, start + middle, is_old_root)
        return [*left_path, hash_of(start + middle, end)]
    right = _consistency_path(hash_of, old_size - middle, start + middle, end, False)
    return [*right, hash_of(start, start + middle)]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes) -> bool:
    """Returns whether the leaf with hash `leaf` is number `index` of the `size` leaves under `expected_root`."""
    if not 0 <= index < size:
        return False
    result, last = leaf, size - 1
    for sibling in path:
        if last == 0:
            return False
        if index % 2 or index == last:
            result = node_hash(sibling, result)
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and result == expected_root


def is_consistent(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Returns whether the leaves under `new_root` begin with those under `old_root` (RFC 9162 section 2.1.4.2)."""
    if old_size == new_size:
        return not proof and old_root == new_root
    if not 0 < old_size < new_size or not proof:
        return False
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    index, last = old_size - 1, new_size - 1
    while index % 2:
        index, last = index >> 1, last >> 1
    old_result = new_result = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if index % 2 or index == last:
            old_result, new_result = node_hash(sibling, old_result), node_hash(sibling, new_result)
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            new_result = node_hash(new_result, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and old_result == old_root and new_result == new_root
