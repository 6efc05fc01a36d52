"""Checks double opt-in: only the owner of an address confirms it, and nobody learns whether it was known."""

import re
from email import message_from_bytes, policy

import pytest

from forecourt import clock, one_time_links
from forecourt.app import Application
from forecourt.db.tables import one_time_links as link_rows
from forecourt.db.tables import outbox, subscribers
from tests.page import Page

pytestmark = pytest.mark.anyio
OLA = {"email": "ola@example.com"}


async def state(application: Application) -> str:
    return str(await application.database.read(lambda c: c.execute(subscribers.select()).one().state))


async def confirmation_link(application: Application) -> str:
    raw = await application.database.read(lambda c: c.execute(outbox.select()).one().payload)
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    match = re.search(r"http://\S+/confirm/\S+", body.get_content() if body else "")
    assert match
    return match[0]


async def test_only_the_button_confirms(page: Page, application: Application) -> None:
    await page.accept()
    assert (await page.post("newsletter", OLA)).status_code == 202
    link = await confirmation_link(application)
    for verb in ("GET", "HEAD", "GET"):
        assert (await page.client.request(verb, link)).status_code == 200
        assert await state(application) == "unconfirmed"
    assert (await page.client.post(link)).status_code == 200
    assert await state(application) == "confirmed"


async def test_the_button_works_twice_while_the_link_works(page: Page, application: Application) -> None:
    await page.accept()
    await page.post("newsletter", OLA)
    link = await confirmation_link(application)
    assert [(await page.client.post(link)).status_code for _ in range(2)] == [200, 200]
    assert await state(application) == "confirmed"


async def test_an_expired_link_is_gone_and_confirms_nothing(page: Page, application: Application) -> None:
    await page.accept()
    await page.post("newsletter", OLA)
    link = await confirmation_link(application)
    await application.database.write(lambda c: c.execute(link_rows.update().values(expires_at=clock.now())) and None)
    assert [(await page.client.get(link)).status_code, (await page.client.post(link)).status_code] == [410, 410]
    assert await state(application) == "unconfirmed"


async def test_an_unknown_link_is_gone(page: Page) -> None:
    assert (await page.client.get("/main/en/confirm/never-made")).status_code == 410


async def test_a_link_of_another_purpose_confirms_nothing(page: Page, application: Application) -> None:
    from forecourt.newsletter.confirmation import LINK_LIFETIME

    secret = await application.database.write(
        lambda c: one_time_links.create(c, "console.sign_in", "someone", LINK_LIFETIME)
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
    assert len(await application.database.read(lambda c: c.execute(outbox.select()).all())) == 1


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
    await page.withdraw()
    assert (await page.client.post(await confirmation_link(application))).status_code == 410
    assert await state(application) == "unconfirmed"


async def test_another_spelling_of_an_address_gets_no_second_mail(page: Page, application: Application) -> None:
    await page.accept()
    for email in ("ola@example.com", "OLA@example.com", "Ola@Example.com"):
        assert (await page.post("newsletter", {"email": email})).status_code == 202
    assert len(await application.database.read(lambda c: c.execute(outbox.select()).all())) == 1
