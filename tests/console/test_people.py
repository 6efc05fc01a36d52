"""Admins invite people by mail, change roles and remove people, and an admin always remains."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import partial

import httpx
import pytest
from sqlalchemy import Connection, text

from forecourt.app import Application
from forecourt.console import accounts, agents
from forecourt.console.accounts import save_agent
from forecourt.console.agents import Agent, find_agent, find_agent_by_email
from forecourt.console.passwords import PasswordHash
from forecourt.console.roles import ConsoleRole
from forecourt.errors import LastAdmin
from forecourt.logs.configuration import SECURITY_LOGGER
from tests.deadline import DEADLINE
from tests.engines import refused_alike

from .browser import PASSWORD, Browser
from .mails import find_link, mails_to
from .test_security_events import fields_of

pytestmark = pytest.mark.anyio
PER = "per@example.com"
INVITATION = {"email": PER, "role": "editor"}


@pytest.fixture
async def guest(application: Application) -> AsyncIterator[Browser]:
    """A browser in which nobody is signed in."""
    transport = httpx.ASGITransport(application.asgi)
    async with httpx.AsyncClient(base_url=application.address, transport=transport, timeout=DEADLINE) as client:
        yield Browser(client, application.address)


@pytest.fixture
def find(application: Application) -> Callable[[], Awaitable[Agent]]:
    async def find_per() -> Agent:
        agent = await application.database.read(lambda c: find_agent_by_email(c, PER))
        assert agent
        return agent

    return find_per


async def test_an_invited_person_chooses_name_and_password_and_is_in(
    application: Application,
    signed_in: Browser,
    guest: Browser,
    find: Callable[[], Awaitable[Agent]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", SECURITY_LOGGER)
    answer = await signed_in.post("/console/people/invite", INVITATION)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/people?done=invited")
    assert "Invited" in (await signed_in.get("/console/people")).text
    [mail] = await mails_to(application, PER, "console_invitation")
    link = find_link(mail)
    page = await guest.get(link)
    assert page.status_code == 200
    assert PER in page.text
    for name, password, sentence in (
        ("", PASSWORD, "Please fill this in."),
        ("Per", "short", "A password needs at least 12 characters."),
        ("Per Hansen", "hansenHansen1", "This password is mostly your name or address."),
    ):
        refused = await guest.post(link, {"name": name, "password": password})
        assert refused.status_code == 422
        assert sentence in refused.text
        assert password not in refused.text
    answer = await guest.post(link, {"name": "Per Hansen", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/")
    assert (await guest.get("/console/")).headers["location"] == "/console/policy/"
    per = await find()
    assert (per.name, per.role, per.is_invited) == ("Per Hansen", ConsoleRole.EDITOR, False)
    assert (await guest.get(link)).status_code == 410
    assert (await guest.post(link, {"name": "Eve", "password": PASSWORD})).status_code == 410
    events = [(event["event"], event.get("user"), event.get("method")) for event in fields_of(caplog)]
    assert events == [("user_invited", per.id, None), ("sign_in", None, "invitation")]


async def test_an_invitation_ends_after_two_days_and_is_sent_again(
    application: Application, signed_in: Browser, guest: Browser, find: Callable[[], Awaitable[Agent]]
) -> None:
    await signed_in.post("/console/people/invite", INVITATION)
    [first] = await mails_to(application, PER, "console_invitation")
    await age_links(application, timedelta(hours=47, minutes=59))
    assert (await guest.get(find_link(first))).status_code == 200
    await age_links(application, timedelta(minutes=2))
    assert (await guest.get(find_link(first))).status_code == 410
    assert "Invitation expired" in (await signed_in.get("/console/people")).text
    path = f"/console/people/{(await find()).id}"
    assert "Invitation expired" in (await signed_in.get(path)).text
    await signed_in.post(f"{path}/invitation")
    _, second = await mails_to(application, PER, "console_invitation")
    await signed_in.post(f"{path}/invitation")
    *_, third = await mails_to(application, PER, "console_invitation")
    assert (await guest.get(find_link(second))).status_code == 410  # the newest alone works
    assert (await guest.post(find_link(third), {"name": "Per", "password": PASSWORD})).status_code == 303
    await signed_in.post(f"{path}/invitation")  # there is nothing left to accept
    assert len(await mails_to(application, PER, "console_invitation")) == 3


@refused_alike
async def test_who_is_invited_cannot_sign_in_by_password(signed_in: Browser, guest: Browser) -> None:
    await signed_in.post("/console/people/invite", INVITATION)
    for password in ("", PASSWORD):
        assert (await guest.sign_in(PER, password)).status_code == 422


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "kari@example.com", "role": "agent"}, "Somebody in the console has this address already."),
        ({"email": "KARI@example.com", "role": "agent"}, "Somebody in the console has this address already."),
        ({"email": "no address", "role": "agent"}, "Please give one e-mail address"),
        ({"email": "a@example.com,b@example.com", "role": "agent"}, "Please give one e-mail address"),
        ({"email": "per@example.com\r\nBcc: all@example.com", "role": "agent"}, "cannot be used here"),
        ({"email": PER, "role": "owner"}, "Please choose one of the options."),
        ({"email": "", "role": ""}, "Please fill this in."),
        ({"email": PER}, "Please fill this in."),
        ({"email": PER, "role": "agent", "password_hash": "x"}, "This field is unknown."),
    ],
)
@refused_alike
async def test_a_refused_invitation_says_why_and_mails_nobody(
    application: Application, signed_in: Browser, fields: dict[str, str], sentence: str
) -> None:
    answer = await signed_in.post("/console/people/invite", fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert len(await application.database.read(agents.list_agents)) == 1
    assert await mails_to(application, PER, "console_invitation") == []


async def test_a_new_role_counts_at_once(
    application: Application, signed_in: Browser, agent: str, password_hash: PasswordHash
) -> None:
    per = await application.database.write(lambda c: save_agent(c, PER, "Per", password_hash))
    assert (await signed_in.post(f"/console/people/{per}/role", {"role": "admin"})).status_code == 303
    answer = await signed_in.post(f"/console/people/{agent}/role", {"role": "agent"})
    assert answer.headers["location"] == "/console/"
    assert (await signed_in.get("/console/people")).status_code == 403
    assert (await signed_in.get("/console/newsletter/main")).status_code == 200


@refused_alike
async def test_a_role_that_does_not_exist_is_refused(application: Application, signed_in: Browser, agent: str) -> None:
    assert (await signed_in.post(f"/console/people/{agent}/role", {"role": "owner"})).status_code == 422
    assert (await signed_in.post(f"/console/people/{agent}/role", {"role": ""})).status_code == 422
    assert (await signed_in.post(f"/console/people/{'0' * 32}/role", {"role": "agent"})).status_code == 404
    current = await application.database.read(lambda c: find_agent(c, agent))
    assert current
    assert current.role is ConsoleRole.ADMIN


async def test_a_removed_person_is_out_at_once(application: Application, signed_in: Browser, guest: Browser) -> None:
    await signed_in.post("/console/people/invite", INVITATION)
    [mail] = await mails_to(application, PER, "console_invitation")
    await guest.post(find_link(mail), {"name": "Per", "password": PASSWORD})
    per = await application.database.read(lambda c: find_agent_by_email(c, PER))
    assert per
    page = await signed_in.get(f"/console/people/{per.id}/remove")
    assert "Remove Per?" in page.text
    assert (await guest.get("/console/policy/")).status_code == 200  # asking removes nobody
    await signed_in.post(f"/console/people/{per.id}/remove")
    assert "sign-in" in (await guest.get("/console/policy/")).headers["location"]
    assert (await guest.sign_in(PER, PASSWORD)).status_code == 422
    assert (await signed_in.post(f"/console/people/{per.id}/remove")).status_code == 404


@refused_alike
async def test_the_last_admin_stays(application: Application, signed_in: Browser, agent: str) -> None:
    await signed_in.post("/console/people/invite", {"email": PER, "role": "admin"})  # who may never accept
    for path, fields in (("role", {"role": "agent"}), ("remove", {})):
        answer = await signed_in.post(f"/console/people/{agent}/{path}", fields)
        assert answer.status_code == 409
        assert "This is the only admin who can sign in." in answer.text
    current = await application.database.read(lambda c: find_agent(c, agent))
    assert current
    assert current.role is ConsoleRole.ADMIN


async def test_two_admins_who_remove_each_other_at_once_leave_one(
    application: Application, agent: str, password_hash: PasswordHash
) -> None:
    per = await application.database.write(lambda c: save_agent(c, PER, "Per", password_hash, ConsoleRole.ADMIN))
    database = application.database
    results = await asyncio.gather(
        database.write(lambda c: accounts.remove_colleague(c, agent)),
        database.write(lambda c: accounts.change_role(c, per, ConsoleRole.AGENT)),
        return_exceptions=True,
    )
    assert [type(result) for result in results if isinstance(result, BaseException)] == [LastAdmin]
    assert len(await database.read(agents.list_admins)) == 1


async def age_links(application: Application, delta: timedelta) -> None:
    """Moves the end of every link, as if time had passed."""
    statement = text("UPDATE one_time_links SET expires_at = expires_at - :delta")
    values = {"delta": round(delta.total_seconds() * 1_000_000)}
    await application.database.write(partial(Connection.execute, statement=statement, parameters=values))
