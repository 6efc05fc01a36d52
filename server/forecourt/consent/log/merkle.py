"""RFC 6962 section 2.1: the hash of a list of leaves, and the proofs that a leaf is in it and that it only grew.

Ranges are half open: `hash_of(0, size)` is the root. A hash is 32 bytes of SHA-256.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

HashOf = Callable[[int, int], bytes]
EMPTY = sha256().digest()


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root above `hashes`, each of a leaf or of a perfect subtree of one size."""
    if not hashes:
        return EMPTY
    level = list(hashes)
    while len(level) > 1:
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = [*paired, level[-1]] if len(level) % 2 else paired
    return level[0]


class Peaks:
    """A list that grows by perfect subtrees of one size: the roots of the largest above them, from left to right."""

    def __init__(self) -> None:
        self._roots: list[bytes] = []
        self._count = 0

    def add(self, made: bytes) -> None:
        self._count += 1
        beneath = self._count
        while beneath % 2 == 0:
            made, beneath = node_hash(self._roots.pop(), made), beneath // 2
        self._roots.append(made)

    def root(self, rest: Sequence[bytes]) -> bytes:
        """With the leaves after them, fewer than one subtree has."""
        roots = [*self._roots, root(rest)] if rest else self._roots
        found = roots[-1] if roots else EMPTY
        for left in reversed(roots[:-1]):
            found = node_hash(left, found)
        return found


def split(width: int) -> int:
    """The largest power of two smaller than `width`, which is at least 2."""
    return 1 << (width - 1).bit_length() - 1


def inclusion(hash_of: HashOf, index: int, size: int) -> list[bytes]:
    """PATH(index, D[0:size]): the hashes beside the way from the leaf to the root."""
    return _path(hash_of, index, 0, size)


def _path(hash_of: HashOf, index: int, start: int, end: int) -> list[bytes]:
    if end - start <= 1:
        return []
    middle = start + split(end - start)
    if index < middle:
        return [*_path(hash_of, index, start, middle), hash_of(middle, end)]
    return [*_path(hash_of, index, middle, end), hash_of(start, middle)]


def consistency(hash_of: HashOf, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[0:new]): that the first `old` leaves are those of the smaller list. Both at least 1."""
    return _grown(hash_of, old, 0, new, True) if 0 < old < new else []


def _grown(hash_of: HashOf, old: int, start: int, end: int, whole: bool) -> list[bytes]:
    width = end - start
    if old == width:
        return [] if whole else [hash_of(start, end)]
    middle = split(width)
    if old <= middle:
        return [*_grown(hash_of, old, start, start + middle, whole), hash_of(start + middle, end)]
    return [*_grown(hash_of, old - middle, start + middle, end, False), hash_of(start, start + middle)]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], wanted: bytes) -> bool:
    """Whether the leaf with hash `leaf` is number `index` of the `size` leaves under the root `wanted`."""
    if not 0 <= index < size:
        return False
    found, last = leaf, size - 1
    for beside in path:
        if last == 0:
            return False
        if index % 2 or index == last:
            found = node_hash(beside, found)
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        index, last = index >> 1, last >> 1
    return last == 0 and found == wanted


def is_grown(old: int, new: int, before: bytes, after: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the `new` leaves under root `after` begin with the `old` ones under `before` (RFC 9162 2.1.4.2)."""
    if old == new:
        return not proof and before == after
    if not 0 < old < new or not proof:
        return False
    rest = list(proof) if old & (old - 1) else [before, *proof]
    index, last = old - 1, new - 1
    while index % 2:
        index, last = index >> 1, last >> 1
    small = large = rest[0]
    for beside in rest[1:]:
        if last == 0:
            return False
        if index % 2 or index == last:
            small, large = node_hash(beside, small), node_hash(beside, large)
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            large = node_hash(large, beside)
        index, last = index >> 1, last >> 1
    return last == 0 and small == before and large == after
