"""Runs jobs on SQLite: one writer thread commits waiting jobs as one transaction, beside a few readers.

A group runs without savepoints. When a job raises, the group is rolled back and replayed job by job, so that one bad
job costs its neighbours time and nothing else. After a COMMIT that fails the jobs are replayed the same way, and
those that fail again raise.
"""

import asyncio
import contextlib
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from forecourt.db.driver import MAX_QUEUED_JOBS, Job
from forecourt.db.notify import ListenerHub, announce, take_topics
from forecourt.errors import Unavailable

try:
    import pysqlite3 as sqlite3
except ImportError:  # no wheel for this machine: the standard library's, of which `check` warns
    import sqlite3

T = TypeVar("T")
VERSION: tuple[int, ...] = sqlite3.sqlite_version_info
SAFE_VERSION = (3, 51, 3)  # before it two connections that checkpoint at once can lose commits
READERS = 4
MAX_GROUP_SIZE = 256
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "secure_delete=ON",  # what was erased is overwritten, too
)


class QueuedJob(NamedTuple):
    """Holds a job that waits for the writer, and the future that gets its result."""

    job: Job[Any]
    future: "asyncio.Future[Any]"


def make_engine(path: Path, begin: str = "BEGIN IMMEDIATE", pool_size: int = 1) -> Engine:
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        module=sqlite3,
        connect_args={"isolation_level": None, "check_same_thread": False},
        hide_parameters=True,  # what people wrote does not belong into logs
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        pool_size=pool_size,
        max_overflow=0,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    def start(dbapi_connection: Any) -> None:
        dbapi_connection.execute(begin)

    # Not by the event "begin": an engine that has listeners asks them about every statement.
    engine.dialect.do_begin = start  # type: ignore[method-assign] # of this engine only
    return engine


class SqliteDriver:
    """Implements `Driver` for SQLite."""

    def __init__(self, path: Path):
        self.engine = make_engine(path)
        self._readers = make_engine(path, "BEGIN", READERS)
        self._pool = ThreadPoolExecutor(READERS, "sqlite-reader")
        self._queue: queue.SimpleQueue[QueuedJob | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._drain, name="sqlite-writer", daemon=True)
        self._watch: asyncio.Task[None] | None = None

    async def start(self, hub: ListenerHub) -> None:
        self._loop, self._hub = asyncio.get_running_loop(), hub
        self._thread.start()
        self._watch = asyncio.create_task(self._watch_other_processes())

    async def read(self, job: Job[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, job)

    async def write(self, job: Job[T]) -> T:
        future: asyncio.Future[T] = self._loop.create_future()
        if self._queue.qsize() >= MAX_QUEUED_JOBS:
            raise Unavailable("too many writes wait")
        self._queue.put(QueuedJob(job, future))
        return await future

    def read_snapshot(self, job: Job[T]) -> T:
        with self._readers.begin() as connection:
            return job(connection)

    async def close(self) -> None:
        if self._watch:
            self._watch.cancel()
            await asyncio.to_thread(self._queue.put, None)
            await asyncio.to_thread(self._thread.join, 10)
        self._pool.shutdown()
        self.engine.dispose()
        self._readers.dispose()

    def _read(self, job: Job[T]) -> T:
        try:
            with self._readers.begin() as connection:
                return job(connection)
        except OperationalError as error:
            raise Unavailable(str(error.orig)) from error

    def _drain(self) -> None:
        with self.engine.connect() as connection:
            while group := self._gather():
                done = self._run(connection, group)
                self._loop.call_soon_threadsafe(self._settle, done, take_topics(connection))

    def _gather(self) -> list[QueuedJob]:
        """Waits for a job, and returns it with those that were queued meanwhile. Returns none when closing."""
        group = []
        first = self._queue.get()
        while first is not None:
            if not first.future.cancelled():
                group.append(first)
            if len(group) == MAX_GROUP_SIZE or (group and self._queue.empty()):
                break
            first = self._queue.get()
        if first is None and group:
            self._queue.put(None)
        return group

    def _run(self, connection: Connection, group: list[QueuedJob]) -> list[tuple[QueuedJob, Any, BaseException | None]]:
        try:
            with connection.begin():
                results = [waiting.job(connection) for waiting in group]
            return [(waiting, result, None) for waiting, result in zip(group, results, strict=True)]
        except Exception as error:
            take_topics(connection)  # of what was rolled back
            if len(group) == 1:
                return [(group[0], None, _to_unavailable(error))]
        done, topics = [], set[str]()
        for waiting in group:
            done += self._run(connection, [waiting])
            topics |= take_topics(connection)
        for topic in topics:
            announce(connection, topic)
        return done

    def _settle(self, done: list[tuple[QueuedJob, Any, BaseException | None]], topics: set[str]) -> None:
        for waiting, result, error in done:
            if waiting.future.cancelled():
                continue
            if error is None:
                waiting.future.set_result(result)
            else:
                waiting.future.set_exception(error)
        self._hub.wake(topics)

    async def _watch_other_processes(self) -> None:
        """Wakes every listener when another process has written.

        Commands write beside a running server. The writer's `data_version` changes when another connection commits.
        """
        seen = None
        while True:
            with contextlib.suppress(Unavailable):
                version = await self.write(_data_version)
                if seen not in (None, version):
                    self._hub.wake_all()
                seen = version
            await asyncio.sleep(1)


def _data_version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())


def _to_unavailable(error: Exception) -> Exception:
    return Unavailable(str(error.orig)) if isinstance(error, OperationalError) else error
