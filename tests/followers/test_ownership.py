"""Checks whose address it is: a request is the asker's, and only the owner of the mailbox makes it a follower."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from forecourt import clock, i18n
from forecourt.app import Application
from forecourt.db.tables import follow_requests, suppressions
from forecourt.followers.model import FORGET_AFTER
from forecourt.mail.confirmation_mail_limits import MAILS_A_DAY, RESEND_AFTER
from forecourt.visitor import retention_worker
from tests.followers.follow_steps import (
    DPO,
    confirm_follow,
    find_link,
    find_mails,
    find_manage_link,
    parse_mail,
    plan_notices,
    publish,
    read_rows,
    relocated,
    request_follow,
)
from tests.newsletter.newsletter_steps import ask as ask_for_newsletter
from tests.page import Page

pytestmark = pytest.mark.anyio
Count = Callable[[str], Any]
words = i18n.words("en")
STRANGERS = {"region": "US", "locale": "nb", "webhook": "https://evil.example/hook"}


async def confirmation_links(application: Application) -> list[str]:
    return [find_link(row, "/confirm/") for row in await find_mails(application, "follow_confirmation")]


async def stop(page: Page, confirmed: Any) -> None:
    assert (await page.client.post(find_manage_link(confirmed), data={"leave": "1"})).status_code == 200


async def pass_time(application: Application, table: Any, waited: timedelta) -> None:
    """Lets the last mails have gone so much earlier."""
    earlier = update(table).values(confirmation_sent_at=clock.now() - waited)
    await application.database.write(lambda c: c.execute(earlier) and None)


async def test_a_stranger_who_asks_first_holds_back_nobodys_mail(page: Page, application: Application) -> None:
    await request_follow(page, **STRANGERS)
    await request_follow(page, region="EU")
    strangers_link, owners_link = await confirmation_links(application)
    html = (await page.client.get(owners_link)).text
    assert "evil" not in html
    assert words("page.follow.confirm.mail_only") not in html
    assert (await page.client.post(owners_link)).status_code == 200
    (row,) = await read_rows(application)
    assert (row.locale, row.region, row.webhook) == ("en", "EU", "")
    assert "https://evil.example/hook" in (await page.client.get(strangers_link)).text


async def test_what_a_stranger_asks_for_a_follower_changes_nothing(page: Page, application: Application) -> None:
    await confirm_follow(page, application, region="EU")
    before = await read_rows(application)
    await request_follow(page, **STRANGERS)
    assert await read_rows(application) == before


async def test_who_asks_for_the_same_again_gets_one_mail_an_hour(page: Page, application: Application) -> None:
    """The mailbox has a link already that confirms just this, whoever asked for it."""
    for _ in range(2):
        await request_follow(page, region="EU")
    assert len(await confirmation_links(application)) == 1
    await pass_time(application, follow_requests, RESEND_AFTER)
    await request_follow(page, region="EU")
    first, second = await confirmation_links(application)
    assert len(await read_rows(application, follow_requests)) == 1
    for link in (first, second):
        assert (await page.client.post(link)).status_code == 200
    assert words("page.follow.confirmed.title") in (await page.client.get(second)).text


async def test_an_address_gets_few_mails_a_day_whatever_is_asked(page: Page, application: Application) -> None:
    page_of_visitor = Page(page.client)
    await page_of_visitor.accept()
    await ask_for_newsletter(page_of_visitor, DPO)  # is counted apart
    all_choices = [{"region": region, "locale": locale} for region in ("EU", "UK", "US") for locale in ("en", "nb")]
    for choices in all_choices:
        await request_follow(page, **choices)
    assert len(await confirmation_links(application)) == MAILS_A_DAY
    assert len(await read_rows(application, follow_requests)) == MAILS_A_DAY
    await pass_time(application, suppressions, timedelta(days=1))
    await request_follow(page, **all_choices[-1])
    assert len(await confirmation_links(application)) == MAILS_A_DAY + 1


async def test_the_page_says_what_would_be_replaced_to_the_follower_alone(page: Page, application: Application) -> None:
    sentence = words("page.follow.confirm.other_preferences")
    await request_follow(page, region="EU")
    assert sentence not in (await page.client.get((await confirmation_links(application))[0])).text
    await page.client.post((await confirmation_links(application))[0])
    await request_follow(page, region="US")
    assert sentence in (await page.client.get((await confirmation_links(application))[1])).text
    await request_follow(page, region="EU")
    assert sentence not in (await page.client.get((await confirmation_links(application))[2])).text


async def test_the_owner_can_leave_out_a_webhook_that_a_stranger_typed(page: Page, application: Application) -> None:
    """Even where it answers no challenge: else three such requests would leave the owner no link that works."""
    await request_follow(page, **STRANGERS)
    (link,) = await confirmation_links(application)
    html = (await page.client.get(link)).text
    assert i18n.words("nb")("page.follow.confirm.mail_only") in html
    assert 'formaction="?webhook=none"' in html
    confirmed = await page.client.post(f"{link}?webhook=none")
    assert "evil" not in confirmed.text
    (row,) = await read_rows(application)
    assert (row.state, row.region, row.webhook, row.webhook_secret) == ("confirmed", "US", "", "")


async def test_who_stopped_may_ask_for_the_same_again_at_once(page: Page, application: Application) -> None:
    await stop(page, await confirm_follow(page, application, region="EU"))
    (old_link,) = await confirmation_links(application)
    assert [(await page.client.get(old_link)).status_code, (await page.client.post(old_link)).status_code] == [410, 410]
    await confirm_follow(page, application, region="EU")
    assert [row.state for row in await read_rows(application)] == ["confirmed"]


async def test_a_button_pressed_twice_at_once_confirms_once(
    page: Page, application: Application, answered_challenges: None
) -> None:
    await request_follow(page, webhook="https://hooks.example.com/in")
    (link,) = await confirmation_links(application)
    answers = await asyncio.gather(*(page.client.post(link) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    (row,) = await read_rows(application)
    assert [row.webhook_secret in answer.text for answer in answers].count(True) == 1
    assert await read_rows(application, follow_requests) == []


async def test_two_links_of_one_address_pressed_at_once_make_one_follower(page: Page, application: Application) -> None:
    for region in ("EU", "UK", "US"):
        await request_follow(page, region=region)
    answers = await asyncio.gather(*(page.client.post(link) for link in await confirmation_links(application)))
    assert [answer.status_code for answer in answers] == [200] * 3
    (row,) = await read_rows(application)
    assert row.state == "confirmed"


async def run_retention(application: Application, days: int) -> None:
    settings = application.settings
    await retention_worker.run_round(
        application.database, settings.sites, settings.retention, lambda: clock.now() + timedelta(days=days)
    )


async def test_a_request_that_nobody_confirms_is_deleted(page: Page, application: Application, count: Count) -> None:
    await request_follow(page)
    days = application.settings.retention.unconfirmed_addresses
    await run_retention(application, days - 1)
    assert await count("follow_requests") == 1
    await run_retention(application, days + 1)
    assert await count("follow_requests") == 0


async def test_links_of_a_former_follower_end_with_it(page: Page, application: Application, count: Count) -> None:
    """Else the link to stop in an old notice would say that nothing is sent, to an address that follows again."""
    await confirm_follow(page, application)
    await publish(application, relocated())
    await plan_notices(application)
    (notice,) = await find_mails(application, "change_notice")
    leave = str(parse_mail(notice)["List-Unsubscribe"]).strip("<>")
    for _ in range(2):
        assert (await page.client.post(leave)).status_code == 200
    await run_retention(application, FORGET_AFTER.days + 1)
    assert await count("followers") == 0
    await confirm_follow(page, application)
    assert [(await page.client.get(leave)).status_code, (await page.client.post(leave)).status_code] == [410, 410]
    assert [row.state for row in await read_rows(application)] == ["confirmed"]
