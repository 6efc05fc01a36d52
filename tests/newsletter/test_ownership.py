"""Checks whose address it is: a request is the asker's, and the subscription is whose request was confirmed."""

from collections.abc import Callable
from typing import Any

import pytest

from forecourt.app import Application
from forecourt.db.tables import subscribers
from tests.newsletter.newsletter_steps import ask, confirmation_links, erase, export, new_visitor, press
from tests.page import EVERYTHING, Page

pytestmark = pytest.mark.anyio
Count = Callable[[str], Any]


async def subscribed(application: Application) -> list[str]:
    """Returns the addresses that get the newsletter."""
    rows = await application.database.read(lambda c: list(c.execute(subscribers.select())))
    return [row.email for row in rows if row.confirmed_at]


async def test_the_owners_link_works_after_a_stranger_asked_first_and_withdrew(
    page: Page, application: Application
) -> None:
    stranger, owner = await new_visitor(page), await new_visitor(page)
    await ask(stranger)
    await ask(owner)
    owners_link = (await confirmation_links(application))[-1]
    assert len(await confirmation_links(application)) == 2
    await stranger.withdraw()
    assert (await page.client.get(owners_link)).status_code == 200
    assert (await press(page, owners_link)).status_code == 200
    assert await subscribed(application) == ["ola@example.com"]


async def test_a_strangers_withdrawal_leaves_the_owners_subscription(page: Page, application: Application) -> None:
    stranger, owner = await new_visitor(page), await new_visitor(page)
    await ask(stranger)
    await ask(owner)
    await press(page, (await confirmation_links(application))[-1])
    await stranger.withdraw()
    assert await subscribed(application) == ["ola@example.com"]


async def test_a_strangers_export_never_shows_whether_the_owner_confirmed(page: Page, application: Application) -> None:
    """Not even where the owner confirmed the stranger's own request."""
    stranger, owner, another = [await new_visitor(page) for _ in range(3)]
    for visitor in (stranger, owner):
        await ask(visitor)
    before = await export(stranger)
    for link in await confirmation_links(application):
        await press(page, link)
    await ask(another)
    after, others = await export(stranger), await export(another)
    assert before | {"at": ""} == after | {"at": ""}
    for kind, rows in others.items():
        if kind not in ("visitor", "at", "consents", "acknowledgements", "newsletter_requests"):
            assert rows == after[kind], kind
    assert [set(each) for each in others["newsletter_requests"]] == [{"email", "locale", "requested_at"}]


async def test_an_erasure_tells_a_stranger_nothing_about_the_owner(page: Page, application: Application) -> None:
    """It answers the same whether the address was new, asked for, or confirmed by this very request."""
    answers = []
    for email, is_confirmed in (("new@example.com", False), ("ola@example.com", True)):
        stranger = await new_visitor(page)
        await ask(stranger, email)
        if is_confirmed:
            await press(page, (await confirmation_links(application))[-1])
        answers.append(await erase(stranger))
    assert answers[0] == answers[1]


async def test_the_owners_erasure_deletes_the_subscription(page: Page, application: Application, count: Count) -> None:
    stranger, owner = await new_visitor(page), await new_visitor(page)
    await ask(stranger)
    await ask(owner)
    await press(page, (await confirmation_links(application))[-1])
    await erase(owner)
    assert await subscribed(application) == []
    assert await count("subscribers") == 0


async def test_a_strangers_erasure_deletes_their_request_and_leaves_the_subscription(
    page: Page, application: Application, count: Count
) -> None:
    stranger, owner = await new_visitor(page), await new_visitor(page)
    await ask(stranger)
    await ask(owner)
    await press(page, (await confirmation_links(application))[-1])
    await erase(stranger)
    assert await subscribed(application) == ["ola@example.com"]
    assert await count("newsletter_requests") == 1


@pytest.mark.parametrize("way", ["withdraw", "choose without it"])
async def test_a_withdrawal_ends_the_subscription_that_rests_on_it(
    page: Page, application: Application, count: Count, way: str
) -> None:
    owner = await new_visitor(page)
    await ask(owner)
    await press(page, (await confirmation_links(application))[-1])
    if way == "withdraw":
        await owner.withdraw()
    else:
        assert (await owner.choose(EVERYTHING | {"newsletter": False})).status_code == 201
    assert await subscribed(application) == []
    assert [await count(table) for table in ("subscribers", "newsletter_requests", "one_time_links")] == [0, 0, 0]


async def test_a_choice_that_keeps_the_newsletter_keeps_the_subscription(page: Page, application: Application) -> None:
    owner = await new_visitor(page)
    await ask(owner)
    await press(page, (await confirmation_links(application))[-1])
    assert (await owner.choose(EVERYTHING | {"support": False})).status_code == 201
    assert await subscribed(application) == ["ola@example.com"]


async def test_confirming_another_link_takes_the_subscription_over(page: Page, application: Application) -> None:
    stranger, owner = await new_visitor(page), await new_visitor(page)
    await ask(stranger)
    await ask(owner)
    strangers_link, owners_link = await confirmation_links(application)
    await press(page, strangers_link)
    await press(page, owners_link)
    await stranger.withdraw()
    assert await subscribed(application) == ["ola@example.com"]
    await owner.withdraw()
    assert await subscribed(application) == []
