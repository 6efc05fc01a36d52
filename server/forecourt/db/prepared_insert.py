"""Prepares an insert once for each engine. SQLAlchemy would spend twice the time on compiling it for every row."""

from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert
from sqlalchemy.exc import DBAPIError


class PreparedInsert:
    """Adds one row with every column but a numbered key. Raises what `Connection.execute` raises."""

    def __init__(self, table: Table):
        self._table = table
        self._names = [column.name for column in table.columns if column.autoincrement is not True]
        self._values_of = itemgetter(*self._names)
        self._prepared: dict[str, tuple[str, list[tuple[int, Any]]]] = {}

    def __call__(self, connection: Connection, row: dict[str, Any]) -> None:
        dialect = connection.dialect
        sql, conversions = self._prepared.get(dialect.name) or self._prepare(dialect)
        values = [*self._values_of(row)]
        for place, convert in conversions:
            values[place] = convert(values[place])
        parameters = values if dialect.positional else dict(zip(self._names, values, strict=True))
        driver: Any = connection.connection.dbapi_connection
        try:
            driver.execute(sql, parameters)
        except dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(sql, parameters, error, dialect.loaded_dbapi.Error, dialect=dialect) from error

    def _prepare(self, dialect: Dialect) -> tuple[str, list[tuple[int, Any]]]:
        """Prepares the SQL for a dialect, and the conversion of each value that needs one, by its place in the row."""
        sql = str(insert(self._table).inline().compile(dialect=dialect, column_keys=self._names))
        types = [self._table.c[name].type.dialect_impl(dialect) for name in self._names]
        conversions = [(place, kind.bind_processor(dialect)) for place, kind in enumerate(types)]
        self._prepared[dialect.name] = sql, [conversion for conversion in conversions if conversion[1]]
        return self._prepared[dialect.name]
