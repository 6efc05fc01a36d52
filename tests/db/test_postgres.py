"""Checks what only PostgreSQL has: a server that can go away and come back, and transactions that collide."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from forecourt.db import postgres
from forecourt.db.database import Database, open_database
from forecourt.db.migrate import migrate
from forecourt.db.notify import announce
from forecourt.errors import Unavailable
from tests.deadline import DEADLINE, wait_until
from tests.silent_proxy import SilentProxy

pytestmark = pytest.mark.anyio
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "


@pytest.fixture
def engine() -> str:
    return "postgresql"


async def test_lost_connections_are_told_and_opened_again(database: Database) -> None:
    await database.read(lambda c: c.execute(text("SELECT 1")).scalar_one())
    others = text(CUT + "pid <> pg_backend_pid()")
    await database.read(lambda c: c.execute(others).all())
    for _ in range(20):
        assert await database.read(lambda c: c.execute(text("SELECT 1")).scalar_one()) == 1


async def test_wake_ups_go_on_after_their_line_was_cut(listening_database: Database) -> None:
    with listening_database.listen("mine") as listener:
        cut = text(CUT + "query LIKE 'LISTEN%'")
        await listening_database.read(lambda c: c.execute(cut).all())
        assert await listener.wait(DEADLINE)  # the line is open again, and everyone looks
        await listening_database.write(lambda c: announce(c, "mine"))
        assert await listener.wait(DEADLINE)


async def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    database = open_database("postgresql://nobody@127.0.0.1:1/none", tmp_path)
    with pytest.raises(Unavailable):
        await database.read(lambda c: c.execute(text("SELECT 1")).scalar_one())
    await database.close()


async def test_a_collision_is_tried_again(database: Database) -> None:
    tries = 0

    def collide_once(connection: object) -> str:
        nonlocal tries
        tries += 1
        if tries == 1:
            connection.execute(text("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$"))  # type: ignore[attr-defined] # a Connection
        return "done"

    assert await database.write(collide_once) == "done"
    assert tries == 2


async def test_connections_of_a_server_that_only_reads_now_are_opened_again(database: Database) -> None:
    """A server that became a standby keeps its sessions. Only a new connection reaches the one that writes."""
    setting = "default_transaction_read_only"
    await database.write(
        lambda c: c.execute(text(f"ALTER DATABASE {c.engine.url.database} SET {setting} = on")) and None
    )
    database.engine.dispose()
    with pytest.raises(Unavailable):
        await database.write(lambda c: c.execute(text("CREATE TABLE probe ()")) and None)
    writable = f"SET {setting} = off"
    statements = (writable, f"ALTER DATABASE {database.engine.url.database} RESET {setting}")
    await database.read(lambda c: [c.execute(text(f"COMMIT; {each}")) for each in statements] and None)
    await database.write(lambda c: c.execute(text("CREATE TABLE probe ()")) and None)


def test_a_migration_has_no_timeout(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of millions of rows takes longer than any request may."""
    engine = postgres.make_engine(database_url)
    timeouts: list[str] = []

    def read_timeouts(connection: Connection, _: str) -> None:
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        timeouts.extend(connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names)

    monkeypatch.setattr("forecourt.db.migrate.is_current", lambda _: False)
    monkeypatch.setattr("forecourt.db.migrate._upgrade", read_timeouts)
    migrate(engine)
    engine.dispose()
    assert timeouts == ["0", "0", "0"]


def test_a_migration_may_run_in_two_processes_at_once(tmp_path: Path, database_url: str) -> None:
    first, second = open_database(database_url, tmp_path).engine, open_database(database_url, tmp_path).engine
    assert migrate(first) == migrate(second)
    first.dispose()
    second.dispose()


@pytest.fixture
async def proxy(database_url: str) -> AsyncIterator[SilentProxy]:
    async with SilentProxy(database_url) as proxy:
        yield proxy


@pytest.fixture
async def proxied(proxy: SilentProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """Returns a database whose connections all stand open behind the proxy."""
    monkeypatch.setattr(postgres, "LISTEN_CHECK_SECONDS", 0.5)
    database = open_database(proxy.url_through, tmp_path)
    with database.listen("any") as listener:
        await database.start()
        assert await listener.wait(DEADLINE)
    await asyncio.gather(*(database.read(select_one) for _ in range(3 * postgres.CONNECTIONS)))
    yield database
    await database.close()


def select_one(connection: Connection) -> int:
    return int(connection.execute(text("SELECT 1")).scalar_one())


async def test_pooled_connections_that_fell_silent_are_replaced_before_anyone_is_refused(
    proxy: SilentProxy, proxied: Database
) -> None:
    proxy.silence_open_connections()
    before = proxy.connections
    results = await asyncio.gather(*(proxied.read(select_one) for _ in range(50)), return_exceptions=True)
    assert [*filter(None, results)] == [1] * 50
    assert proxy.connections > before
    assert proxied.interruptions > 0


async def test_a_call_whose_connection_falls_silent_ends_at_its_deadline_and_frees_its_thread(
    proxy: SilentProxy, proxied: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_ended = threading.Event()

    def ask_the_silence(connection: Connection) -> None:
        select_one(connection)
        proxied_loop.call_soon_threadsafe(proxy.silence_open_connections)
        try:
            for _ in range(1000):
                select_one(connection)
        finally:
            has_ended.set()

    proxied_loop = asyncio.get_running_loop()
    with monkeypatch.context() as patch:
        patch.setattr(postgres, "DEADLINE", 1.0)
        with pytest.raises(Unavailable):
            await proxied.write(ask_the_silence)
    assert await asyncio.to_thread(has_ended.wait, DEADLINE)
    assert await proxied.read(select_one) == 1


async def test_wake_ups_go_on_after_their_line_fell_silent(proxy: SilentProxy, proxied: Database) -> None:
    with proxied.listen("mine") as listener:
        proxy.silence_open_connections()
        assert await listener.wait(DEADLINE)  # the line is open again, and everyone looks
        await proxied.write(lambda c: announce(c, "mine"))
        assert await listener.wait(DEADLINE)


def is_of_postgres(thread: threading.Thread) -> bool:
    return thread.name.startswith("postgres_")


async def test_closing_waits_for_no_silent_server(proxy: SilentProxy, tmp_path: Path) -> None:
    others = set(threading.enumerate())
    database = open_database(proxy.url_through, tmp_path)
    await database.start()
    await asyncio.gather(*(database.read(select_one) for _ in range(50)))
    proxy.freeze()
    calls = [asyncio.create_task(database.read(select_one)) for _ in range(3 * postgres.CONNECTIONS)]
    await asyncio.sleep(0)  # all are in their threads or queued
    async with asyncio.timeout(DEADLINE):
        await database.close()
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    # Each ends by itself, soon after its socket was shut.
    await asyncio.to_thread(wait_until, lambda: not any(map(is_of_postgres, {*threading.enumerate()} - others)))
