"""A forgotten password is replaced by a mailed link, and nobody learns by it who has an account."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forecourt.app import Application
from forecourt.console.accounts import remove_agent
from forecourt.console.agents import create_sign_in_link, find_agent
from forecourt.db.tables import outbox
from forecourt.logs.configuration import SECURITY_LOGGER
from forecourt.settings.server import Settings, override
from tests.engines import refused_alike

from .browser import EMAIL, PASSWORD, Browser
from .mails import find_link, mails_to
from .test_people import age_links
from .test_security_events import fields_of

pytestmark = pytest.mark.anyio
NEW = "fjord traktor sokk"
FORGOTTEN = "/console/forgotten-password"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return override(settings, limits=True)


async def request_link(application: Application, browser: Browser) -> str:
    assert (await browser.post(FORGOTTEN, {"email": EMAIL})).status_code == 200
    return find_link((await mails_to(application, EMAIL, "console_password_reset"))[-1])


async def test_a_mailed_link_sets_a_new_password_and_ends_every_session(
    application: Application, signed_in: Browser, agent: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", SECURITY_LOGGER)
    link = await request_link(application, signed_in)
    sign_in_link = await application.database.write(lambda c: create_sign_in_link(c, agent, timedelta(hours=1)))
    assert EMAIL in (await signed_in.get(link)).text
    assert (await signed_in.get("/console/")).status_code == 200  # looking changes nothing
    session = dict(signed_in.client.cookies)
    answer = await signed_in.post(link, {"password": NEW})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in?done=password")
    assert "Your password is changed." in (await signed_in.get(answer.headers["location"])).text
    signed_in.client.cookies.update(session)
    assert (await signed_in.get("/console/")).status_code == 303
    assert (await signed_in.get(f"/console/link/{sign_in_link}")).status_code == 410
    assert (await signed_in.sign_in()).status_code == 422
    assert (await signed_in.sign_in(password=NEW)).status_code == 303
    assert (await signed_in.get(link)).status_code == 410
    assert (await signed_in.post(link, {"password": PASSWORD})).status_code == 410
    assert [event["event"] for event in fields_of(caplog)][:2] == ["password_reset_requested", "password_reset"]
    assert EMAIL not in str(fields_of(caplog))


@refused_alike
async def test_every_address_gets_the_same_answer(application: Application, browser: Browser, agent: str) -> None:
    addresses = (EMAIL, "other@example.com", "no address", "", "x" * 5000)
    answers = [await browser.post(FORGOTTEN, {"email": address}) for address in addresses]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    [recipient] = await application.database.read(lambda c: c.execute(select(outbox.c.recipient)).scalars().all())
    assert recipient == EMAIL


async def test_a_stranger_who_asks_again_and_again_neither_floods_the_owner_nor_locks_them_out(
    application: Application, browser: Browser, agent: str
) -> None:
    links = [await request_link(application, browser) for _ in range(3)]
    assert len(set(links)) == 1  # one mail in a quarter of an hour
    for _ in range(4):
        await age_links(application, timedelta(minutes=14))
        links.append(await request_link(application, browser))
    assert 3 <= len(set(links)) <= 4
    assert (await browser.get(links[-1])).status_code == 200
    assert (await browser.get(links[0])).status_code == 200  # a newer link leaves the older ones
    await age_links(application, timedelta(hours=1))
    assert (await browser.get(links[-1])).status_code == 410


@refused_alike
async def test_one_network_asks_a_few_times(browser: Browser) -> None:
    statuses = [(await browser.post(FORGOTTEN, {"email": f"{n}@example.com"})).status_code for n in range(11)]
    assert statuses == [200] * 10 + [429]


@refused_alike
async def test_a_weak_password_leaves_the_link_as_it_is(application: Application, browser: Browser, agent: str) -> None:
    link = await request_link(application, browser)
    answer = await browser.post(link, {"password": "Password2026!"})
    assert answer.status_code == 422
    assert "among the first that are guessed" in answer.text
    assert "Password2026!" not in answer.text
    assert (await browser.post(link, {"password": NEW}, origin="https://evil.example")).status_code == 403
    assert (await browser.post(link, {"password": NEW})).status_code == 303


@refused_alike
async def test_a_removed_agents_link_does_nothing(application: Application, browser: Browser, agent: str) -> None:
    link = await request_link(application, browser)
    await application.database.write(lambda c: remove_agent(c, EMAIL))
    assert (await browser.post(link, {"password": NEW})).status_code == 410
    assert await application.database.read(lambda c: find_agent(c, agent)) is None


@refused_alike
async def test_links_of_another_purpose_change_no_password(
    application: Application, browser: Browser, agent: str
) -> None:
    secret = await application.database.write(lambda c: create_sign_in_link(c, agent, timedelta(hours=1)))
    for path in ("new-password", "invitation"):
        assert (await browser.get(f"/console/{path}/{secret}")).status_code == 410
        assert (await browser.post(f"/console/{path}/{secret}", {"password": NEW, "name": "Eve"})).status_code == 410
