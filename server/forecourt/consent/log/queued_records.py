"""Reads the rows of `log_queue` (written by `db/log_queue.py`), and deletes those that were sealed."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from forecourt.consent.log import sealed_tables
from forecourt.consent.log.sealed_tables import SEALED_TABLES
from forecourt.consent.log.store import NewLeaf
from forecourt.db.tables import log_leaves, log_queue

PAGE_SIZE = 500
# A row that has a leaf already, and is in the queue again, has no place in it.
_PAGE = (
    select(log_queue.c.seq, log_queue.c.kind, log_queue.c.record)
    .outerjoin(log_leaves, log_leaves.c.record == log_queue.c.record)
    .where(log_queue.c.seq > bindparam("after"), log_leaves.c.position.is_(None))
    .order_by(log_queue.c.seq)
    .limit(bindparam("most"))
)
_REMOVE = delete(log_queue).where(log_queue.c.kind == bindparam("of_kind"), log_queue.c.record == bindparam("name"))


class QueuedRecord(NamedTuple):
    """Holds a queued row's kind and name. `leaf` is None where the row is not there."""

    kind: str
    record: str
    leaf: NewLeaf | None


def read_queue(connection: Connection) -> Iterator[QueuedRecord]:
    """Yields what is queued, in the order in which it was appended."""
    after = -1
    while page := connection.execute(_PAGE, {"after": after, "most": PAGE_SIZE}).all():
        leaves = _make_leaves(connection, [(row.kind, row.record) for row in page])
        for row in page:
            yield QueuedRecord(row.kind, row.record, leaves.get((row.kind, row.record)))
        after = page[-1].seq


def read_leaves(connection: Connection, most: int) -> list[NewLeaf]:
    """Returns the leaves of up to `most` queued rows."""
    leaves: list[NewLeaf] = []
    for queued in read_queue(connection) if most else ():
        leaves += [queued.leaf] if queued.leaf else []
        if len(leaves) == most:
            break
    return leaves


def remove_sealed(connection: Connection, leaves: Sequence[NewLeaf]) -> None:
    """Takes what these leaves were made of off the queue."""
    if leaves:
        connection.execute(_REMOVE, [{"of_kind": leaf.kind, "name": leaf.record} for leaf in leaves])


def _make_leaves(connection: Connection, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], NewLeaf]:
    leaves = {}
    for kind, sealed_table in SEALED_TABLES.items():
        rows = sealed_tables.read_rows(
            connection, sealed_table, [record for of_kind, record in names if of_kind == kind]
        )
        for record, row in rows.items():
            leaves[str(kind), record] = NewLeaf(kind, record, sealed_table.hash_row(row))
    return leaves
