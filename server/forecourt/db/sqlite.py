"""Runs jobs on SQLite: one writer thread commits waiting jobs as one transaction, beside a few readers.

A group runs without savepoints. When a job raises, the group is rolled back and replayed job by job, so that one bad
job costs its neighbours time and nothing else. After a COMMIT that fails the jobs are replayed the same way, and
those that fail again raise. Whatever ends the writer thread itself, `write` starts another one.
"""

import asyncio
import contextlib
import logging
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from forecourt import private_files
from forecourt.db.driver import DEADLINE, MAX_QUEUED_JOBS, Job, to_job_error
from forecourt.db.notify import ListenerHub, announce, take_topics
from forecourt.db.write_ahead_log import SIZE_LIMIT, WalTruncation
from forecourt.errors import Unavailable

try:
    import pysqlite3 as sqlite3
except ImportError:  # no wheel for this machine: the standard library's, of which `check` warns
    import sqlite3

T = TypeVar("T")
DatabaseError = sqlite3.DatabaseError
VERSION: tuple[int, ...] = sqlite3.sqlite_version_info
SAFE_VERSION = (3, 51, 3)  # before it two connections that checkpoint at once can lose commits
READERS = 4
MAX_GROUP_SIZE = 256
RESTART_SECONDS = 1.0  # between the end of a writer thread and the start of the next
log = logging.getLogger(__name__)
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "secure_delete=ON",  # what was erased is overwritten, too
    f"journal_size_limit={SIZE_LIMIT}",
)


class QueuedJob(NamedTuple):
    """Holds a job that waits for the writer, and the future that gets its result."""

    job: Job[Any]
    future: "asyncio.Future[Any]"


class JobOutcome(NamedTuple):
    """Holds what a queued job returned, or the error that its caller gets."""

    queued: QueuedJob
    result: Any
    error: Exception | None = None


def connect(path: Path) -> Any:
    """Returns a connection of the driver itself, which begins no transaction, for what no transaction may hold."""
    return sqlite3.connect(str(path), isolation_level=None)


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
        _make_private(path)
        self.engine = make_engine(path)
        self.interruptions = 0
        self._readers = make_engine(path, "BEGIN", READERS)
        self._pool = ThreadPoolExecutor(READERS, "sqlite-reader")
        self._queue: queue.SimpleQueue[QueuedJob | None] = queue.SimpleQueue()
        self._truncation = WalTruncation()
        self._thread: threading.Thread | None = None
        self._restart_at = 0.0  # by the monotonic clock, as is the next
        self._group_started_at: float | None = None
        self._is_closing = False
        self._watch: asyncio.Task[None] | None = None

    async def start(self, hub: ListenerHub) -> None:
        self._loop, self._hub = asyncio.get_running_loop(), hub
        self._start_writer()
        self._watch = asyncio.create_task(self._watch_other_processes())

    async def read(self, job: Job[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, job)

    async def write(self, job: Job[T]) -> T:
        future: asyncio.Future[T] = self._loop.create_future()
        self._require_writer()
        if self._queue.qsize() >= MAX_QUEUED_JOBS:
            raise Unavailable("too many writes wait")
        self._queue.put(QueuedJob(job, future))
        return await future

    def read_snapshot(self, job: Job[T]) -> T:
        with self._readers.begin() as connection:
            return job(connection)

    def find_problem(self) -> str | None:
        """Implements `Driver.find_problem`: the thread has ended, or one transaction holds it."""
        if not (self._thread and self._thread.is_alive()):
            return "The writer thread does not run."
        started_at = self._group_started_at
        if started_at is not None and time.monotonic() - started_at > DEADLINE:
            return f"One write has lasted {time.monotonic() - started_at:.0f} seconds."
        return None

    async def close(self) -> None:
        self._is_closing = True
        if self._watch:
            self._watch.cancel()
            self._queue.put(None)
            if self._thread:
                await asyncio.to_thread(self._thread.join, 10)
        self._pool.shutdown()
        self.engine.dispose()
        self._readers.dispose()

    def _require_writer(self) -> None:
        """Starts another writer where the last one has ended. Raises `Unavailable` where that was a moment ago."""
        if self._is_closing:
            raise Unavailable("the database is closed")
        if not (self._thread and self._thread.is_alive()):
            if time.monotonic() < self._restart_at:
                raise Unavailable("the writer thread has ended and starts again in a moment")
            self.interruptions += 1
            self._start_writer()

    def _start_writer(self) -> None:
        self._thread = threading.Thread(target=self._drain, name="sqlite-writer", daemon=True)
        self._thread.start()

    def _read(self, job: Job[T]) -> T:
        try:
            with self._readers.begin() as connection:
                return job(connection)
        except BaseException as error:
            raise _to_caller_error(error) from error

    def _drain(self) -> None:
        """Commits what is queued until the driver closes. What ends it earlier is logged, and its jobs are refused."""
        group: list[QueuedJob] = []
        try:
            with self.engine.connect() as connection:
                while group := self._gather():
                    self._commit(connection, group)
        except BaseException:
            log.exception("the SQLite writer has ended; another one starts")
            self._restart_at = time.monotonic() + RESTART_SECONDS
            self.engine.dispose()  # the next one opens the file again
            self._refuse(group)
        finally:
            self._group_started_at = None

    def _commit(self, connection: Connection, group: list[QueuedJob]) -> None:
        """Runs a group, answers its callers, and then does what may wait."""
        self._group_started_at = time.monotonic()
        outcomes = self._run(connection, group)
        self._loop.call_soon_threadsafe(self._settle, outcomes, take_topics(connection))
        self._truncation.run_if_due(connection)
        self._group_started_at = None

    def _refuse(self, group: list[QueuedJob]) -> None:
        """Answers `Unavailable` to a group that may not have been committed, and to all that are queued."""
        with contextlib.suppress(queue.Empty):
            while queued := self._queue.get_nowait():
                group.append(queued)
            self._queue.put(None)  # the driver closes
        outcomes = [JobOutcome(queued, None, Unavailable("the writer thread has ended")) for queued in group]
        with contextlib.suppress(RuntimeError):  # the event loop may be closed
            self._loop.call_soon_threadsafe(self._settle, outcomes, set())

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

    def _run(self, connection: Connection, group: list[QueuedJob]) -> list[JobOutcome]:
        try:
            with connection.begin():
                results = [queued.job(connection) for queued in group]
            return [JobOutcome(queued, result) for queued, result in zip(group, results, strict=True)]
        except BaseException as error:  # one job's SystemExit must not cost its neighbours their answer
            _end_transaction(connection)
            take_topics(connection)  # of what was rolled back
            if len(group) == 1:
                return [JobOutcome(group[0], None, _to_caller_error(error))]
        outcomes, topics = [], set[str]()
        for queued in group:
            outcomes += self._run(connection, [queued])
            topics |= take_topics(connection)
        for topic in topics:
            announce(connection, topic)
        return outcomes

    def _settle(self, outcomes: list[JobOutcome], topics: set[str]) -> None:
        for queued, result, error in outcomes:
            if queued.future.done():
                continue
            if error is None:
                queued.future.set_result(result)
            else:
                queued.future.set_exception(error)
        self._hub.wake(topics)

    async def _watch_other_processes(self) -> None:
        """Wakes every listener when another process has written.

        Commands write beside a running server. The writer's `data_version` changes when another connection commits.
        """
        last_version = None
        while True:
            with contextlib.suppress(Unavailable):
                version = await self.write(_data_version)
                if last_version not in (None, version):
                    self._hub.wake_all()
                    self._truncation.request()  # it may have erased something
                last_version = version
            await asyncio.sleep(1)


def _make_private(path: Path) -> None:
    """Keeps the database to its owner, even in a folder that others may read. SQLite's own files follow it."""
    if path.parent.is_dir():
        private_files.make_private(path)
        for name in (f"{path.name}-wal", f"{path.name}-shm"):
            if path.with_name(name).exists():
                private_files.make_private(path.with_name(name))


def _end_transaction(connection: Connection) -> None:
    """Ends what a COMMIT that failed left open: SQLAlchemy counts it as ended, and the next BEGIN would fail.

    A connection that cannot even do this raises, and is given up.
    """
    driver: Any = connection.connection.dbapi_connection
    if driver.in_transaction:
        driver.rollback()


def _data_version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())


def _to_caller_error(error: BaseException) -> Exception:
    """Returns what the caller of a job is told that raised `error`."""
    return Unavailable(str(error.orig)) if isinstance(error, OperationalError) else to_job_error(error)
