"""Runs jobs on PostgreSQL, in a thread pool over psycopg. NOTIFY wakes listeners in other processes.

Nothing waits for ever for a server that falls silent. A pooled connection that does not answer a ping is replaced, and
a call past its deadline ends with its socket (`socket_deadline.py`).
"""

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, LiteralString, TypeVar

import msgspec
import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from forecourt.db.driver import DEADLINE, MAX_QUEUED_JOBS, Job, to_job_error
from forecourt.db.notify import ListenerHub, take_topics
from forecourt.db.socket_deadline import SocketDeadlines
from forecourt.errors import Unavailable

T = TypeVar("T")
CONNECTIONS = 12
TRIES = 3  # of a transaction that another one made impossible
PING_SECONDS = 2.0  # in which a pooled connection proves that it still answers
LISTEN_CHECK_SECONDS = 15.0  # between two looks whether the listening connection still answers
CLOSE_GRACE_SECONDS = 2.0  # for transactions under way when the driver closes
CLOSE_SECONDS = 8.0  # for their threads, the longest of which open a connection
# read_only_sql_transaction: the server became a standby. Its connections stay as they are, and are opened again.
_STANDBY_STATE = "25006"
# serialization_failure, deadlock_detected, and unique_violation: who comes second then sees the first one's row.
_RETRIED_STATES = {"40001", "40P01", "23505", _STANDBY_STATE}
# The server's own time-outs of a transaction, which psycopg does not count as operational.
_AWAY_STATES = {_STANDBY_STATE, "25P03", "25P04"}
_CHANNEL = "forecourt"
_NOTIFY = text("SELECT count(pg_notify('forecourt', topic)) FROM unnest(CAST(:topics AS text[])) AS topic")
_NO_TIMEOUTS = text(
    "SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)"
)
# The kernel gives up a peer that is gone without a word after half a minute, and one that takes nothing after 10 s.
_TCP_OPTIONS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 10_000,  # ms
}
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
        connect_args=_TCP_OPTIONS | {"options": _OPTIONS},
    )


class PostgresDriver:
    """Implements `Driver` for PostgreSQL."""

    def __init__(self, url: str):
        self.engine = make_engine(url, CONNECTIONS)
        self._pool = ThreadPoolExecutor(CONNECTIONS, "postgres")
        self._deadlines = SocketDeadlines()
        self._waiting = 0
        self._running = set[object]()  # one token for each job in a thread
        self._is_closing = False
        self._listening: asyncio.Task[None] | None = None
        self._limit_pings()

    @property
    def interruptions(self) -> int:
        """Returns how many sockets were shut because the server was silent."""
        return self._deadlines.cuts

    async def start(self, hub: ListenerHub) -> None:
        self._listening = asyncio.create_task(self._listen(hub))

    async def read(self, job: Job[T]) -> T:
        return await self._in_thread(job)

    async def write(self, job: Job[T]) -> T:
        return await self._in_thread(job)

    def find_problem(self) -> str | None:
        """Implements `Driver.find_problem`: what can be wrong shows in the last commit."""
        return None

    def read_snapshot(self, job: Job[T]) -> T:
        with self.engine.execution_options(isolation_level="REPEATABLE READ").begin() as connection:
            connection.execute(_NO_TIMEOUTS)
            return job(connection)

    async def close(self) -> None:
        """Ends what is under way, and waits for no thread beyond `CLOSE_SECONDS`."""
        self._is_closing = True
        if self._listening:
            self._listening.cancel()
        await _wait_while(self._deadlines.has_calls, CLOSE_GRACE_SECONDS)
        self._deadlines.cut_calls(math.inf)
        self._pool.shutdown(wait=False, cancel_futures=True)
        await _wait_while(lambda: bool(self._running), CLOSE_SECONDS)
        if self._listening:
            await asyncio.wait([self._listening], timeout=CLOSE_SECONDS)
        self._deadlines.close()
        self.engine.dispose()

    def _limit_pings(self) -> None:
        """Gives the pool's ping a deadline, after which the connection is replaced."""
        ping = self.engine.dialect.do_ping

        def ping_in_time(dbapi_connection: Any) -> bool:
            with self._deadlines.limit(dbapi_connection, time.monotonic() + PING_SECONDS):
                return ping(dbapi_connection)

        self.engine.dialect.do_ping = ping_in_time  # type: ignore[method-assign] # of this engine only

    async def _in_thread(self, job: Job[T]) -> T:
        if self._waiting >= MAX_QUEUED_JOBS:
            raise Unavailable("too many transactions wait")
        self._waiting += 1
        try:
            deadline = time.monotonic() + DEADLINE
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._run, job, deadline)
        finally:
            self._waiting -= 1

    def _run(self, job: Job[T], deadline: float) -> T:
        """Runs a job until its deadline by the monotonic clock, when its caller stops waiting."""
        token = object()
        self._running.add(token)
        try:
            for attempt in range(1, TRIES + 1):
                try:
                    return self._run_once(job, deadline)
                except (DBAPIError, PoolTimeout) as error:
                    if attempt == TRIES or _state(error) not in _RETRIED_STATES:
                        raise _to_unavailable(error) from error
            raise AssertionError("unreachable: the last attempt returns or raises")
        except BaseException as error:
            raise to_job_error(error) from error.__cause__
        finally:
            self._running.discard(token)

    def _run_once(self, job: Job[T], deadline: float) -> T:
        with self.engine.connect() as connection:
            if self._is_closing or time.monotonic() >= deadline:
                raise Unavailable("the database took too long")
            limit = self._deadlines.limit(connection.connection.driver_connection, deadline)
            with limit, _reopen_if_standby(connection), connection.begin():
                return _run_and_notify(connection, job)

    async def _listen(self, hub: ListenerHub) -> None:
        """Listens until cancelled.

        A lost connection is opened again, and then every listener is woken, since signals may have been missed.
        """
        address = self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            with contextlib.suppress(psycopg.Error):
                async with await psycopg.AsyncConnection.connect(
                    address, autocommit=True, **_TCP_OPTIONS
                ) as connection:
                    await self._execute_in_time(connection, f"LISTEN {_CHANNEL}")
                    hub.wake_all()
                    while True:
                        async for signal in connection.notifies(timeout=LISTEN_CHECK_SECONDS):
                            hub.wake([signal.payload])
                        await self._execute_in_time(connection, "SELECT 1")
            await asyncio.sleep(1)

    async def _execute_in_time(self, connection: "psycopg.AsyncConnection[Any]", statement: LiteralString) -> None:
        with self._deadlines.limit(connection, time.monotonic() + PING_SECONDS):
            await connection.execute(statement)


async def _wait_while(condition: Callable[[], bool], seconds: float) -> None:
    """Waits until the condition is false, or for so many seconds."""
    end = time.monotonic() + seconds
    while condition() and time.monotonic() < end:  # noqa: ASYNC110 - threads set it, and no event
        await asyncio.sleep(0.02)


@contextlib.contextmanager
def _reopen_if_standby(connection: Connection) -> Iterator[None]:
    """Gives the connection up where its server only reads now: a new one reaches the server that writes instead."""
    try:
        yield
    except DBAPIError as error:
        if _state(error) == _STANDBY_STATE:
            connection.invalidate(error)
        raise


def _run_and_notify(connection: Connection, job: Job[T]) -> T:
    take_topics(connection)  # what an earlier, rolled back attempt left
    result = job(connection)
    if topics := take_topics(connection):
        connection.execute(_NOTIFY, {"topics": list(topics)})
    return result


def _state(error: DBAPIError | PoolTimeout) -> str | None:
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None


def _to_unavailable(error: DBAPIError | PoolTimeout) -> Exception:
    is_away = isinstance(error, OperationalError | PoolTimeout) or _state(error) in _AWAY_STATES
    return Unavailable(str(error)) if is_away else error
