"""Gives the rest of Forecourt its storage: `read`, `write` and `listen`.

`read(fn)` and `write(fn)` take a plain function of a SQLAlchemy `Connection`. A write may be run again when its group
or transaction has to be replayed, so it must touch nothing but the connection. When `write` returns, it is committed.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine

from forecourt.db.driver import DEADLINE, Driver, Job
from forecourt.db.notify import Listener, ListenerHub
from forecourt.errors import Unavailable

T = TypeVar("T")


class Database:
    """Runs jobs on one engine, each within `DEADLINE`, and wakes listeners when what they read has changed."""

    def __init__(self, driver: Driver):
        self._driver = driver
        self.hub = ListenerHub()

    @property
    def engine(self) -> Engine:
        return self._driver.engine

    @property
    def interruptions(self) -> int:
        """Returns how often a writer thread (SQLite) or a silent connection (PostgreSQL) had to be replaced."""
        return self._driver.interruptions

    def find_problem(self) -> str | None:
        """Returns a sentence that says why nothing can be written, as far as this process can know without trying."""
        return self._driver.find_problem()

    async def start(self) -> None:
        await self._driver.start(self.hub)

    async def read(self, job: Job[T]) -> T:
        return await self._in_time(self._driver.read(job))

    async def write(self, job: Job[T]) -> T:
        return await self._in_time(self._driver.write(job))

    def read_snapshot(self, job: Job[T]) -> T:
        """Runs a job that reads much, for commands. Blocks the caller."""
        return self._driver.read_snapshot(job)

    def listen(self, *topics: str) -> AbstractContextManager[Listener]:
        return self.hub.listen(*topics)

    async def close(self) -> None:
        await self._driver.close()

    async def _in_time(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            async with asyncio.timeout(DEADLINE):
                return await work
        except TimeoutError as error:
            raise Unavailable("the database took too long") from error


def open_database(url: str | None, folder: Path) -> Database:
    """Opens PostgreSQL at `url` (`postgresql://...`), or without one the SQLite file `folder/forecourt.sqlite3`."""
    if url:
        from forecourt.db.postgres import PostgresDriver  # only who uses it pays for loading it

        return Database(PostgresDriver(url))
    from forecourt.db.sqlite import SqliteDriver

    return Database(SqliteDriver(folder / "forecourt.sqlite3"))
