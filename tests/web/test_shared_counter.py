"""Checks that servers which share a PostgreSQL count together, exactly, in a table that does not grow."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from forecourt.db.database import Database, open_database
from forecourt.db.tables import rate_limit_hits
from forecourt.web.hit_counter import Hit
from forecourt.web.rate_limits import RateLimit
from forecourt.web.shared_counter import SharedCounter
from tests.rate_limits import find_limit

pytestmark = pytest.mark.anyio
NETWORK = RateLimit("contact", "network", 20, 3600, "a test's own, longer than any machine takes")
VISITOR = RateLimit("contact", "visitor", 5, 3600, "the same")


@pytest.fixture
def engine() -> str:
    """Only PostgreSQL is shared by several servers."""
    return "postgresql"


def hits(network: int, visitor: int) -> list[Hit]:
    return [Hit(NETWORK, network.to_bytes(16)), Hit(VISITOR, visitor.to_bytes(16))]


async def count_rows(database: Database) -> int:
    return await database.read(lambda c: c.execute(select(func.count()).select_from(rate_limit_hits)).scalar_one())


async def move_back(database: Database, seconds: int) -> None:
    """Makes every hit older, as if time had passed."""
    statement = text(
        "UPDATE rate_limit_hits SET expires_at = expires_at - :by, "
        "times = array(SELECT moment - :by FROM unnest(times) AS moment)"
    )
    await database.write(lambda c: c.execute(statement, {"by": seconds * 1_000_000}) and None)


async def test_two_servers_count_together_and_exactly(database: Database, database_url: str, tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        other = open_database(database_url, tmp_path)
        await other.start()
        stack.push_async_callback(other.close)
        counters = (SharedCounter(database), SharedCounter(other))
        waits = await asyncio.gather(*(counters[n % 2].count(hits(1, n)) for n in range(60)))
    assert waits.count(0) == NETWORK.most
    assert all(3500 < wait <= 3600 for wait in waits if wait)


async def test_what_is_refused_uses_up_nothing_and_makes_no_row(database: Database) -> None:
    counter = SharedCounter(database)
    waits = [await counter.count(hits(1, 1)) for _ in range(50)]
    assert waits.count(0) == VISITOR.most
    rest = [await counter.count(hits(1, visitor)) for visitor in range(2, 40)]
    assert rest.count(0) == NETWORK.most - VISITOR.most
    assert await count_rows(database) == 2 + NETWORK.most - VISITOR.most


async def test_the_window_slides(database: Database) -> None:
    counter = SharedCounter(database)
    for _ in range(3):
        assert await counter.count(hits(1, 1)) == 0
    await move_back(database, 1800)
    assert [await counter.count(hits(1, 1)) > 0 for _ in range(3)] == [False, False, True]
    assert 1700 < await counter.count(hits(1, 1)) <= 1800
    await move_back(database, 1800)
    assert [await counter.count(hits(1, 1)) > 0 for _ in range(4)] == [False, False, False, True]


async def test_expired_rows_are_swept_by_later_hits(database: Database) -> None:
    counter = SharedCounter(database)
    for number in range(15):
        await counter.count(hits(number, number))
    assert await count_rows(database) == 30
    await move_back(database, 3601)
    for _ in range(4):
        await counter.count(hits(99, 99))
    assert await count_rows(database) == 2


async def test_a_clock_that_was_set_back_locks_nobody_out(database: Database) -> None:
    counter = SharedCounter(database)
    for _ in range(VISITOR.most + 1):
        last = await counter.count(hits(1, 1))
    assert last > 0
    await move_back(database, -10 * 3600)
    assert await counter.count(hits(1, 1)) == 0


async def test_a_row_names_nobody_and_is_not_logged(database: Database) -> None:
    await SharedCounter(database).count([Hit(find_limit("sign_in", "account"), b"x" * 16)])
    statement = text("SELECT relpersistence::text FROM pg_class WHERE relname = 'rate_limit_hits'")
    assert await database.read(lambda c: c.execute(statement).scalar_one()) == "u"
