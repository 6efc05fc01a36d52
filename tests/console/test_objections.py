"""Checks objections in the console: each is listed by state, answered once and reopened, even by two agents."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape

import httpx
import pytest

from forecourt import i18n
from forecourt.app import Application
from forecourt.console.accounts import save_agent
from forecourt.console.objections import OBJECTION_ROWS
from forecourt.console.passwords import PasswordHash
from forecourt.db.tables import objections
from tests.console.browser import PASSWORD, Browser
from tests.deadline import DEADLINE
from tests.engines import refused_alike
from tests.objections.objection_steps import (
    IN_FORCE,
    OLA,
    PROPOSED,
    find_link,
    find_mails,
    pass_deadline,
    plain_text,
    press_button,
    propose,
    read_objections,
    submit_form,
    submit_objection,
)
from tests.page import Page

pytestmark = pytest.mark.anyio
words = i18n.words("en")
BASE = "/console/objections"
ANSWER = "We keep the data in Germany."


@pytest.fixture
async def objection(page: Page, application: Application) -> str:
    """Its address in the console; it is in time, about a proposal."""
    await propose(application)
    return f"{BASE}/{(await submit_objection(page, locale='nb')).json()['id']}"


@pytest.fixture
async def colleague(application: Application, password_hash: PasswordHash) -> AsyncIterator[Browser]:
    await application.database.write(lambda c: save_agent(c, "per@example.com", "Per", password_hash))
    transport = httpx.ASGITransport(application.asgi, raise_app_exceptions=False)
    async with httpx.AsyncClient(base_url=application.address, transport=transport, timeout=DEADLINE) as client:
        browser_of_per = Browser(client, application.address)
        assert (await browser_of_per.sign_in("per@example.com", PASSWORD)).status_code == 303
        yield browser_of_per


async def get_page(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def listed_ids(html_page: str) -> list[str]:
    return re.findall(r'<h2><a href="/console/objections/([^"]+)"', html_page)


@pytest.mark.parametrize("path", [BASE, f"{BASE}/x"])
async def test_only_agents_see_them(browser: Browser, path: str) -> None:
    assert (await browser.get(path)).headers["location"].startswith("/console/sign-in")
    assert (await browser.post(f"{BASE}/x/resolve", {"body": "x"})).headers["location"] == "/console/sign-in"


@pytest.mark.parametrize("state", ["open", "resolved", "withdrawn"])
async def test_an_empty_list_says_so(signed_in: Browser, state: str) -> None:
    assert words(f"console.objections.empty.{state}") in await get_page(signed_in, f"{BASE}?show={state}")


async def test_every_page_counts_those_that_are_open(signed_in: Browser, objection: str) -> None:
    count = '<span class="count">1<span class="visually-hidden"> open</span></span>'
    assert count in await get_page(signed_in, "/console/")
    await signed_in.post(f"{objection}/resolve", {"body": ANSWER})
    assert count not in await get_page(signed_in, "/console/")


async def test_the_list_says_who_what_since_when_and_until_when(signed_in: Browser, objection: str) -> None:
    html_page = await get_page(signed_in, BASE)
    for part in (OLA["name"], OLA["company"], "Linode, LLC: Servere (Sverige)", "main", "Deadline in 40 days"):
        assert part in html_page
    assert listed_ids(html_page) == [objection.rpartition("/")[2]]
    assert listed_ids(await get_page(signed_in, f"{BASE}?show=resolved")) == []
    assert listed_ids(await get_page(signed_in, f"{BASE}?show=nonsense&before=nonsense")) != []


async def test_a_late_one_is_marked(
    page: Page, application: Application, browser: Browser, agent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pass_deadline(application, monkeypatch)
    await submit_objection(page)
    await browser.sign_in()  # by now, since a session does not last until the deadline
    assert words("console.objection.timing.late") in await get_page(browser, BASE)


async def test_the_list_is_bounded_with_older_pages(page: Page, application: Application, signed_in: Browser) -> None:
    await submit_objection(page, engagement=IN_FORCE)
    row = (await read_objections(application))[0]._asdict()
    more = [
        row | {"id": f"o{n}", "idempotency_key": f"o{n}", "created_at": row["created_at"] - timedelta(hours=n)}
        for n in range(1, OBJECTION_ROWS + 10)
    ]
    await application.database.write(lambda c: c.execute(objections.insert(), more) and None)
    first = await get_page(signed_in, BASE)
    older = re.search(r'id="older" href="([^"]+)"', first)
    assert older
    second = await get_page(signed_in, older[1])
    assert len(listed_ids(first)) == OBJECTION_ROWS
    assert listed_ids(first) + listed_ids(second) == [row["id"], *(f"o{n}" for n in range(1, OBJECTION_ROWS + 10))]
    assert 'id="older"' not in second


async def test_one_shows_all_of_it_as_text(page: Page, application: Application, signed_in: Browser) -> None:
    hostile = "<script>alert(1)</script>\n</textarea>"
    identity = (await submit_objection(page, engagement=IN_FORCE, reason=hostile, name="<b>Ola")).json()["id"]
    answer = await signed_in.get(f"{BASE}/{identity}")
    assert "<script>alert" not in answer.text
    assert "<b>Ola" not in answer.text
    html_page = unescape(answer.text)
    for part in (hostile, identity, OLA["email"], words("console.objection.timing.in_force")):
        assert part in html_page


async def test_an_answer_is_mailed_in_the_objectors_language_and_stands_on_their_page(
    page: Page, application: Application, signed_in: Browser, objection: str
) -> None:
    answer = await signed_in.post(f"{objection}/resolve", {"body": ANSWER})
    assert (answer.status_code, answer.headers["location"]) == (303, objection)
    mail = (await find_mails(application, "objection_answer"))[0]
    assert (mail["To"], mail["Reply-To"], mail["Content-Language"]) == (
        OLA["email"],
        "privacy@qualityunit.example",
        "nb",
    )
    assert mail["Subject"].startswith(i18n.words("nb")("mail.objection_answer.subject").partition("{")[0])
    assert ANSWER in plain_text(mail)
    assert OLA["reason"] not in plain_text(mail)  # the address has not confirmed that it is theirs
    own_page = (await press_button(page, find_link(mail))).headers["location"]
    assert ANSWER in (await page.client.get(own_page)).text
    html_page = await get_page(signed_in, objection)
    assert ANSWER in html_page
    assert "Kari Nordmann" in html_page
    assert listed_ids(await get_page(signed_in, f"{BASE}?show=resolved")) == [objection.rpartition("/")[2]]


@refused_alike
@pytest.mark.parametrize("body", ["", " \n", "x" * 5001, "a\x00b"])
async def test_an_answer_that_is_none_is_refused_with_its_text_kept(
    application: Application, signed_in: Browser, objection: str, body: str
) -> None:
    answer = await signed_in.post(f"{objection}/resolve", {"body": body})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert body.strip("\x00 \n")[:100] in answer.text
    assert await find_mails(application, "objection_answer") == []


async def test_the_button_pressed_twice_answers_once(
    application: Application, signed_in: Browser, objection: str
) -> None:
    answers = await asyncio.gather(*(signed_in.post(f"{objection}/resolve", {"body": ANSWER}) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {303}
    assert len(await find_mails(application, "objection_answer")) == 1


async def test_of_two_agents_at_once_the_second_is_told_and_loses_nothing(
    application: Application, signed_in: Browser, colleague: Browser, objection: str
) -> None:
    both = await asyncio.gather(
        signed_in.post(f"{objection}/resolve", {"body": "From Kari."}),
        colleague.post(f"{objection}/resolve", {"body": "From Per."}),
    )
    assert sorted(answer.status_code for answer in both) == [303, 409]
    html_page, typed = next(
        (unescape(answer.text), by)
        for answer, by in zip(both, ("From Kari.", "From Per."), strict=True)
        if answer.is_error
    )
    assert words("console.objection.conflict.resolved") in html_page
    assert "From Kari." in html_page
    assert "From Per." in html_page
    assert f"readonly>{typed}<" in html_page
    mailed = await find_mails(application, "objection_answer")
    assert len(mailed) == 1
    assert typed not in plain_text(mailed[0])


async def test_one_taken_back_meanwhile_is_not_answered(
    page: Page, application: Application, signed_in: Browser
) -> None:
    at = (await submit_form(page)).headers["location"]
    objection = f"{BASE}/{(await read_objections(application))[0].id}"
    await press_button(page, at)
    answer = await signed_in.post(f"{objection}/resolve", {"body": ANSWER})
    assert answer.status_code == 409
    assert words("console.objection.conflict.withdrawn") in unescape(answer.text)
    assert ANSWER in answer.text
    assert await find_mails(application, "objection_answer") == []


async def test_what_is_taken_back_shows_and_is_not_opened_again(
    page: Page, application: Application, signed_in: Browser
) -> None:
    await press_button(page, (await submit_form(page)).headers["location"])
    objection = f"{BASE}/{(await read_objections(application))[0].id}"
    assert listed_ids(await get_page(signed_in, f"{BASE}?show=withdrawn")) == [objection.rpartition("/")[2]]
    assert words("console.objection.withdrawn").partition("{")[0] in await get_page(signed_in, objection)
    answer = await signed_in.post(f"{objection}/reopen")
    assert answer.status_code == 409
    assert words("console.objection.reopen_refused") in unescape(answer.text)


async def test_an_answered_one_opens_again_and_keeps_each_answer(
    application: Application, signed_in: Browser, objection: str
) -> None:
    await signed_in.post(f"{objection}/resolve", {"body": "First."})
    for _ in range(2):
        assert (await signed_in.post(f"{objection}/reopen")).status_code == 303
    assert (await read_objections(application))[0].state == "open"
    await signed_in.post(f"{objection}/resolve", {"body": "Second."})
    html_page = await get_page(signed_in, objection)
    assert html_page.index("First.") < html_page.index("Second.")
    assert len(await find_mails(application, "objection_answer")) == 2


async def test_an_unknown_one_is_not_found(signed_in: Browser) -> None:
    for answer in (
        await signed_in.get(f"{BASE}/nobody"),
        await signed_in.post(f"{BASE}/nobody/resolve", {"body": "x"}),
        await signed_in.post(f"{BASE}/nobody/reopen"),
    ):
        assert answer.status_code == 404


async def test_nothing_of_it_stands_on_the_public_page(page: Page, application: Application, objection: str) -> None:
    for path in ("/main/en/", "/v1/sites/main/policy.json", f"/main/en/objection?engagement={PROPOSED}"):
        answer = await page.client.get(path)
        assert answer.status_code == 200
        assert OLA["name"] not in answer.text
        assert OLA["reason"] not in answer.text
