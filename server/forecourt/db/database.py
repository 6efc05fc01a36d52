"""What the rest of Forecourt knows of storage: `read`, `write`, `listen`.

`read(fn)` and `write(fn)` take a plain function of a SQLAlchemy `Connection`. A write may be run again when its group
or transaction has to be replayed, so it must touch nothing but the connection. When `write` returns, it is committed.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine

from forecourt.db.signals import Hub, Listener
from forecourt.errors import Unavailable

T = TypeVar("T")
Job = Callable[[Connection], T]
DEADLINE = 10.0  # seconds a caller waits before it is told "unavailable"
WAITING_AT_MOST = 4096  # jobs in the queue; one more is refused


class Driver(Protocol):
    """One engine's way. Both calls block no loop, and raise `Unavailable` when it cannot serve."""

    engine: Engine

    async def start(self, hub: Hub) -> None: ...
    async def read(self, job: Job[T]) -> T: ...
    async def write(self, job: Job[T]) -> T: ...
    async def close(self) -> None: ...


class Database:
    def __init__(self, driver: Driver):
        self._driver = driver
        self.hub = Hub()

    @property
    def engine(self) -> Engine:
        return self._driver.engine

    async def start(self) -> None:
        await self._driver.start(self.hub)

    async def read(self, job: Job[T]) -> T:
        return await self._in_time(self._driver.read(job))

    async def write(self, job: Job[T]) -> T:
        return await self._in_time(self._driver.write(job))

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
    """PostgreSQL by `url`, or the SQLite file `folder/forecourt.sqlite3`."""
    if url:
        from forecourt.db.postgres import PostgresDriver  # only who uses it pays for loading it

        return Database(PostgresDriver(url))
    from forecourt.db.sqlite import SqliteDriver

    return Database(SqliteDriver(folder / "forecourt.sqlite3"))
