"""Values of a kind that their column is not of, which nothing can be computed from: SQLite takes any in any column."""

from collections.abc import Iterator

from sqlalchemy import Column, ColumnElement, Connection, Table, func, literal_column, select

from forecourt.db.tables import consent_details, consents, log_checkpoints, log_leaves, log_nodes, notices, releases

_TABLES = (consents, consent_details, log_leaves, log_nodes, log_checkpoints, notices, releases)
_KINDS = {"BIGINT": "integer", "INTEGER": "integer", "BLOB": "blob"}  # everything else is text
_NUMBER: ColumnElement[int] = literal_column("rowid")
NAMED_AT_MOST = 20  # a column


def found(connection: Connection) -> list[str]:
    """None on PostgreSQL, which takes no such value."""
    if connection.dialect.name != "sqlite":
        return []
    return [said for table in _TABLES for column in table.c for said in _of(connection, table, column)]


def _of(connection: Connection, table: Table, column: Column[object]) -> Iterator[str]:
    kind = _KINDS.get(column.type.compile(connection.dialect), "text")
    is_of = func.typeof(column)
    wrong = select(_NUMBER, is_of).select_from(table).where(is_of.not_in((kind, "null"))).limit(NAMED_AT_MOST)
    for row in connection.execute(wrong):
        yield f"{table.name}.{column.name} of row {row[0]} is {row[1]} and no {kind}"
