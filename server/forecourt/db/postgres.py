"""Runs jobs on PostgreSQL, in a thread pool over psycopg. NOTIFY wakes listeners in other processes."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec
import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from forecourt.db.driver import MAX_QUEUED_JOBS, Job
from forecourt.db.notify import ListenerHub, take_topics
from forecourt.errors import Unavailable

T = TypeVar("T")
CONNECTIONS = 12
TRIES = 3  # of a transaction that another one made impossible
# serialization_failure, deadlock_detected, and unique_violation: who comes second then sees the first one's row.
_RETRIED_STATES = {"40001", "40P01", "23505"}
_CHANNEL = "forecourt"
_NOTIFY = text("SELECT pg_notify('forecourt', :topic)")
_NO_TIMEOUTS = text(
    "SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)"
)
_OPTIONS = "-c statement_timeout=9000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=20000"


def make_engine(url: str, pool_size: int = 1) -> Engine:
    """Makes an engine for `url`, which is `postgresql://...` as libpq reads it."""
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
    """Implements `Driver` for PostgreSQL."""

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

    def read_snapshot(self, job: Job[T]) -> T:
        with self.engine.execution_options(isolation_level="REPEATABLE READ").begin() as connection:
            connection.execute(_NO_TIMEOUTS)
            return job(connection)

    async def close(self) -> None:
        if self._listening:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
        self._pool.shutdown(cancel_futures=True)
        self.engine.dispose()

    async def _in_thread(self, job: Job[T]) -> T:
        if self._waiting >= MAX_QUEUED_JOBS:
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
                    return _run_and_notify(connection, job)
            except (DBAPIError, PoolTimeout) as error:
                if attempt == TRIES or _state(error) not in _RETRIED_STATES:
                    raise _to_unavailable(error) from error
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _listen(self, hub: ListenerHub) -> None:
        """Listens until cancelled.

        A lost connection is opened again, and then every listener is woken, since signals may have been missed.
        """
        address = self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            with contextlib.suppress(psycopg.Error):
                async with await psycopg.AsyncConnection.connect(
                    address, autocommit=True, connect_timeout=5
                ) as connection:
                    await connection.execute(f"LISTEN {_CHANNEL}")
                    hub.wake_all()
                    async for signal in connection.notifies():
                        hub.wake([signal.payload])
            await asyncio.sleep(1)


def _run_and_notify(connection: Connection, job: Job[T]) -> T:
    take_topics(connection)  # what an earlier, rolled back attempt left
    result = job(connection)
    for topic in take_topics(connection):
        connection.execute(_NOTIFY, {"topic": topic})
    return result


def _state(error: DBAPIError | PoolTimeout) -> str | None:
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None


def _to_unavailable(error: DBAPIError | PoolTimeout) -> Exception:
    return Unavailable(str(error)) if isinstance(error, OperationalError | PoolTimeout) else error
