"""Brings a database's schema up to date, and checks whether it is.

Alembic is imported only to run migrations: it takes longer to import than most starts take to find nothing to migrate.
"""

from functools import cache

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from forecourt.db.rights import find_tables_without_rights
from forecourt.errors import StartRefused
from forecourt.resources import MIGRATIONS

_INSUFFICIENT_PRIVILEGE = "42501"
# A migration takes as long as its tables are large, and a second server waits for the first one's.
_WITHOUT_TIMEOUTS = "SELECT " + ", ".join(
    f"set_config('{name}', '0', true)"
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
)
_AS_OWNER = (
    "Run `forecourt migrate --grant ROLE` as the owner of its tables, with the role that serves, and start again."
)
_CURRENT = text("SELECT version_num FROM alembic_version")


def migrate(engine: Engine, revision: str = "head") -> str:
    """Runs the migrations that are missing up to `revision`, in one transaction, and returns the newest revision.

    Two processes may run it at the same time. Raises `StartRefused` where the schema is not current and whoever is
    connected may not change it, or may not use all of it.
    """
    try:
        _migrate(engine, revision)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _INSUFFICIENT_PRIVILEGE:
            raise
        revision = newest_revision()
        raise StartRefused(f"The database's schema is older than revision {revision}. {_AS_OWNER}") from error
    return newest_revision()


def _migrate(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(_WITHOUT_TIMEOUTS)
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(47110815)")  # one migration at a time
        if not is_current(connection):
            _upgrade(connection, revision)
        elif tables := find_tables_without_rights(connection):
            raise StartRefused(f"The database's role may not use {', '.join(tables)}. {_AS_OWNER}")
    engine.dispose()  # SQLite runs what comes a third slower on a connection that changed the schema


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
