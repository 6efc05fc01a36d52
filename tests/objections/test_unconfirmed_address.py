"""Checks that nobody's words are mailed to an unconfirmed address, and that nobody opens another's objection."""

from email.message import EmailMessage

import pytest

from forecourt import i18n
from forecourt.app import Application
from tests.objections.objection_steps import (
    OLA,
    find_link,
    find_mails,
    plain_text,
    press_button,
    read_objections,
    resolve_objection,
    submit_form,
    submit_objection,
)
from tests.page import Page

pytestmark = pytest.mark.anyio
words = i18n.words("en")
HOSTILE = {"name": "Win a prize", "company": "evil.example", "reason": "Click https://evil.example/prize"}


def whole_text(mail: EmailMessage) -> str:
    html = mail.get_body(("html",))
    return f"{mail['Subject']}\n{plain_text(mail)}\n{html.get_content() if html else ''}"


async def test_a_receipt_holds_nothing_that_was_typed_or_chosen(page: Page, application: Application) -> None:
    await submit_objection(page, **HOSTILE)
    [receipt] = await find_mails(application, "objection_receipt")
    [row] = await read_objections(application)
    for text in (*HOSTILE.values(), "evil", row.subject):
        assert text not in whole_text(receipt)
    assert row.id in plain_text(receipt)


async def test_the_mailed_link_shows_the_objection_only_after_its_button(page: Page, application: Application) -> None:
    await submit_objection(page, **HOSTILE)
    link = find_link((await find_mails(application, "objection_receipt"))[0])
    for verb in ("GET", "HEAD", "GET"):
        response = await page.client.request(verb, link)
        assert response.status_code == 200
        assert "evil.example" not in response.text
    opened = await press_button(page, link)
    assert opened.status_code == 303
    html = (await page.client.get(opened.headers["location"])).text
    assert "evil.example" in html
    assert words("page.objection.withdraw") in html
    await press_button(page, opened.headers["location"])
    assert [row.state for row in await read_objections(application)] == ["withdrawn"]


async def test_an_answer_quotes_the_objection_only_to_who_opened_its_receipt(
    page: Page, application: Application
) -> None:
    await submit_objection(page, **HOSTILE)
    await resolve_objection(application)
    [answer] = await find_mails(application, "objection_answer")
    assert "evil" not in whole_text(answer)
    assert "evil" not in (await page.client.get(find_link(answer))).text
    await submit_objection(page)
    await press_button(page, find_link((await find_mails(application, "objection_receipt"))[1]))
    await resolve_objection(application, objection=1)
    assert OLA["reason"] in plain_text((await find_mails(application, "objection_answer"))[1])


async def test_the_same_words_again_open_nobodys_objection(page: Page, application: Application) -> None:
    """Somebody who knows them word for word is told that they came, and neither reads the answer nor withdraws."""
    own_page = (await submit_form(page)).headers["location"]
    repeated_answer = await submit_form(page)
    assert (repeated_answer.status_code, repeated_answer.headers["location"]) == (303, "/main/nb/objection/received")
    html = (await page.client.get("/main/nb/objection/received")).text
    assert OLA["reason"] not in html
    assert (await press_button(page, "/main/nb/objection/received")).status_code in (405, 410)
    assert [row.state for row in await read_objections(application)] == ["open"]
    assert OLA["reason"] in (await page.client.get(own_page)).text


async def test_a_mailed_link_of_another_site_or_purpose_opens_nothing(page: Page, application: Application) -> None:
    own_page = (await submit_form(page)).headers["location"]
    mailed = find_link((await find_mails(application, "objection_receipt"))[0])
    secret = own_page.rpartition("/")[2]
    for link in (mailed.replace("/main/", "/other/"), f"/main/nb/objection/receipt/{secret}", mailed[:-1]):
        assert [(await page.client.get(link)).status_code, (await press_button(page, link)).status_code] == [410, 410]
    assert (await page.client.get(f"/main/nb/objection/{mailed.rpartition('/')[2]}")).status_code == 410


async def test_a_page_that_is_not_ours_cannot_open_the_receipt(page: Page, application: Application) -> None:
    await submit_objection(page)
    link = find_link((await find_mails(application, "objection_receipt"))[0])
    assert (await press_button(page, link, origin="https://evil.example")).status_code == 403
