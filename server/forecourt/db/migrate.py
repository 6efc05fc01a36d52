"""Bring a database's schema up to date, and ask whether it is."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from forecourt.resources import MIGRATIONS


def migrate(engine: Engine) -> str:
    """Runs what is missing, in one transaction. Returns the revision it stands at. May be run beside another."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(47110815)")  # one migration at a time
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()  # SQLite runs what comes a third slower on a connection that changed the schema
    return head()


def is_current(connection: Connection) -> bool:
    return MigrationContext.configure(connection).get_current_revision() == head()


def head() -> str:
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
