"""Opens the database for one command, beside a running server or without one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import Connection, inspect

from forecourt.commands.settings import find_site
from forecourt.db.database import Database, open_database
from forecourt.db.migrate import migrate
from forecourt.policy import store
from forecourt.settings.server import Settings

T = TypeVar("T")


def run_with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Runs `work` in short transactions. A running server notices what they change."""

    async def run() -> T:
        database = _open(settings)
        await database.start()
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


def run_long_read(settings: Settings, job: Callable[[Connection], T]) -> T:
    """Runs a job that reads much: without the time limit of a request, while a server goes on writing."""
    database = _open(settings)
    try:
        return database.read_snapshot(job)
    finally:
        asyncio.run(database.close())


def require_site(settings: Settings, connection: Connection, name: str) -> None:
    """Raises `SettingsBroken` for a site that has no release and is not in the settings either."""
    if store.find_head(connection, name) is None:
        find_site(settings, name)


def _open(settings: Settings) -> Database:
    """Opens the database, and creates the tables of an empty one. Only `migrate` and `serve` update older tables."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = open_database(settings.database_url, settings.data)
    if not inspect(database.engine).has_table("alembic_version"):
        migrate(database.engine)
    return database
