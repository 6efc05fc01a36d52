"""PostgreSQL: the same jobs in a thread pool over psycopg. NOTIFY wakes, rows carry."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec
import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from forecourt.db.driver import WAITING_AT_MOST, Job
from forecourt.db.notify import ListenerHub, announced
from forecourt.errors import Unavailable

T = TypeVar("T")
CONNECTIONS = 12
TRIES = 3  # of a transaction that another one made impossible
# serialization_failure, deadlock_detected, and unique_violation: who comes second then sees the first one's row.
_LATER = {"40001", "40P01", "23505"}
_CHANNEL = "forecourt"
_NOTIFY = text("SELECT pg_notify('forecourt', :topic)")
_UNHURRIED = text(
    "SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)"
)
_OPTIONS = "-c statement_timeout=9000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=20000"


def make_engine(url: str, pool_size: int = 1) -> Engine:
    """`url`: `postgresql://...` as libpq reads it."""
    return create_engine(
        url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg://", 1),
        hide_parameters=True,  # what people wrote does not belong into logs
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "options": _OPTIONS},
    )


class PostgresDriver:
    def __init__(self, url: str):
        self.engine = make_engine(url, CONNECTIONS)
        self._pool = ThreadPoolExecutor(CONNECTIONS, "postgres")
        self._waiting = 0
        self._listening: asyncio.Task[None] | None = None

    async def start(self, hub: ListenerHub) -> None:
        self._listening = asyncio.create_task(self._listen(hub))

    async def read(self, job: Job[T]) -> T:
        return await self._in_thread(job)

    async def write(self, job: Job[T]) -> T:
        return await self._in_thread(job)

    def at_leisure(self, job: Job[T]) -> T:
        with self.engine.execution_options(isolation_level="REPEATABLE READ").begin() as connection:
            connection.execute(_UNHURRIED)
            return job(connection)

    async def close(self) -> None:
        if self._listening:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
        self._pool.shutdown(cancel_futures=True)
        self.engine.dispose()

    async def _in_thread(self, job: Job[T]) -> T:
        if self._waiting >= WAITING_AT_MOST:
            raise Unavailable("too many transactions wait")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._run, job)
        finally:
            self._waiting -= 1

    def _run(self, job: Job[T]) -> T:
        for attempt in range(1, TRIES + 1):
            try:
                with self.engine.begin() as connection:
                    return _with_signals(connection, job)
            except (DBAPIError, PoolTimeout) as error:
                if attempt == TRIES or _state(error) not in _LATER:
                    raise _told(error) from error
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _listen(self, hub: ListenerHub) -> None:
        """For ever: a lost connection is opened again, and everyone looks, since signals were missed meanwhile."""
        address = self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            with contextlib.suppress(psycopg.Error):
                async with await psycopg.AsyncConnection.connect(address, autocommit=True, connect_timeout=5) as line:
                    await line.execute(f"LISTEN {_CHANNEL}")
                    hub.wake_all()
                    async for signal in line.notifies():
                        hub.wake([signal.payload])
            await asyncio.sleep(1)


def _with_signals(connection: Connection, job: Job[T]) -> T:
    announced(connection)  # what an earlier, rolled back attempt left
    result = job(connection)
    for topic in announced(connection):
        connection.execute(_NOTIFY, {"topic": topic})
    return result


def _state(error: DBAPIError | PoolTimeout) -> str | None:
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None


def _told(error: DBAPIError | PoolTimeout) -> Exception:
    return Unavailable(str(error)) if isinstance(error, OperationalError | PoolTimeout) else error
