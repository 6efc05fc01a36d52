"""Agents see where they are signed in, end sessions, and change their own password."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from forecourt.app import Application
from forecourt.console.accounts import save_agent
from forecourt.console.agents import create_sign_in_link, find_agent
from forecourt.console.passwords import PasswordHash
from forecourt.logs.configuration import SECURITY_LOGGER
from forecourt.settings.server import Settings, override
from tests.deadline import DEADLINE
from tests.engines import refused_alike

from .browser import EMAIL, PASSWORD, Browser
from .test_sessions import HOUR

pytestmark = pytest.mark.anyio
NEW = "fjord traktor sokk"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return override(settings, limits=True)


@pytest.fixture
async def other(application: Application, agent: str) -> AsyncIterator[Browser]:
    """Another browser of the same agent, in another network."""
    transport = httpx.ASGITransport(application.asgi, client=("203.0.113.77", 1))
    headers = {"user-agent": FIREFOX}
    async with httpx.AsyncClient(
        base_url=application.address, transport=transport, timeout=DEADLINE, headers=headers
    ) as client:
        browser = Browser(client, application.address)
        secret = await application.database.write(lambda c: create_sign_in_link(c, agent, HOUR))
        await browser.post(f"/console/link/{secret}")
        yield browser


async def change_password(browser: Browser, current: str = PASSWORD, new: str = NEW) -> httpx.Response:
    return await browser.post("/console/password", {"current_password": current, "new_password": new})


async def test_sessions_are_listed_by_browser_and_network(signed_in: Browser, other: Browser) -> None:
    page = (await signed_in.get("/console/sessions")).text
    assert len(re.findall('<li class="row session">', page)) == 2
    assert page.count("This session") == 1
    assert "<bdi>Firefox, Windows</bdi>" in page
    assert "Network 203.0.113.0/24" in page
    assert "203.0.113.77" not in page


async def test_a_session_is_ended_from_another_browser(signed_in: Browser, other: Browser) -> None:
    page = (await signed_in.get("/console/sessions")).text
    [path] = re.findall(r'action="(/console/sessions/[0-9a-f]{32}/end)"', page)
    answer = await signed_in.post(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/sessions")
    assert (await other.get("/console/")).status_code == 303
    assert (await signed_in.get("/console/")).status_code == 200
    assert (await signed_in.post(path)).status_code == 303  # again: nothing is left to end


async def test_every_other_session_is_ended_at_once(signed_in: Browser, other: Browser) -> None:
    await signed_in.post("/console/sessions/end-others")
    assert (await other.get("/console/")).status_code == 303
    assert (await signed_in.get("/console/")).status_code == 200


async def test_nobody_ends_another_agents_session(signed_in: Browser, other: Browser, application: Application) -> None:
    per = await application.database.write(lambda c: save_agent(c, "per@example.com", "Per", PasswordHash("x")))
    secret = await application.database.write(lambda c: create_sign_in_link(c, per, HOUR))
    page = (await other.get("/console/sessions")).text
    [path] = re.findall(r'action="(/console/sessions/[0-9a-f]{32}/end)"', page)
    other.client.cookies.clear()
    await other.post(f"/console/link/{secret}")
    await other.post(path)
    await other.post("/console/sessions/end-others")
    assert (await signed_in.get("/console/")).status_code == 200


async def test_a_new_password_ends_every_other_session_and_renews_this_one(
    signed_in: Browser, other: Browser, caplog: pytest.LogCaptureFixture, agent: str
) -> None:
    caplog.set_level("INFO", SECURITY_LOGGER)
    before = dict(signed_in.client.cookies)
    answer = await change_password(signed_in)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/sessions?done=password")
    assert "Your password is changed" in (await signed_in.get("/console/sessions?done=password")).text
    assert (await other.get("/console/")).status_code == 303
    after = dict(signed_in.client.cookies)
    assert all(before[name] != after[name] for name in before)
    assert vars(caplog.records[-1])["fields"]["event"] == "password_changed"
    signed_in.client.cookies.clear()
    assert (await signed_in.sign_in()).status_code == 422
    assert (await signed_in.sign_in(password=NEW)).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "sentence"),
    [
        ("wrong", NEW, "This is not your current password."),
        (PASSWORD, "short", "A password needs at least 12 characters."),
        (PASSWORD, "Password2026!", "This password is among the first that are guessed."),
        (PASSWORD, "KariNordmann1", "This password is mostly your name or address."),
        (PASSWORD, "x" * 1001, "This is 1 character too long. At most 1,000 fit here."),
        ("", "", "This is not your current password."),
    ],
)
@refused_alike
async def test_a_refused_change_says_why_and_changes_nothing(
    signed_in: Browser, application: Application, agent: str, current: str, new: str, sentence: str
) -> None:
    before = await application.database.read(lambda c: find_agent(c, agent))
    answer = await change_password(signed_in, current, new)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert PASSWORD not in answer.text
    assert not new or new not in answer.text
    assert await application.database.read(lambda c: find_agent(c, agent)) == before


@refused_alike
async def test_a_stolen_session_guesses_few_passwords(signed_in: Browser) -> None:
    statuses = [(await change_password(signed_in, f"wrong {number}")).status_code for number in range(11)]
    assert statuses == [422] * 10 + [429]


@refused_alike
async def test_both_pages_ask_a_stranger_to_sign_in(browser: Browser) -> None:
    for path in ("/console/sessions", "/console/password"):
        assert (await browser.get(path)).status_code == 303
    assert (await change_password(browser)).headers["location"] == "/console/sign-in"
    assert (await browser.post("/console/sessions/end-others")).headers["location"] == "/console/sign-in"


@refused_alike
async def test_another_origins_form_changes_nothing(signed_in: Browser) -> None:
    fields = {"current_password": PASSWORD, "new_password": NEW}
    for path in ("/console/password", "/console/sessions/end-others"):
        assert (await signed_in.post(path, fields, origin="https://evil.example")).status_code == 403
    signed_in.client.cookies.clear()
    assert (await signed_in.sign_in(EMAIL)).status_code == 303
