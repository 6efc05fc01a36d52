"""An insert whose SQL and conversions are made once for each engine: half of what SQLAlchemy spends on it anew."""

from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert
from sqlalchemy.exc import DBAPIError


class Insert:
    """Of one row with every column but a numbered key. Errors come as from `Connection.execute`."""

    def __init__(self, table: Table):
        self._table = table
        self._names = [column.name for column in table.columns if column.autoincrement is not True]
        self._made: dict[str, tuple[str, dict[str, Any]]] = {}

    def __call__(self, connection: Connection, row: dict[str, Any]) -> None:
        dialect = connection.dialect
        sql, conversions = self._made.get(dialect.name) or self._make(dialect)
        values = {name: convert(row[name]) if convert else row[name] for name, convert in conversions.items()}
        parameters = tuple(values.values()) if dialect.positional else values
        driver: Any = connection.connection.dbapi_connection
        try:
            driver.execute(sql, parameters)
        except dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(sql, parameters, error, dialect.loaded_dbapi.Error, dialect=dialect) from error

    def _make(self, dialect: Dialect) -> tuple[str, dict[str, Any]]:
        sql = str(insert(self._table).inline().compile(dialect=dialect, column_keys=self._names))
        types = {name: self._table.c[name].type.dialect_impl(dialect) for name in self._names}
        made = sql, {name: of.bind_processor(dialect) for name, of in types.items()}
        self._made[dialect.name] = made
        return made
