"""The hash of any range of the log, from what is stored: perfect subtrees where there are, leaves where not."""

from sqlalchemy import Connection

from forecourt.consent.log import merkle, store
from forecourt.consent.log.merkle import HashOf

LEVELS = (16, 8)
"""Heights of the subtrees whose roots are stored: 65,536 and 256 leaves."""


def hash_of(connection: Connection) -> HashOf:
    def found(start: int, end: int) -> bytes:
        width = end - start
        if width & (width - 1) == 0:
            return _perfect(connection, start, width)
        middle = start + merkle.split(width)
        return merkle.node_hash(found(start, middle), found(middle, end))

    return found


def _perfect(connection: Connection, start: int, width: int) -> bytes:
    """`width`: a power of two, of which `start` is a multiple."""
    for level in LEVELS:
        if width >= 1 << level:
            return merkle.root(store.nodes(connection, level, start >> level, (start + width) >> level))
    return merkle.root(store.leaves(connection, start, start + width))


def complete(connection: Connection, before: int, after: int) -> None:
    """Stores the roots of the subtrees that were filled when the log grew from `before` to `after` leaves."""
    for level in reversed(LEVELS):
        filled = range(before >> level, after >> level)
        found = (_perfect_below(connection, level, number) for number in filled)
        rows = [{"level": level, "position": number, "hash": made} for number, made in zip(filled, found, strict=True)]
        store.add_nodes(connection, rows)


def _perfect_below(connection: Connection, level: int, number: int) -> bytes:
    first = number << 8
    below = level - 8
    read = store.nodes(connection, below, first, first + 256) if below else store.leaves(connection, first, first + 256)
    return merkle.root(read)
