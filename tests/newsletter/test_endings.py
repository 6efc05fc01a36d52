"""Checks that a choice without the newsletter costs as little as it ends: nothing, for a visitor who is new."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from forecourt.app import Application
from forecourt.db.database import Database
from forecourt.newsletter import store
from tests.page import Page

pytestmark = pytest.mark.anyio


@contextmanager
def record_deletions(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Yields a list that gets each DELETE which the engine executes, with its parameters."""
    deletions: list[tuple[str, Any]] = []

    def record(_: Any, cursor: Any, statement: str, parameters: Any, *others: Any) -> None:
        if statement.startswith("DELETE"):
            deletions.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", record)
    yield deletions
    event.remove(engine, "before_cursor_execute", record)


def query_plans(connection: Connection) -> list[str]:
    """Ends a visitor's newsletter. Returns the plan of each statement that deletes rows."""
    with record_deletions(connection.engine) as deletions:
        store.delete_of_visitor(connection, "visitor")
    explain = "EXPLAIN QUERY PLAN "
    if connection.dialect.name == "postgresql":
        explain = "EXPLAIN "
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # a table without rows is read whole
    return ["\n".join(map(str, connection.exec_driver_sql(explain + sql, bound))) for sql, bound in deletions]


async def test_ending_a_visitors_newsletter_reads_no_table_whole(database: Database) -> None:
    plans = await database.write(query_plans)
    assert sum("one_time_links_by_subject" in plan for plan in plans) == 2
    assert not [plan for plan in plans if "Seq Scan" in plan or "SCAN " in plan]


async def test_the_first_choice_of_a_visitor_ends_nothing(page: Page, application: Application) -> None:
    with record_deletions(application.database.engine) as deletions:
        answer = await page.choose({})
    assert answer.status_code == 201
    assert [sql for sql, _ in deletions if "one_time_links" in sql] == []
    page.token = answer.json()["token"]
    with record_deletions(application.database.engine) as deletions:
        assert (await page.choose({"support": True})).status_code == 201
    assert [sql for sql, _ in deletions if "one_time_links" in sql]
