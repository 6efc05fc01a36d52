"""Checks that no gated write follows a withdrawal that is made at the same moment."""

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy import Connection, text

from forecourt.app import Application
from forecourt.consent import actions
from forecourt.consent.grant import Contact, Visitor
from forecourt.db.database import Database
from forecourt.errors import ConsentRequired
from forecourt.visitor_token import read_visitor_token
from tests.deadline import DEADLINE, wait_until_async
from tests.page import LETTER, Page

pytestmark = pytest.mark.anyio


def visitor_of(page: Page, application: Application) -> Visitor:
    identity = read_visitor_token(application.keys.visitor_serializer(), page.token or "", "main")
    return Visitor(identity, application.context.offers["main"])


WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


async def wait_until_queued(database: Database) -> None:
    """Until the write begun last waits for the one before: in SQLite's queue, or for PostgreSQL's lock."""
    await asyncio.sleep(0)  # the task's first step puts it into the queue
    if database.engine.dialect.name == "postgresql":
        await wait_until_async(lambda: database.read(lambda c: c.execute(WAITS).scalar_one()))


async def test_a_withdrawal_waits_for_the_write_that_relies_on_the_consent(
    page: Page, application: Application
) -> None:
    await page.accept()
    visitor, order = visitor_of(page, application), list[str]()
    relying, go_on = threading.Event(), threading.Event()

    def slow_write(connection: Connection) -> None:
        actions.require(connection, visitor, Contact)
        relying.set()
        assert go_on.wait(DEADLINE)
        order.append("written")

    def withdrawal(connection: Connection) -> None:
        actions.withdraw(connection, visitor)
        order.append("withdrawn")

    writing = asyncio.create_task(application.database.write(slow_write))
    assert await asyncio.to_thread(relying.wait, DEADLINE)
    withdrawing = asyncio.create_task(application.database.write(withdrawal))
    await wait_until_queued(application.database)
    assert order == []
    go_on.set()
    await asyncio.gather(writing, withdrawing)
    assert order == ["written", "withdrawn"]


async def test_a_write_that_comes_after_a_withdrawal_sees_it(page: Page, application: Application) -> None:
    await page.accept()
    visitor = visitor_of(page, application)
    withdrawn, go_on = threading.Event(), threading.Event()

    def slow_withdrawal(connection: Connection) -> None:
        actions.withdraw(connection, visitor)
        withdrawn.set()
        assert go_on.wait(DEADLINE)

    def write(connection: Connection) -> Any:
        return actions.require(connection, visitor, Contact)

    withdrawing = asyncio.create_task(application.database.write(slow_withdrawal))
    assert await asyncio.to_thread(withdrawn.wait, DEADLINE)
    writing = asyncio.create_task(application.database.write(write))
    await wait_until_queued(application.database)
    go_on.set()
    await withdrawing
    with pytest.raises(ConsentRequired):
        await writing


async def test_under_a_storm_of_both_no_message_is_newer_than_the_withdrawal(
    page: Page, application: Application
) -> None:
    await page.accept()
    storm = [page.post("contact", LETTER) for _ in range(20)]
    answers = await asyncio.gather(*storm[:10], page.withdraw(), *storm[10:])
    assert {answer.status_code for answer in answers} <= {200, 201, 403}
    assert (await page.post("contact", LETTER)).status_code == 403
