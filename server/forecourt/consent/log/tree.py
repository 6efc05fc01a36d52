"""Computes the hash of any range of the log from what is stored: roots of perfect subtrees, and else leaves."""

from sqlalchemy import Connection

from forecourt.consent.log import merkle, store
from forecourt.consent.log.merkle import HashOf
from forecourt.consent.log.store import LogNode

LEVELS = (16, 8)
"""Heights of the subtrees whose roots are stored: 65,536 and 256 leaves."""


def range_hasher(connection: Connection) -> HashOf:
    """Returns a function that computes the hash over the leaves of a range (see `merkle`)."""

    def hash_of(start: int, end: int) -> bytes:
        width = end - start
        if width & (width - 1) == 0:
            return _hash_perfect_range(connection, start, width)
        middle = start + merkle.split_point(width)
        return merkle.node_hash(hash_of(start, middle), hash_of(middle, end))

    return hash_of


def store_complete_subtrees(connection: Connection, old_size: int, new_size: int) -> None:
    """Stores the roots of the subtrees that became complete when the log grew from `old_size` to `new_size` leaves."""
    for level in reversed(LEVELS):
        positions = range(old_size >> level, new_size >> level)
        nodes = [LogNode(level, position, _hash_subtree(connection, level, position)) for position in positions]
        store.add_nodes(connection, nodes)


def _hash_perfect_range(connection: Connection, start: int, width: int) -> bytes:
    """Returns the hash over `width` leaves, a power of two of which `start` is a multiple."""
    for level in LEVELS:
        if width >= 1 << level:
            return merkle.root(store.read_nodes(connection, level, start >> level, (start + width) >> level))
    return merkle.root(store.read_leaves(connection, start, start + width))


def _hash_subtree(connection: Connection, level: int, position: int) -> bytes:
    first, end = position << 8, (position + 1) << 8
    if level == 8:
        return merkle.root(store.read_leaves(connection, first, end))
    return merkle.root(store.read_nodes(connection, level - 8, first, end))
