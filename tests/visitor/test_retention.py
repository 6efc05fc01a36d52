"""What is kept is deleted when its promised time is over, and not before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.visitor import retention
from tests.page import LETTER, Page

pytestmark = pytest.mark.anyio
KEPT = ("contact_messages", "conversations", "messages", "subscribers", "links", "outbox")


async def fill(page: Page) -> None:
    await page.accept()
    await page.post("contact", LETTER)
    await page.post("newsletter", {"email": "ola@example.com"})
    await page.post(f"conversations/{await page.converse()}/messages", {"key": "k", "body": "Hei"})


async def kept_after(application: Application, count: Callable[[str], Any], days: int) -> set[str]:
    now = clock.now() + timedelta(days=days)
    sites = application.settings.sites
    while await application.database.write(lambda c: retention.expire(c, sites, now)):
        pass
    return {table for table in KEPT if await count(table)}


async def test_nothing_goes_before_its_time(page: Page, application: Application, count: Callable[[str], Any]) -> None:
    await fill(page)
    assert await kept_after(application, count, 1) == set(KEPT)


async def test_a_link_and_an_address_that_never_said_yes_go_first(
    page: Page, application: Application, count: Callable[[str], Any]
) -> None:
    await fill(page)
    assert await kept_after(application, count, 8) >= {"contact_messages", "conversations", "messages"}
    assert {"links", "subscribers"}.isdisjoint(await kept_after(application, count, 8))


async def test_messages_go_when_their_purposes_time_is_over(
    page: Page, application: Application, count: Callable[[str], Any]
) -> None:
    await fill(page)
    days = application.settings.sites["main"].purposes["support"].days
    assert {"contact_messages", "messages"} <= await kept_after(application, count, days - 1)
    assert await kept_after(application, count, days + 1) <= {"outbox"}


async def test_the_proof_stays(page: Page, application: Application, count: Callable[[str], Any]) -> None:
    await fill(page)
    await kept_after(application, count, 4000)
    assert await count("consents") == 1


async def test_a_round_ends_when_nothing_is_due(page: Page, application: Application) -> None:
    await fill(page)
    assert await retention.round_off(application.database, application.settings.sites) == 0
