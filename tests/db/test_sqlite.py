"""Checks what only SQLite has: one writer, durability (synchronous=FULL), and notice of other processes."""

import asyncio
import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection

from forecourt import clock
from forecourt.db import sqlite, write_ahead_log
from forecourt.db.database import Database, open_database
from forecourt.db.sqlite import SqliteDriver
from forecourt.db.tables import visitors
from forecourt.db.write_ahead_log import truncate_wal_after_commit
from forecourt.errors import Unavailable
from tests.deadline import DEADLINE, PAUSE, wait_until, wait_until_async

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    return "sqlite"


async def test_commits_are_durable(database: Database) -> None:
    mode = await database.write(lambda c: c.exec_driver_sql("PRAGMA synchronous").scalar_one())
    journal = await database.write(lambda c: c.exec_driver_sql("PRAGMA journal_mode").scalar_one())
    assert (mode, journal) == (2, "wal")


def bytes_of(path: Path) -> bytes:
    """The file, once all that was written stands in it."""
    engine = sqlite.make_engine(path, "")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path.read_bytes()


async def test_what_was_deleted_stands_in_the_file_no_more(database: Database, tmp_path: Path) -> None:
    row = {"id": "somebody-who-was-erased", "site": "main", "created_at": clock.now()}
    await database.write(lambda c: c.execute(visitors.insert(), row) and None)
    file = tmp_path / "forecourt.sqlite3"
    assert b"somebody-who-was-erased" in bytes_of(file)
    await database.write(lambda c: c.execute(visitors.delete()) and None)
    assert b"somebody-who-was-erased" not in bytes_of(file)


async def test_the_bundled_sqlite_is_one_that_does_not_lose_commits(database: Database) -> None:
    assert sqlite.VERSION >= sqlite.SAFE_VERSION


async def test_what_another_process_wrote_wakes_listeners(database: Database, tmp_path: Path) -> None:
    other = sqlite.make_engine(tmp_path / "forecourt.sqlite3")
    woken, number = False, 0
    with database.listen("anything") as listener:
        async with asyncio.timeout(DEADLINE):
            while not woken:  # what was written before the server looked first is no news to it
                number += 1
                with other.begin() as connection:
                    connection.execute(
                        visitors.insert(), {"id": f"{number}", "site": "main", "created_at": clock.now()}
                    )
                woken = await listener.wait(PAUSE)
    other.dispose()


async def test_a_full_queue_is_told_and_not_waited_for(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "MAX_QUEUED_JOBS", 3)
    shutil.copy(sqlite_template, tmp_path / "forecourt.sqlite3")
    database = open_database("", tmp_path)
    await database.start()
    results = await asyncio.gather(*(database.write(lambda c: None) for _ in range(50)), return_exceptions=True)
    await database.close()
    assert any(isinstance(result, Unavailable) for result in results)
    assert any(result is None for result in results)


async def test_a_writer_thread_that_ended_is_reported_and_started_again(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    has_ended = threading.Event()

    def end_the_thread() -> None:
        monkeypatch.undo()
        has_ended.set()
        raise SystemExit

    monkeypatch.setattr(SqliteDriver, "_commit", lambda *_: end_the_thread())
    jobs = [database.write(lambda c, n=n: add_visitor(c, f"v{n}")) for n in range(20)]  # type: ignore[misc] # mypy does not infer lambdas with defaults
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert await asyncio.to_thread(has_ended.wait, DEADLINE)
    acknowledged = {result for result in results if isinstance(result, str)}
    assert all(isinstance(result, str | Unavailable) for result in results)
    await asyncio.to_thread(wait_until, lambda: database.interruptions)  # without anybody's write
    await wait_until_async(lambda: is_writable(database))
    assert database.find_problem() is None
    assert database.interruptions == 1
    assert await database.read(visitor_names) == acknowledged | {"probe"}
    assert "the SQLite writer has ended" in caplog.text


async def is_writable(database: Database) -> bool:
    try:
        return await database.write(lambda c: add_visitor(c, "probe")) == "probe"
    except Unavailable:
        return False


def add_visitor(connection: Connection, name: str) -> str:
    connection.execute(visitors.insert(), {"id": name, "site": "main", "created_at": clock.now()})
    return name


def visitor_names(connection: Connection) -> set[str]:
    return {row.id for row in connection.execute(visitors.select())}


async def test_a_write_that_holds_the_writer_is_reported(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "DEADLINE", 0.01)
    is_done = threading.Event()
    write = asyncio.create_task(database.write(lambda c: is_done.wait(DEADLINE)))
    problem = await asyncio.to_thread(wait_until, database.find_problem)
    assert "One write has lasted" in problem
    is_done.set()
    await write


def read_log(folder: Path) -> bytes:
    log = folder / "forecourt.sqlite3-wal"
    return log.read_bytes() if log.exists() else b""


async def test_what_was_erased_stands_in_the_log_no_more(database: Database, tmp_path: Path) -> None:
    await database.write(lambda c: add_visitor(c, "somebody-who-was-erased"))
    assert b"somebody-who-was-erased" in read_log(tmp_path)

    def erase(connection: Connection) -> None:
        connection.execute(visitors.delete())
        truncate_wal_after_commit(connection)

    await database.write(erase)
    await asyncio.to_thread(wait_until, lambda: b"somebody-who-was-erased" not in read_log(tmp_path))


async def test_what_was_erased_leaves_the_log_after_its_last_reader(database: Database, tmp_path: Path) -> None:
    await database.write(lambda c: add_visitor(c, "somebody-who-was-erased"))
    reader = sqlite.make_engine(tmp_path / "forecourt.sqlite3", "BEGIN")
    with reader.begin() as connection:
        assert visitor_names(connection) == {"somebody-who-was-erased"}

        def erase(connection: Connection) -> None:
            connection.execute(visitors.delete())
            truncate_wal_after_commit(connection)

        await database.write(erase)
        await database.write(lambda c: add_visitor(c, "another"))  # the writer does not wait for the reader
        assert b"somebody-who-was-erased" in read_log(tmp_path)
    await asyncio.to_thread(wait_until, lambda: b"somebody-who-was-erased" not in read_log(tmp_path))
    reader.dispose()


async def test_a_log_that_grew_beside_a_long_reader_shrinks_again(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_ahead_log, "INTERVAL", 0.1)
    shutil.copy(sqlite_template, tmp_path / "forecourt.sqlite3")
    database = open_database("", tmp_path)
    await database.start()
    reader = sqlite.make_engine(tmp_path / "forecourt.sqlite3", "BEGIN")
    with reader.begin() as connection:
        visitor_names(connection)
        for number in range(40):
            await database.write(lambda c, n=number: add_visitor(c, f"{n}" + "x" * 1_000_000))  # type: ignore[misc] # mypy does not infer lambdas with defaults
        assert len(read_log(tmp_path)) > write_ahead_log.SIZE_LIMIT
    await asyncio.to_thread(wait_until, lambda: len(read_log(tmp_path)) <= write_ahead_log.SIZE_LIMIT)
    reader.dispose()
    await database.close()
