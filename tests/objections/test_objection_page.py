"""Checks an objection's own page: only its link opens it, and only its button withdraws the objection."""

from datetime import timedelta

import pytest

from forecourt import clock, i18n, one_time_links
from forecourt.app import Application
from forecourt.db.tables import one_time_links as link_rows
from forecourt.objections.links import OBJECTION_LINK, OBJECTION_LINK_LIFETIME
from tests.objections.objection_steps import OLA, press_button, read_objections, resolve_objection, submit_form
from tests.page import Page

pytestmark = pytest.mark.anyio
words = i18n.words("nb")


@pytest.fixture
async def url(page: Page) -> str:
    """Submits an objection and returns the address of its page."""
    return (await submit_form(page)).headers["location"]


async def read_state(application: Application) -> str:
    return str((await read_objections(application))[0].state)


async def test_opening_the_page_changes_nothing(page: Page, application: Application, url: str) -> None:
    for verb in ("GET", "HEAD", "GET"):
        response = await page.client.request(verb, url)
        assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    assert await read_state(application) == "open"


async def test_the_button_withdraws_the_objection_and_can_be_pressed_again(
    page: Page, application: Application, url: str
) -> None:
    assert words("page.objection.withdraw") in (await page.client.get(url)).text
    for _ in range(3):
        response = await press_button(page, url)
        assert (response.status_code, response.headers["location"]) == (303, url)
    html = (await page.client.get(url)).text
    assert words("page.objection.withdrawn.title") in html
    assert "<form" not in html
    assert await read_state(application) == "withdrawn"


async def test_a_withdrawn_objection_can_be_submitted_again(page: Page, application: Application, url: str) -> None:
    await press_button(page, url)
    await submit_form(page)
    assert [row.state for row in await read_objections(application)] == ["withdrawn", "open"]


async def test_an_answer_is_shown_as_text(page: Page, application: Application, url: str) -> None:
    await resolve_objection(application, "Vi gir oss.\n<script>alert(1)</script>")
    html = (await page.client.get(url)).text
    assert words("page.objection.resolved.title") in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<script" not in html


async def test_an_answered_objection_cannot_be_withdrawn(page: Page, application: Application, url: str) -> None:
    await resolve_objection(application)
    assert (await press_button(page, url)).status_code == 303
    assert await read_state(application) == "resolved"


async def test_another_origin_cannot_withdraw(page: Page, application: Application, url: str) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://www.example.com"}, {"origin": "null"}):
        assert (await press_button(page, url, **headers)).status_code == 403
    assert await read_state(application) == "open"


async def test_a_forged_cut_or_foreign_secret_is_refused(page: Page, application: Application, url: str) -> None:
    identity = (await read_objections(application))[0].id
    other = await application.database.write(
        lambda c: one_time_links.create(c, "newsletter.confirm", identity, OBJECTION_LINK_LIFETIME)
    )
    nobody = await application.database.write(
        lambda c: one_time_links.create(c, OBJECTION_LINK, "nobody", OBJECTION_LINK_LIFETIME)
    )
    base, _, secret = url.rpartition("/")
    for forged in (secret[:-1], secret + "A", secret.swapcase(), identity, other, nobody, "%00", "x" * 5000):
        for response in (await page.client.get(f"{base}/{forged}"), await press_button(page, f"{base}/{forged}")):
            assert response.status_code in (404, 405, 410), forged
            assert OLA["reason"] not in response.text
    assert await read_state(application) == "open"


async def test_a_link_is_gone_on_another_site(page: Page, application: Application, url: str) -> None:
    elsewhere = url.replace("/main/", "/other/")
    assert (await page.client.get(elsewhere)).status_code == 410
    assert (await press_button(page, elsewhere)).status_code == 410
    assert await read_state(application) == "open"


async def test_an_expired_link_is_gone_and_the_page_says_whom_to_ask(
    page: Page, application: Application, url: str
) -> None:
    await application.database.write(lambda c: c.execute(link_rows.update().values(expires_at=clock.now())) and None)
    response = await page.client.get(url)
    assert response.status_code == 410
    assert words("page.objection.link_expired.title") in response.text
    assert "mailto:privacy@qualityunit.example" in response.text


async def test_the_secret_is_stored_as_a_digest_for_two_years(page: Page, application: Application, url: str) -> None:
    rows = await application.database.read(lambda c: list(c.execute(link_rows.select())))
    assert not [row for row in rows if url.rpartition("/")[2] in map(str, row)]
    assert {row.purpose for row in rows} == {"objection", "objection.receipt"}
    assert all(row.expires_at > clock.now() + timedelta(days=729) for row in rows)


async def test_the_page_is_there_in_every_language_of_the_site(page: Page, url: str) -> None:
    response = await page.client.get(url.replace("/nb/", "/en/"))
    assert i18n.words("en")("page.objection.open.title") in response.text
