"""Checks double opt-in: only the owner of an address confirms it, and nobody learns whether it was known."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from forecourt import clock, one_time_links
from forecourt.app import Application
from forecourt.db.tables import one_time_links as link_rows
from forecourt.db.tables import outbox, subscribers, suppressions
from forecourt.mail.confirmation_mail_limits import MAILS_A_DAY
from forecourt.newsletter.links import CONFIRMATION_LIFETIME
from tests.mail.mail_parser import plain_text
from tests.newsletter.newsletter_steps import ask, confirmation_links, find_link, find_mails, new_visitor
from tests.page import Page

pytestmark = pytest.mark.anyio
OLA = {"email": "ola@example.com"}


async def is_subscribed(application: Application) -> bool:
    return bool(await application.database.read(lambda c: c.execute(subscribers.select()).all()))


async def confirmation_link(application: Application) -> str:
    [link] = await confirmation_links(application)
    return link


async def test_only_the_button_confirms(page: Page, application: Application) -> None:
    await page.accept()
    assert (await page.post("newsletter", OLA)).status_code == 202
    link = await confirmation_link(application)
    for verb in ("GET", "HEAD", "GET"):
        assert (await page.client.request(verb, link)).status_code == 200
        assert not await is_subscribed(application)
    assert (await page.client.post(link)).status_code == 200
    assert await is_subscribed(application)


async def test_the_button_works_twice_while_the_link_works(page: Page, application: Application) -> None:
    await page.accept()
    await page.post("newsletter", OLA)
    link = await confirmation_link(application)
    assert [(await page.client.post(link)).status_code for _ in range(2)] == [200, 200]
    assert await is_subscribed(application)


async def test_an_expired_link_is_gone_and_confirms_nothing(page: Page, application: Application) -> None:
    await page.accept()
    await page.post("newsletter", OLA)
    link = await confirmation_link(application)
    await application.database.write(lambda c: c.execute(link_rows.update().values(expires_at=clock.now())) and None)
    assert [(await page.client.get(link)).status_code, (await page.client.post(link)).status_code] == [410, 410]
    assert not await is_subscribed(application)


async def test_an_unknown_link_is_gone(page: Page) -> None:
    assert (await page.client.get("/main/en/confirm/never-made")).status_code == 410


async def test_a_link_of_another_purpose_confirms_nothing(page: Page, application: Application) -> None:
    secret = await application.database.write(
        lambda c: one_time_links.create(c, "console.sign_in", "someone", CONFIRMATION_LIFETIME)
    )
    assert (await page.client.post(f"/main/en/confirm/{secret}")).status_code == 410


async def test_every_address_gets_the_same_answer_and_one_mail_an_hour(page: Page, application: Application) -> None:
    await page.accept()
    first, second = await page.post("newsletter", OLA), await page.post("newsletter", OLA)
    await page.client.post(await confirmation_link(application))
    third = await page.post("newsletter", OLA)
    assert (
        (first.content, first.status_code) == (second.content, second.status_code) == (third.content, third.status_code)
    )
    assert len(await find_mails(application)) == 1


async def test_the_links_secret_is_not_stored(page: Page, application: Application) -> None:
    await page.accept()
    await page.post("newsletter", OLA)
    secret = (await confirmation_link(application)).rpartition("/")[2]
    row = await application.database.read(lambda c: c.execute(link_rows.select()).one())
    assert secret not in map(str, row)


async def test_a_wrong_address_is_named(page: Page) -> None:
    await page.accept()
    response = await page.post("newsletter", {"email": "ola"})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "email")


async def test_a_withdrawal_ends_the_confirmation_link(page: Page, application: Application) -> None:
    await page.accept()
    await page.post("newsletter", OLA)
    link = await confirmation_link(application)
    await page.withdraw()
    assert (await page.client.post(link)).status_code == 410
    assert not await is_subscribed(application)


async def test_another_spelling_of_an_address_gets_no_second_mail(page: Page, application: Application) -> None:
    await page.accept()
    for email in ("ola@example.com", "OLA@example.com", "Ola@Example.com"):
        assert (await page.post("newsletter", {"email": email})).status_code == 202
    assert len(await application.database.read(lambda c: c.execute(outbox.select()).all())) == 1


async def test_an_address_gets_few_mails_a_day_whoever_asks(page: Page, application: Application) -> None:
    for _ in range(MAILS_A_DAY + 2):
        await ask(await new_visitor(page))
    assert len(await find_mails(application)) == MAILS_A_DAY
    yesterday = {"confirmation_sent_at": clock.now() - timedelta(days=1)}
    await application.database.write(lambda c: c.execute(suppressions.update().values(yesterday)) and None)
    await ask(await new_visitor(page))
    assert len(await find_mails(application)) == MAILS_A_DAY + 1


async def test_a_used_link_subscribes_nobody_again(page: Page, application: Application) -> None:
    await page.accept()
    await page.post("newsletter", OLA)
    link = await confirmation_link(application)
    await page.client.post(link)
    await page.client.post(find_link((await find_mails(application, "newsletter_welcome"))[0]))
    assert [(await page.client.get(link)).status_code, (await page.client.post(link)).status_code] == [410, 410]
    assert not await is_subscribed(application)


async def test_the_mailboxs_owner_sees_and_ends_the_subscription_without_a_token(
    page: Page, application: Application, count: Callable[[str], Any]
) -> None:
    await page.accept()
    await page.post("newsletter", OLA | {"locale": "nb"})
    await page.client.post(await confirmation_link(application))
    [mail] = await find_mails(application, "newsletter_welcome")
    link = find_link(mail)
    assert (mail["To"], mail["List-Unsubscribe"]) == (OLA["email"], f"<{link}>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for verb in ("GET", "HEAD"):
        assert (await page.client.request(verb, link)).status_code == 200
    assert OLA["email"] in (await page.client.get(link)).text
    assert await is_subscribed(application)
    assert (await page.client.get(link.replace("/main/", "/other/"))).status_code == 410
    assert (await page.client.post(link.replace("/main/", "/other/"))).status_code == 410
    assert (await page.client.post(link, data={"List-Unsubscribe": "One-Click"})).status_code == 200
    assert not await is_subscribed(application)
    assert [(await page.client.get(link)).status_code, (await page.client.post(link)).status_code] == [410, 410]
    assert await count("one_time_links") == 1  # the confirmation's, which is used


async def test_a_confirmation_mail_holds_nothing_that_was_typed(page: Page, application: Application) -> None:
    await page.accept()
    await page.post("newsletter", {"email": "buy.pills.at.evil@example.com"})
    [mail] = await find_mails(application)
    assert "pills" not in plain_text(mail)
    assert "pills" not in str(mail["Subject"])


async def test_the_page_to_confirm_says_who_stores_what_and_how_to_stop(page: Page, application: Application) -> None:
    await page.accept()
    await page.post("newsletter", OLA)
    body = (await page.client.get(await confirmation_link(application))).text
    assert application.settings.sites["main"].controller in body
    assert 'href="/main/en/privacy"' in body
