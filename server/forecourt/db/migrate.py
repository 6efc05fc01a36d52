"""Brings a database's schema up to date, and checks whether it is.

Alembic is imported only to run migrations: it takes longer to import than most starts take to find nothing to migrate.
"""

from functools import cache

from sqlalchemy import Connection, Engine, inspect, text

from forecourt.resources import MIGRATIONS

_CURRENT = text("SELECT version_num FROM alembic_version")


def migrate(engine: Engine, revision: str = "head") -> str:
    """Runs the migrations that are missing up to `revision`, in one transaction, and returns the newest revision.

    Two processes may run it at the same time.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(47110815)")  # one migration at a time
        if not is_current(connection):
            _upgrade(connection, revision)
    engine.dispose()  # SQLite runs what comes a third slower on a connection that changed the schema
    return newest_revision()


def is_current(connection: Connection) -> bool:
    """Checks whether every migration has run."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(_CURRENT).scalar_one_or_none() == newest_revision()


@cache
def newest_revision() -> str:
    """Returns the number of the newest migration: `0004` for `versions/0004_names.py`."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def _upgrade(connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
