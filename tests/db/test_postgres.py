"""Checks what only PostgreSQL has: a server that can go away and come back, and transactions that collide."""

from pathlib import Path

import pytest
from sqlalchemy import text

from forecourt.db.database import Database, open_database
from forecourt.db.migrate import migrate
from forecourt.db.notify import announce
from forecourt.errors import Unavailable
from tests.deadline import DEADLINE

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


def test_a_migration_may_run_in_two_processes_at_once(tmp_path: Path, database_url: str) -> None:
    first, second = open_database(database_url, tmp_path).engine, open_database(database_url, tmp_path).engine
    assert migrate(first) == migrate(second)
    first.dispose()
    second.dispose()
