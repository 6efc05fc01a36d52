"""Encodes what is sealed beside consents: rows of append-only tables, read by their keys.

A leaf is a JSON array (RFC 8259) without white space: its version, then the table's `fields` in a fixed order, as the
database stores them, times as microseconds since 1970. `sha256` stands for a release's content.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    Table,
    Text,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.sql.selectable import Select

from forecourt.consent.log.merkle import leaf_hash
from forecourt.db.log_queue import LeafKind, join_key
from forecourt.db.tables import Moment, change_notices, deliveries, log_leaves, log_queue, releases

SealedRow = tuple[str | int | None, ...]
"""The values of a table's `fields`, in this order."""
KEYS_PER_QUERY = 500
_MAX_DIGITS = 18  # of a number in a key: more than 63 bits no column holds
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class SealedTable:
    """Describes how the rows of one append-only table are sealed.

    `name` is what reports call a row. `key` is the primary key, and `time` the field that says when a row was appended.
    """

    name: str
    version: str
    table: Table
    key: tuple[str, ...]
    fields: tuple[str, ...]
    time: str

    def hash_row(self, row: SealedRow) -> bytes:
        return leaf_hash(_encode((self.version, *row)))

    def value(self, row: SealedRow, field: str) -> str | int | None:
        return row[self.fields.index(field)]

    def record_name(self, row: SealedRow) -> str:
        return join_key(*(self.value(row, column) for column in self.key))

    def describe(self, record: str) -> str:
        return f"{self.name} {record}"


SEALED_TABLES = {
    LeafKind.RELEASE: SealedTable(
        "release",
        "forecourt-release-1",
        releases,
        ("site", "number"),
        ("site", "number", "sha256", "previous", "published_at", "effective_at"),
        "published_at",
    ),
    LeafKind.CHANGE_NOTICE: SealedTable(
        "change notice",
        "forecourt-change-notice-1",
        change_notices,
        ("id",),
        (
            *("id", "site", "release", "follower", "channel", "locale", "region", "content_hash", "commitment"),
            "created_at",
        ),
        "created_at",
    ),
    LeafKind.DELIVERY: SealedTable(
        "delivery",
        "forecourt-delivery-1",
        deliveries,
        ("seq",),
        ("seq", "outbox_key", "outcome", "code", "created_at"),
        "created_at",
    ),
}


def describe(kind: str, record: str) -> str:
    """Returns what reports call a record, also where its kind is none."""
    return SEALED_TABLES[LeafKind(kind)].describe(record) if kind in {*SEALED_TABLES} else f"{kind} {record}"


def read_rows(connection: Connection, sealed_table: SealedTable, records: Sequence[str]) -> dict[str, SealedRow]:
    """Returns those of the named rows that are there, by their names. Names must be written as `join_key` does."""
    columns = [_raw_column(sealed_table.table.c[name]) for name in sealed_table.fields]
    key_columns = [sealed_table.table.c[name] for name in sealed_table.key]
    keys = [key for record in records if (key := _parse_key(key_columns, record))]
    rows: dict[str, SealedRow] = {}
    for first in range(0, len(keys), KEYS_PER_QUERY):
        statement = select(*columns).where(_is_one_of(key_columns, keys[first : first + KEYS_PER_QUERY]))
        for row in connection.execute(statement):
            rows[sealed_table.record_name(cast(SealedRow, tuple(row)))] = cast(SealedRow, tuple(row))
    return rows


def find_unsealed(connection: Connection, most: int) -> Iterator[str]:
    """Yields a name for each row that has no leaf and does not wait for one, at most `most` of each table."""
    for kind, sealed_table in SEALED_TABLES.items():
        for record in connection.execute(_select_unsealed(kind, sealed_table).limit(most)).scalars():
            yield sealed_table.describe(record)


def _select_unsealed(kind: LeafKind, sealed_table: SealedTable) -> Select[str]:
    record = _record_name(sealed_table)
    return (
        select(record)
        .outerjoin(log_leaves, (log_leaves.c.record == record) & (log_leaves.c.kind == kind))
        .outerjoin(log_queue, (log_queue.c.record == record) & (log_queue.c.kind == kind))
        .where(log_leaves.c.position.is_(None), log_queue.c.seq.is_(None))
    )


def _record_name(sealed_table: SealedTable) -> ColumnElement[str]:
    first, *others = (sql_cast(sealed_table.table.c[name], Text) for name in sealed_table.key)
    name: ColumnElement[str] = first
    for column in others:
        name = name + "/" + column
    return name


def _raw_column(column: Column[Any]) -> ColumnElement[Any]:
    """Returns the column undecoded. PostgreSQL's driver reads a date as one, which JSON writes as SQLite stores it."""
    if isinstance(column.type, Moment):
        return type_coerce(column, BigInteger)
    return type_coerce(column, Text) if isinstance(column.type, Date) else column


def _parse_key(columns: Sequence[Column[Any]], record: str) -> tuple[str | int, ...] | None:
    parts = record.split("/")
    if len(parts) != len(columns):
        return None
    key: list[str | int] = []
    for column, part in zip(columns, parts, strict=True):
        if not isinstance(column.type, Integer):
            key.append(part)
        elif part.isdecimal() and len(part) <= _MAX_DIGITS:
            key.append(int(part))
        else:
            return None
    return tuple(key)


def _is_one_of(columns: Sequence[Column[Any]], keys: Sequence[tuple[str | int, ...]]) -> ColumnElement[bool]:
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return tuple_(*columns).in_(keys)
