"""Finds values whose type is not their column's, from which nothing can be computed.

SQLite takes a value of any type in any column.
"""

from collections.abc import Iterator

from sqlalchemy import Column, ColumnElement, Connection, Table, func, literal_column, select

from forecourt.db.tables import (
    change_notices,
    consent_details,
    consents,
    deliveries,
    log_checkpoints,
    log_keys,
    log_leaves,
    log_nodes,
    log_queue,
    notices,
    releases,
)

_TABLES = (
    *(consents, consent_details, notices, releases, change_notices, deliveries),
    *(log_leaves, log_queue, log_nodes, log_checkpoints, log_keys),
)
_TYPES = {"BIGINT": "integer", "INTEGER": "integer", "BLOB": "blob"}  # everything else is text
_ROW_NUMBER: ColumnElement[int] = literal_column("rowid")
FAULTS_PER_COLUMN = 20


def find_faults(connection: Connection) -> list[str]:
    """Returns a sentence for each such value. There are none on PostgreSQL, which refuses them."""
    if connection.dialect.name != "sqlite":
        return []
    return [fault for table in _TABLES for column in table.c for fault in _find(connection, table, column)]


def _find(connection: Connection, table: Table, column: Column[object]) -> Iterator[str]:
    expected, actual = _TYPES.get(column.type.compile(connection.dialect), "text"), func.typeof(column)
    wrong = select(_ROW_NUMBER, actual).select_from(table).where(actual.not_in((expected, "null")))
    for number, name in connection.execute(wrong.limit(FAULTS_PER_COLUMN)):
        yield f"{table.name}.{column.name} of row {number} is {name} and no {expected}"
