"""Keeps SQLite from leaving the index that a query was written for."""

from typing import Any

from sqlalchemy import Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class ColumnWithoutIndex(FunctionElement[str]):
    """Is a column of texts, by whose values SQLite looks for no row: it checks them while it reads another index.

    PostgreSQL chooses by what it knows of the values, and gets the column as it is.
    """

    inherit_cache = True
    type = Text()


@compiles(ColumnWithoutIndex)
def _write_column(element: ColumnWithoutIndex, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(ColumnWithoutIndex, "sqlite")
def _write_for_sqlite(element: ColumnWithoutIndex, compiler: SQLCompiler, **options: Any) -> str:
    """Writes a unary plus (https://www.sqlite.org/optoverview.html, section 2.1)."""
    return "+" + compiler.process(element.clauses, **options)
