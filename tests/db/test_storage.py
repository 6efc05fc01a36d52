"""Checks what `read`, `write` and `listen` promise, on both databases."""

import asyncio
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from forecourt import clock
from forecourt.db.append_only import APPEND_ONLY
from forecourt.db.database import Database
from forecourt.db.migrate import is_current, newest_revision
from forecourt.db.notify import announce
from forecourt.db.tables import visitors
from forecourt.errors import Unavailable
from forecourt.resources import MIGRATIONS
from tests.db.triggers import expected_triggers, list_triggers
from tests.deadline import DEADLINE

pytestmark = pytest.mark.anyio


def add(connection: Connection, name: str) -> str:
    connection.execute(visitors.insert(), {"id": name, "site": "main", "created_at": clock.now()})
    return name


async def names(database: Database) -> set[str]:
    return set(
        await database.read(lambda c: list(c.execute(visitors.select().with_only_columns(visitors.c.id)).scalars()))
    )


async def test_a_migrated_database_is_current(database: Database) -> None:
    assert await database.read(is_current)


async def test_a_database_without_tables_or_of_an_earlier_revision_is_not_current(database: Database) -> None:
    await database.write(lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'"))
    assert not await database.read(is_current)
    await database.write(lambda c: c.exec_driver_sql("DROP TABLE alembic_version"))
    assert not await database.read(is_current)


def test_the_newest_revision_is_alembics_head() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert scripts.get_heads() == [newest_revision()]


async def test_what_write_returned_is_there_to_read(database: Database) -> None:
    assert await database.write(lambda c: add(c, "a")) == "a"
    assert await names(database) == {"a"}


async def test_a_hundred_writes_at_once_are_all_kept(database: Database) -> None:
    await asyncio.gather(*(database.write(lambda c, n=n: add(c, f"v{n}")) for n in range(100)))  # type: ignore[misc] # mypy does not infer lambdas with defaults
    assert len(await names(database)) == 100


async def test_a_failing_write_costs_its_neighbours_nothing(database: Database) -> None:
    def fail(connection: Connection) -> str:
        add(connection, "half")
        raise ValueError("on purpose")

    jobs: list[Any] = [lambda c: add(c, "before"), fail, lambda c: add(c, "after")]
    results = await asyncio.gather(*(database.write(job) for job in jobs), return_exceptions=True)
    assert [type(result) for result in results] == [str, ValueError, str]
    assert await names(database) == {"before", "after"}


@pytest.mark.parametrize("error", [StopIteration, GeneratorExit, SystemExit, asyncio.CancelledError])
async def test_a_job_may_raise_anything(database: Database, error: type[BaseException]) -> None:
    def fail(_: Connection) -> None:
        raise error

    for run in (database.read, database.write):
        with pytest.raises(RuntimeError, match=error.__name__):
            await run(fail)
    assert await database.write(lambda c: add(c, "after")) == "after"


@pytest.mark.parametrize("error", [StopIteration, GeneratorExit, SystemExit])
async def test_a_job_that_raises_anything_costs_its_neighbours_nothing(
    database: Database, error: type[BaseException]
) -> None:
    def fail(connection: Connection) -> str:
        add(connection, "half")
        raise error

    jobs: list[Any] = [lambda c: add(c, "before"), fail, lambda c: add(c, "after")]
    results = await asyncio.gather(*(database.write(job) for job in jobs), return_exceptions=True)
    assert [type(result) for result in results] == [str, RuntimeError, str]
    assert await names(database) == {"before", "after"}


async def test_what_is_read_at_leisure_keeps_no_writer_waiting_and_does_not_move(database: Database) -> None:
    counted = select(func.count()).select_from(visitors)
    loop = asyncio.get_running_loop()

    def look(connection: Connection) -> tuple[int, int]:
        before = connection.execute(counted).scalar_one()
        asyncio.run_coroutine_threadsafe(database.write(lambda c: add(c, "meanwhile")), loop).result(DEADLINE)
        return before, connection.execute(counted).scalar_one()

    assert await asyncio.to_thread(database.read_snapshot, look) == (0, 0)
    assert await names(database) == {"meanwhile"}


async def test_a_listener_is_woken_by_what_was_announced_and_by_nothing_else(
    listening_database: Database,
) -> None:
    with listening_database.listen("mine") as mine, listening_database.listen("other") as other:
        await listening_database.write(lambda c: announce(c, "mine"))
        assert await mine.wait(DEADLINE)
        assert not await other.wait(0)


async def test_what_is_rolled_back_wakes_nobody(listening_database: Database) -> None:
    def fail(connection: Connection) -> None:
        announce(connection, "mine")
        raise ValueError("on purpose")

    with listening_database.listen("mine") as mine, listening_database.listen("last") as last:
        with pytest.raises(ValueError, match="on purpose"):
            await listening_database.write(fail)
        await listening_database.write(lambda c: announce(c, "last"))
        assert await last.wait(DEADLINE)
        assert not await mine.wait(0)


async def test_a_time_keeps_its_microseconds_and_its_zone(database: Database) -> None:
    now = clock.now()
    await database.write(
        lambda c: c.execute(visitors.insert(), {"id": "a", "site": "main", "created_at": now}) and None
    )
    assert await database.read(lambda c: c.execute(visitors.select()).one().created_at) == now


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
async def test_every_append_only_table_has_its_triggers(database: Database, table: str) -> None:
    expected = {name for name in expected_triggers(database.engine.dialect.name) if name.startswith(f"{table}_no_")}
    assert expected <= await database.read(list_triggers)


_WORDS = {
    "deliveries": "outbox_key",
    "log_leaves": "record",
    "log_nodes": "hash",
    "log_checkpoints": "note",
    "log_keys": "note",
    "audit_log": "action",
}
_ROWS = {
    "notices": ("hash, site, locale, content, created_at", "'h', 'main', 'en', '{}', 1"),
    "releases": ("site, number, sha256, content, published_at, effective_at", "'main', 1, 'x', '{}', 1, '2026-01-01'"),
    "consents": (
        "seq, id, visitor, site, action, offered, purposes, notice_hash, terms, locale, source, gesture, commitment,"
        " created_at",
        "1, 'c', 'v', 'main', 'grant', '[]', '{}', 'h', '{}', 'en', 'banner', 'trusted', '', 1",
    ),
    "change_notices": (
        "id, site, release, follower, channel, locale, content_hash, commitment, created_at",
        "'n', 'main', 2, 'f', 'mail', 'en', 'x', 'y', 1",
    ),
    "log_leaves": ("position, record, hash", "1, 'main', 'h'"),
    "log_nodes": ("level, position, hash", "8, 1, 'main'"),
    "log_keys": ("seq, new_key, note, created_at", "1, 'key', 'main', 1"),
    "audit_log": ("seq, at, agent, action, subject, site, detail", "1, 1, 'a', 'main', '', '', ''"),
    "log_checkpoints": ("size, last_consent_seq, note, created_at", "1, 1, 'main', 1"),
    "deliveries": ("seq, outbox_key, outcome, code, created_at", "1, 'main', 'accepted', 250, 1"),
}


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
@pytest.mark.parametrize("attack", ["update", "delete", "replace", "truncate"])
async def test_what_is_appended_cannot_be_changed(database: Database, table: str, attack: str) -> None:
    columns, values = _ROWS[table]
    postgres = database.engine.dialect.name == "postgresql"
    await database.write(lambda c: c.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})")) and None)
    key, word = columns.partition(",")[0], _WORDS.get(table, "site")
    attacks = {
        "update": f"UPDATE {table} SET {word} = 'evil'",
        "delete": f"DELETE FROM {table}",
        "replace": f"INSERT INTO {table} ({columns}) VALUES ({values}) ON CONFLICT DO UPDATE SET {word} = 'evil'"
        if not postgres
        else f"UPDATE {table} SET {key} = {key}",
        "truncate": f"TRUNCATE {table}"
        if postgres
        else f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({values})",
    }
    with pytest.raises((DBAPIError, Unavailable), match="append-only"):
        await database.write(lambda c: c.execute(text(attacks[attack])) and None)
    value = await database.read(lambda c: c.execute(text(f"SELECT {word} FROM {table}")).scalar_one())
    assert value in ("main", b"main")
