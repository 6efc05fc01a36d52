"""Makes a database as an earlier revision left it, and fills it in the words of that time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from forecourt.db import postgres, sqlite
from forecourt.db.migrate import migrate
from tests.conftest import execute, with_database


@contextmanager
def open_old_database(revision: str, engine: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Engine]:
    """Yields a database at `revision`, on SQLite in `folder` or on the tests' PostgreSQL."""
    name = f"revision_{revision}"
    if engine == "sqlite":
        old_engine = sqlite.make_engine(folder / "old.sqlite3")
    else:
        url = request.getfixturevalue("postgres_url")
        execute(url, f"CREATE DATABASE {name}")
        old_engine = postgres.make_engine(with_database(url, name))
    migrate(old_engine, revision)
    yield old_engine
    old_engine.dispose()
    if engine == "postgresql":
        execute(url, f"DROP DATABASE {name} WITH (FORCE)")


def add_row(connection: Connection, table: str, **row: object) -> None:
    columns = ", ".join(row)
    connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(f':{name}' for name in row)})"), row)
