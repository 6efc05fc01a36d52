"""An insert whose SQL and conversions are made once for each engine: half of what SQLAlchemy spends on it anew."""

from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert
from sqlalchemy.exc import DBAPIError


class Insert:
    """Of one row with every column but a numbered key. Errors come as from `Connection.execute`."""

    def __init__(self, table: Table):
        self._table = table
        self._names = [column.name for column in table.columns if column.autoincrement is not True]
        self._of = itemgetter(*self._names)
        self._made: dict[str, tuple[str, list[tuple[int, Any]]]] = {}

    def __call__(self, connection: Connection, row: dict[str, Any]) -> None:
        dialect = connection.dialect
        sql, conversions = self._made.get(dialect.name) or self._make(dialect)
        values = [*self._of(row)]
        for place, convert in conversions:
            values[place] = convert(values[place])
        parameters = values if dialect.positional else dict(zip(self._names, values, strict=True))
        driver: Any = connection.connection.dbapi_connection
        try:
            driver.execute(sql, parameters)
        except dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(sql, parameters, error, dialect.loaded_dbapi.Error, dialect=dialect) from error

    def _make(self, dialect: Dialect) -> tuple[str, list[tuple[int, Any]]]:
        """The SQL, and which places of a row are converted by what."""
        sql = str(insert(self._table).inline().compile(dialect=dialect, column_keys=self._names))
        types = [self._table.c[name].type.dialect_impl(dialect) for name in self._names]
        conversions = [(place, of.bind_processor(dialect)) for place, of in enumerate(types)]
        made = sql, [each for each in conversions if each[1]]
        self._made[dialect.name] = made
        return made
