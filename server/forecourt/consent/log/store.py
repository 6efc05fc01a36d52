"""Reads and appends the log in SQL: leaves, roots of perfect subtrees above them, and checkpoints."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, cast

from sqlalchemy import Connection, Executable, bindparam, func, insert, select, text

from forecourt.consent.log.leaf import LeafRow, leaf_columns
from forecourt.db.tables import consent_details, consents, log_checkpoints, log_leaves, log_nodes, log_queue

MAX_BACKLOG = 10_000  # consents, and as many queued records; more are not counted
_HEAD = select(log_checkpoints).order_by(log_checkpoints.c.size.desc()).limit(1)
# Searched from the newest on: there is a checkpoint every second, and the one looked for is a minute old.
_SETTLED = (
    select(log_checkpoints.c.size, log_checkpoints.c.last_consent_seq)
    .where(log_checkpoints.c.created_at < bindparam("before"))
    .order_by(log_checkpoints.c.size.desc())
    .limit(1)
)
_UNSEALED = (
    select(*leaf_columns())
    .outerjoin(log_leaves, (log_leaves.c.record == consents.c.id) & (log_leaves.c.position >= bindparam("size")))
    .where(consents.c.seq > bindparam("last_consent_seq"), log_leaves.c.position.is_(None))
    .order_by(consents.c.seq)
    .limit(bindparam("most"))
)
_BACKLOG_ROWS = (
    select(consents.c.created_at)
    .where(consents.c.seq > bindparam("last_consent_seq"))
    .order_by(consents.c.seq)
    .limit(MAX_BACKLOG)
    .subquery()
)
_BACKLOG = select(func.count(), func.min(_BACKLOG_ROWS.c.created_at)).select_from(_BACKLOG_ROWS)
_QUEUED = select(func.count()).select_from(select(log_queue.c.seq).limit(MAX_BACKLOG).subquery())
_LEAVES = (
    select(log_leaves.c.hash)
    .where(log_leaves.c.position >= bindparam("first"), log_leaves.c.position < bindparam("end"))
    .order_by(log_leaves.c.position)
)
_NODES = (
    select(log_nodes.c.hash)
    .where(
        log_nodes.c.level == bindparam("level"),
        log_nodes.c.position >= bindparam("first"),
        log_nodes.c.position < bindparam("end"),
    )
    .order_by(log_nodes.c.position)
)
_POSITION = select(log_leaves.c.position).where(log_leaves.c.record == bindparam("consent"))
_DETAILS = [consent_details.c[name] for name in ("salt", "origin", "address", "browser", "path", "receipt_hash")]
_SEALED = (
    select(log_leaves.c.position, log_leaves.c.record, log_leaves.c.hash, log_leaves.c.kind)
    .add_columns(*leaf_columns(), *_DETAILS)
    .outerjoin(consents, consents.c.id == log_leaves.c.record)
    .outerjoin(consent_details, consent_details.c.consent == log_leaves.c.record)
    .where(log_leaves.c.position >= bindparam("first"))
    .order_by(log_leaves.c.position)
    .limit(bindparam("most"))
)
_CHECKPOINTS = (
    select(log_checkpoints)
    .where(log_checkpoints.c.size > bindparam("after"))
    .order_by(log_checkpoints.c.size)
    .limit(bindparam("most"))
)
_ALL_NODES = select(log_nodes.c.level, log_nodes.c.position, log_nodes.c.hash)
_ADD_LEAVES, _ADD_NODES, _ADD_CHECKPOINT = insert(log_leaves), insert(log_nodes), insert(log_checkpoints)
_LOCK = text("SELECT pg_advisory_xact_lock(47110816)")
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(47110816)")


DetailsRow = tuple[str, str, str, str, str, str]
"""The salt, origin, address, browser, path and receipt_hash beside a record."""
SealedLeaf = tuple[int, str, bytes, str, LeafRow | None, DetailsRow | None]
"""A leaf's position, its record's name, its hash and its kind; of a consent also the row and its details, if any."""
# The driver's row: in place of a missing row, or of missing details, its columns are None.
_SealedRow = tuple[int, str, bytes, str, *LeafRow, *DetailsRow]
_RECORD_START: Final = 4
_DETAILS_START: Final = 24


@dataclass(frozen=True, slots=True)
class LogHead:
    """Holds a checkpoint: how many leaves it is over, the highest consents.seq among them, and the signed note."""

    size: int = 0
    last_consent_seq: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class SealingBacklog:
    """Holds how many records of all kinds wait for their seal, and since when the oldest consent does.

    At most `MAX_BACKLOG` consents and as many queued records are counted. The queue holds no times.
    """

    records: int
    oldest_at: datetime | None


class NewLeaf(NamedTuple):
    """Holds a leaf before it has a position: its kind (see db/log_queue.py), its record's name, and its hash."""

    kind: str
    record: str
    hash: bytes


class LogNode(NamedTuple):
    """Holds the root of a perfect subtree of 2**level leaves. `position` counts the subtrees of its level."""

    level: int
    position: int
    hash: bytes


def read_head(connection: Connection) -> LogHead:
    """Returns the newest checkpoint, or an empty one where nothing is sealed."""
    row = connection.execute(_HEAD).one_or_none()
    return LogHead(row.size, row.last_consent_seq, row.note) if row else LogHead()


def measure_backlog(connection: Connection) -> SealingBacklog:
    """Counts the consents behind the newest checkpoint, and what is queued to be sealed beside them."""
    count, oldest_at = connection.execute(_BACKLOG, {"last_consent_seq": read_head(connection).last_consent_seq}).one()
    return SealingBacklog(count + connection.execute(_QUEUED).scalar_one(), oldest_at)


def read_checkpoints(connection: Connection, batch_size: int = 5000) -> Iterator[LogHead]:
    """Yields all checkpoints, the smallest first."""
    after = -1
    while rows := connection.execute(_CHECKPOINTS, {"after": after, "most": batch_size}).all():
        yield from (LogHead(row.size, row.last_consent_seq, row.note) for row in rows)
        after = rows[-1].size


def try_lock(connection: Connection) -> bool:
    """Returns false where another process seals at this moment, and keeps others out until the transaction ends.

    SQLite has one writer and needs no lock.
    """
    return connection.dialect.name != "postgresql" or bool(connection.execute(_TRY_LOCK).scalar_one())


def lock(connection: Connection) -> None:
    """Waits until no other process seals, and keeps others out until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def read_unsealed(connection: Connection, settled_before: datetime, most: int) -> list[LeafRow]:
    """Returns rows without a leaf, in their order.

    Records up to the newest checkpoint before `settled_before` are not looked at: no transaction was open beside them.
    """
    row = connection.execute(_SETTLED, {"before": settled_before}).one_or_none()
    size, last_consent_seq = row or (0, 0)
    values = {"size": size, "last_consent_seq": last_consent_seq, "most": most}
    return cast(list[LeafRow], _read_driver_rows(connection, _UNSEALED, values))


def add_leaves(connection: Connection, first: int, leaves: Sequence[NewLeaf]) -> None:
    """Appends the leaves. `first` is the position of the first one."""
    values = [{"position": position} | leaf._asdict() for position, leaf in enumerate(leaves, first)]
    connection.execute(_ADD_LEAVES, values)


def add_nodes(connection: Connection, nodes: Sequence[LogNode]) -> None:
    if nodes:
        connection.execute(_ADD_NODES, [node._asdict() for node in nodes])


def add_checkpoint(connection: Connection, head: LogHead, now: datetime) -> None:
    row = {"size": head.size, "last_consent_seq": head.last_consent_seq, "note": head.note, "created_at": now}
    connection.execute(_ADD_CHECKPOINT, row)


def read_leaves(connection: Connection, first: int, end: int) -> list[bytes]:
    """Returns the hashes of the leaves from `first` up to, and without, `end`."""
    return list(connection.execute(_LEAVES, {"first": first, "end": end}).scalars())


def read_nodes(connection: Connection, level: int, first: int, end: int) -> list[bytes]:
    """Returns the hashes of the nodes of one level from position `first` up to, and without, `end`."""
    return list(connection.execute(_NODES, {"level": level, "first": first, "end": end}).scalars())


def read_all_nodes(connection: Connection) -> dict[tuple[int, int], bytes]:
    """Returns every stored root of a subtree, by level and position."""
    return {(row.level, row.position): row.hash for row in connection.execute(_ALL_NODES)}


def find_position(connection: Connection, consent: str) -> int | None:
    """Returns which leaf a consent is, or None where it is not sealed yet."""
    return connection.execute(_POSITION, {"consent": consent}).scalar_one_or_none()


def read_sealed(connection: Connection, first: int, batch_size: int = 1024) -> Iterator[SealedLeaf]:
    """Yields every leaf from position `first` on, beside the row it was made of.

    `batch_size` rows are read at once. More of them would leave the processor's cache before they are checked.
    """
    values = {"first": first, "most": batch_size}
    while rows := cast(list[_SealedRow], _read_driver_rows(connection, _SEALED, values)):
        for row in rows:
            record = row[_RECORD_START:_DETAILS_START] if row[_RECORD_START] is not None else None
            details = row[_DETAILS_START:] if row[_DETAILS_START] is not None else None
            yield row[0], row[1], row[2], row[3], record, details
        values["first"] = rows[-1][0] + 1


def _read_driver_rows(connection: Connection, statement: Executable, values: dict[str, int]) -> object:
    """Returns a list of the driver's own tuples: making SQLAlchemy's rows of them takes as long as hashing them."""
    with connection.execute(statement, values) as result:
        return list(result.cursor.fetchall())  # a select always has a cursor
