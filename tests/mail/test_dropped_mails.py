"""Checks that a mail which is dropped leaves no link, and takes none of the mails that its address may get."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.settings.server import Settings
from tests.followers.follow_steps import find_mails, request_follow
from tests.newsletter.newsletter_steps import OLA, ask
from tests.objections.objection_steps import IN_FORCE, submit_objection
from tests.page import Page

pytestmark = pytest.mark.anyio
TIMES = 4  # more often than an address is mailed in a day


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, limits=True, unconfirmed_mails=replace(settings.unconfirmed_mails, mailbox=1))


@pytest.fixture
def pass_an_hour(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def move() -> None:
        later = clock.now() + timedelta(hours=1, minutes=1)
        monkeypatch.setattr(clock, "now", lambda: later)

    return move


async def test_a_dropped_confirmation_of_the_newsletter_is_not_counted(
    page: Page, application: Application, count: Callable[[str], Any], pass_an_hour: Callable[[], None]
) -> None:
    await page.accept()
    await request_follow(page, OLA["email"])
    for _ in range(TIMES):
        await ask(page)
    assert [await count(table) for table in ("suppressions", "one_time_links")] == [1, 1]
    pass_an_hour()
    await ask(page)
    assert len(await find_mails(application, "newsletter_confirmation")) == 1
    assert [await count(table) for table in ("suppressions", "one_time_links")] == [2, 2]


async def test_a_dropped_confirmation_of_a_follower_is_not_counted(
    page: Page, application: Application, count: Callable[[str], Any], pass_an_hour: Callable[[], None]
) -> None:
    await page.accept()
    await ask(page)
    for _ in range(TIMES):
        await request_follow(page, OLA["email"])
    assert [await count(table) for table in ("follow_requests", "suppressions", "one_time_links")] == [0, 1, 1]
    pass_an_hour()
    await request_follow(page, OLA["email"])
    assert len(await find_mails(application, "follow_confirmation")) == 1
    assert [await count(table) for table in ("follow_requests", "suppressions", "one_time_links")] == [1, 2, 2]


async def test_a_dropped_receipt_of_an_objection_leaves_no_link(page: Page, count: Callable[[str], Any]) -> None:
    await request_follow(page, OLA["email"])
    before = await count("one_time_links")
    answer = await submit_objection(page, engagement=IN_FORCE, email=OLA["email"])
    assert answer.status_code == 201
    assert await count("one_time_links") == before + 1  # the page's own, which the answer carries
