"""Checks what only SQLite has: one writer, durability (synchronous=FULL), and notice of other processes."""

import asyncio
import shutil
from pathlib import Path

import pytest

from forecourt import clock
from forecourt.db import sqlite
from forecourt.db.database import Database, open_database
from forecourt.db.tables import visitors
from forecourt.errors import Unavailable
from tests.deadline import DEADLINE, PAUSE

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
