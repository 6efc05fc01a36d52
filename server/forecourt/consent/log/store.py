"""The log in SQL: leaves, the roots of perfect subtrees above them, and checkpoints. All of it is appended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, text

from forecourt.consent.log import leaf
from forecourt.db.tables import consent_details, consents, log_checkpoints, log_leaves, log_nodes

_HEAD = select(log_checkpoints).order_by(log_checkpoints.c.size.desc()).limit(1)
# From the newest on: there is a checkpoint a second, and the one that is looked for is a minute old.
_SETTLED = (
    select(log_checkpoints.c.size, log_checkpoints.c.last_consent_seq)
    .where(log_checkpoints.c.created_at < bindparam("before"))
    .order_by(log_checkpoints.c.size.desc())
    .limit(1)
)
_UNSEALED = (
    select(*leaf.columns())
    .outerjoin(log_leaves, (log_leaves.c.consent == consents.c.id) & (log_leaves.c.position >= bindparam("size")))
    .where(consents.c.seq > bindparam("last_consent_seq"), log_leaves.c.position.is_(None))
    .order_by(consents.c.seq)
    .limit(bindparam("most"))
)
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
_POSITION = select(log_leaves.c.position).where(log_leaves.c.consent == bindparam("consent"))
_DETAILS = [consent_details.c[name] for name in ("salt", "origin", "address", "browser", "path", "receipt_hash")]
_SEALED = (
    select(log_leaves.c.position, log_leaves.c.consent, log_leaves.c.hash, *leaf.columns(), *_DETAILS)
    .outerjoin(consents, consents.c.id == log_leaves.c.consent)
    .outerjoin(consent_details, consent_details.c.consent == log_leaves.c.consent)
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
_STORED = select(log_nodes.c.level, log_nodes.c.position, log_nodes.c.hash)
_ADD_LEAVES, _ADD_NODES, _ADD_CHECKPOINT = insert(log_leaves), insert(log_nodes), insert(log_checkpoints)
_ALONE = text("SELECT pg_try_advisory_xact_lock(47110816)")


@dataclass(frozen=True, slots=True)
class LogHead:
    """The newest checkpoint: how many leaves it is over, the highest consents.seq among them, and the signed note."""

    size: int = 0
    last_consent_seq: int = 0
    note: str = ""


def head(connection: Connection) -> LogHead:
    row = connection.execute(_HEAD).one_or_none()
    return LogHead(row.size, row.last_consent_seq, row.note) if row else LogHead()


def checkpoints(connection: Connection, piece: int = 5000) -> Iterator[LogHead]:
    """All of them, the smallest first."""
    after = -1
    while rows := connection.execute(_CHECKPOINTS, {"after": after, "most": piece}).all():
        yield from (LogHead(row.size, row.last_consent_seq, row.note) for row in rows)
        after = rows[-1].size


def is_alone(connection: Connection) -> bool:
    """Whether no other process seals just now. SQLite has one writer."""
    return connection.dialect.name != "postgresql" or bool(connection.execute(_ALONE).scalar_one())


def unsealed(connection: Connection, settled: datetime, most: int) -> list[tuple[Any, ...]]:
    """`leaf.FIELDS` of rows without a leaf, in order.

    What was sealed before `settled` had no transaction open beside it any more.
    """
    row = connection.execute(_SETTLED, {"before": settled}).one_or_none()
    size, last_consent_seq = row or (0, 0)
    return _plain(connection, _UNSEALED, {"size": size, "last_consent_seq": last_consent_seq, "most": most})


def add(connection: Connection, first: int, rows: Sequence[Sequence[Any]], hashes: Sequence[bytes]) -> None:
    """`rows`: `leaf.FIELDS`."""
    leaves = zip(rows, hashes, strict=True)
    found = [{"position": first + at, "consent": row[1], "hash": made} for at, (row, made) in enumerate(leaves)]
    connection.execute(_ADD_LEAVES, found)


def add_nodes(connection: Connection, nodes: list[dict[str, Any]]) -> None:
    if nodes:
        connection.execute(_ADD_NODES, nodes)


def add_checkpoint(connection: Connection, made: LogHead, at: datetime) -> None:
    row = {"size": made.size, "last_consent_seq": made.last_consent_seq, "note": made.note, "created_at": at}
    connection.execute(_ADD_CHECKPOINT, row)


def leaves(connection: Connection, first: int, end: int) -> list[bytes]:
    return list(connection.execute(_LEAVES, {"first": first, "end": end}).scalars())


def nodes(connection: Connection, level: int, first: int, end: int) -> list[bytes]:
    return list(connection.execute(_NODES, {"level": level, "first": first, "end": end}).scalars())


def stored(connection: Connection) -> dict[tuple[int, int], bytes]:
    """Every root of a subtree, by level and position."""
    return {(row.level, row.position): row.hash for row in connection.execute(_STORED)}


def position(connection: Connection, consent: str) -> int | None:
    return connection.execute(_POSITION, {"consent": consent}).scalar_one_or_none()


def sealed(connection: Connection, first: int, piece: int = 1024) -> Iterator[tuple[Any, ...]]:
    """Every leaf from `first` on, beside the row it was made of: position, consent, hash, `leaf.FIELDS`, details.

    `piece`: rows read at once; more of them leave the processor's cache before they are looked at.
    """
    while rows := _plain(connection, _SEALED, {"first": first, "most": piece}):
        yield from rows
        first = rows[-1][0] + 1


def _plain(connection: Connection, statement: Select[Any], given: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The driver's own rows: making SQLAlchemy's of them takes as long as hashing them does."""
    with connection.execute(statement, given) as result:
        cursor: Any = result.cursor  # of a select there always is one
        return list(cursor.fetchall())
