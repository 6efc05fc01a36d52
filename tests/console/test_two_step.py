"""The second step: a code counts once, recovery codes let in whoever lost the phone, and a colleague can help."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial

import httpx
import pyotp
import pytest
from sqlalchemy import Connection, func, select, update

from forecourt import clock
from forecourt.app import Application
from forecourt.console import two_step
from forecourt.console.accounts import remove_agent, save_agent
from forecourt.console.agents import create_sign_in_link, find_agent_by_email
from forecourt.console.passwords import PasswordHash
from forecourt.console.roles import ConsoleRole
from forecourt.db.tables import recovery_codes, two_step_secrets
from forecourt.logs.configuration import SECURITY_LOGGER
from forecourt.settings.server import Settings, override
from tests.deadline import DEADLINE
from tests.engines import refused_alike

from .browser import EMAIL, PASSWORD, Browser
from .mails import mails_to
from .test_people import age_links
from .test_security_events import fields_of

pytestmark = pytest.mark.anyio
TWO_STEP, CODE = "/console/two-step", "/console/sign-in/code"
WRONG = "This code is wrong, or was used already."


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return override(settings, limits=True)


@pytest.fixture
async def stranger(application: Application) -> AsyncIterator[Browser]:
    """Another browser, of a network of its own, in which nobody has signed in."""
    transport = httpx.ASGITransport(application.asgi, client=("203.0.113.77", 1))
    async with httpx.AsyncClient(base_url=application.address, transport=transport, timeout=DEADLINE) as client:
        yield Browser(client, application.address)


async def app_code(application: Application, steps: int = 0) -> str:
    """What the agent's app shows, so many steps from now."""
    secret = await application.database.read(lambda c: c.execute(select(two_step_secrets.c.secret)).scalar_one())
    return str(pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=steps * two_step.SECONDS)))


async def forget_steps(application: Application) -> None:
    """Takes codes anew, as if time had passed since the last one."""
    await application.database.write(lambda c: c.execute(update(two_step_secrets).values(last_step=0)))


async def switch_on(application: Application, browser: Browser) -> list[str]:
    """Returns the recovery codes."""
    answer = await browser.post(f"{TWO_STEP}/begin", {"current_password": PASSWORD})
    assert answer.headers["location"] == f"{TWO_STEP}/confirm", answer.text
    answer = await browser.post(f"{TWO_STEP}/confirm", {"code": await app_code(application)})
    assert answer.status_code == 200
    await forget_steps(application)
    return re.findall(r"<li><code>([^<]+)</code>", answer.text)


async def test_it_is_switched_on_by_a_code_and_asked_for_from_then_on(
    application: Application, signed_in: Browser, stranger: Browser, agent: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", SECURITY_LOGGER)
    assert "Set it up" in (await signed_in.get(TWO_STEP)).text
    await signed_in.post(f"{TWO_STEP}/begin", {"current_password": PASSWORD})
    page = (await signed_in.get(f"{TWO_STEP}/confirm")).text
    secret = await application.database.read(lambda c: c.execute(select(two_step_secrets.c.secret)).scalar_one())
    assert " ".join(secret[start : start + 4] for start in range(0, 32, 4)) in page
    assert "<svg" in page
    assert "style=" not in page
    assert (await stranger.sign_in()).headers["location"] == "/console/"  # nothing is asked for before it is confirmed
    refused = await signed_in.post(f"{TWO_STEP}/confirm", {"code": "000000"})
    assert refused.status_code == 422
    assert WRONG in refused.text
    answer = await signed_in.post(f"{TWO_STEP}/confirm", {"code": await app_code(application)})
    codes = re.findall(r"<li><code>([^<]+)</code>", answer.text)
    assert len(set(codes)) == 10
    assert secret.lower() not in answer.text.lower()
    assert secret not in (await signed_in.get(TWO_STEP)).text
    assert (await signed_in.get(f"{TWO_STEP}/confirm")).status_code == 303  # the secret is not shown again
    stranger.client.cookies.clear()
    answer = await stranger.sign_in(next_page="/console/newsletter")
    assert answer.headers["location"].startswith(CODE)
    assert (await stranger.get("/console/")).status_code == 303  # half signed in is not in
    assert "The second step" in (await stranger.get(answer.headers["location"])).text
    await forget_steps(application)
    fields = {"code": await app_code(application), "next": "/console/newsletter"}
    answer = await stranger.post(CODE, fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/newsletter")
    assert (await stranger.get("/console/")).status_code == 200
    assert fields_of(caplog)[-1]["second_step"] == "totp"
    assert {"two_step_on", "sign_in"} <= {event["event"] for event in fields_of(caplog)}


async def test_a_code_counts_once_and_an_older_one_no_more(
    application: Application, signed_in: Browser, agent: str
) -> None:
    await switch_on(application, signed_in)
    now, before = await app_code(application), await app_code(application, -1)
    spaced = f" {now[:3]} {now[3:]} "
    assert await application.database.write(lambda c: two_step.use_code(c, agent, spaced)) == "totp"
    assert await application.database.write(lambda c: two_step.use_code(c, agent, now)) is None
    assert await application.database.write(lambda c: two_step.use_code(c, agent, before)) is None


async def test_a_code_sent_twice_at_once_counts_once(application: Application, signed_in: Browser, agent: str) -> None:
    codes = await switch_on(application, signed_in)
    for code in (await app_code(application), codes[0]):
        use = partial(two_step.use_code, agent=agent, code=code)
        results = await asyncio.gather(*(application.database.write(use) for _ in range(8)))
        assert sum(result is not None for result in results) == 1


@pytest.mark.parametrize(
    "spell", [str, str.upper, lambda code: code.replace("-", " ")], ids=["as it is", "capitals", "blanks"]
)
async def test_a_recovery_code_lets_in_once(
    application: Application, signed_in: Browser, stranger: Browser, spell: Callable[[str], str]
) -> None:
    code = (await switch_on(application, signed_in))[3]
    stored = await application.database.read(lambda c: c.execute(select(recovery_codes.c.code_hash)).scalars().all())
    assert len(stored) == 10
    assert code not in str(stored)
    await stranger.sign_in()
    assert (await stranger.post(CODE, {"code": spell(code)})).headers["location"] == "/console/"
    assert "You have 9 recovery codes left." in (await stranger.get(TWO_STEP)).text
    await stranger.post("/console/sign-out")
    await stranger.sign_in()
    assert (await stranger.post(CODE, {"code": code})).status_code == 422


async def test_who_knows_the_password_tries_few_codes_and_keeps_the_owner_out_of_nothing(
    application: Application, signed_in: Browser, stranger: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", SECURITY_LOGGER)
    await switch_on(application, signed_in)
    await stranger.sign_in()
    statuses = [(await stranger.post(CODE, {"code": "abc"})).status_code for _ in range(21)]
    assert statuses == [422] * 20 + [429]
    assert [event["event"] for event in fields_of(caplog)].count("second_step_failed") == 20
    await signed_in.post("/console/sign-out")
    await signed_in.sign_in()  # on a device that is known
    assert (await signed_in.post(CODE, {"code": await app_code(application)})).status_code == 303


@refused_alike
async def test_nothing_changes_without_the_password(application: Application, signed_in: Browser, agent: str) -> None:
    answer = await signed_in.post(f"{TWO_STEP}/begin", {"current_password": "wrong"})
    assert answer.status_code == 422
    assert "This is not your current password." in answer.text
    assert await application.database.read(lambda c: two_step.find_two_step(c, agent)) is None
    await switch_on(application, signed_in)
    for path in ("codes", "off"):
        answer = await signed_in.post(f"{TWO_STEP}/{path}", {"current_password": "wrong"})
        assert answer.status_code == 422
        assert answer.text.count("This is not your current password.") == 1
        foreign = await signed_in.post(
            f"{TWO_STEP}/{path}", {"current_password": PASSWORD}, origin="https://evil.example"
        )
        assert foreign.status_code == 403
    assert await application.database.read(lambda c: two_step.is_on(c, agent))
    assert await application.database.read(lambda c: two_step.count_recovery_codes(c, agent)) == 10


async def test_new_recovery_codes_replace_the_old_and_switching_off_ends_it(
    application: Application, signed_in: Browser, stranger: Browser, agent: str
) -> None:
    old = await switch_on(application, signed_in)
    answer = await signed_in.post(f"{TWO_STEP}/codes", {"current_password": PASSWORD})
    new = re.findall(r"<li><code>([^<]+)</code>", answer.text)
    assert not set(old) & set(new)
    await stranger.sign_in()
    assert (await stranger.post(CODE, {"code": old[0]})).status_code == 422
    assert (await stranger.post(CODE, {"code": new[0]})).status_code == 303
    answer = await signed_in.post(f"{TWO_STEP}/off", {"current_password": PASSWORD})
    assert answer.headers["location"] == f"{TWO_STEP}?done=off"
    assert "Your password is enough." in (await signed_in.get(answer.headers["location"])).text
    await stranger.post("/console/sign-out")
    assert (await stranger.sign_in()).headers["location"] == "/console/"
    assert await application.database.read(lambda c: two_step.count_recovery_codes(c, agent)) == 0


@refused_alike
async def test_half_signed_in_ends_with_ten_minutes_and_with_the_password(
    application: Application, signed_in: Browser, stranger: Browser, password_hash: PasswordHash
) -> None:
    codes = await switch_on(application, signed_in)
    assert (await stranger.post(CODE, {"code": codes[0]})).headers["location"] == "/console/sign-in"
    await stranger.sign_in()
    await age_links(application, timedelta(minutes=11))
    assert (await stranger.post(CODE, {"code": codes[0]})).headers["location"] == "/console/sign-in"
    await stranger.sign_in()
    await application.database.write(lambda c: save_agent(c, EMAIL, "Kari", PasswordHash("$argon2id$another")))
    assert (await stranger.post(CODE, {"code": codes[0]})).headers["location"] == "/console/sign-in"
    assert (await stranger.get("/console/")).status_code == 303


async def test_an_admin_switches_a_colleagues_off_who_is_mailed(
    application: Application,
    signed_in: Browser,
    stranger: Browser,
    password_hash: PasswordHash,
    agent: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", SECURITY_LOGGER)
    per = await application.database.write(
        lambda c: save_agent(c, "per@example.com", "Per", password_hash, ConsoleRole.AGENT)
    )
    secret = await application.database.write(lambda c: create_sign_in_link(c, per, timedelta(hours=1)))
    await stranger.post(f"/console/link/{secret}")
    await switch_on(application, stranger)
    assert "Two-step sign-in is on." in (await signed_in.get(f"/console/people/{per}")).text
    answer = await signed_in.post(f"/console/people/{per}/two-step-off")
    assert answer.headers["location"] == "/console/people?done=two_step_off"
    [mail] = await mails_to(application, "per@example.com", "console_two_step_off")
    part = mail.get_body(("plain",))
    assert part
    assert "Kari Nordmann has switched off two-step sign-in" in " ".join(part.get_content().split())
    assert fields_of(caplog)[-1] == {"event": "two_step_off", "network": "127.0.0.0/24", "agent": agent, "user": per}
    await signed_in.post(f"/console/people/{per}/two-step-off")  # again: there is nothing to tell
    assert len(await mails_to(application, "per@example.com", "console_two_step_off")) == 1
    await switch_on(application, signed_in)
    answer = await signed_in.post(f"/console/people/{agent}/two-step-off")
    assert answer.headers["location"] == TWO_STEP  # one's own needs the password
    assert await application.database.read(lambda c: two_step.is_on(c, agent))


@refused_alike
async def test_nothing_is_left_of_a_removed_agent(application: Application, signed_in: Browser, agent: str) -> None:
    await switch_on(application, signed_in)
    await application.database.write(lambda c: remove_agent(c, EMAIL))
    for table in (two_step_secrets, recovery_codes):
        query = select(func.count()).select_from(table)
        assert await application.database.read(partial(Connection.scalar, statement=query)) == 0
    assert await application.database.read(lambda c: find_agent_by_email(c, EMAIL)) is None


@refused_alike
async def test_a_new_password_leaves_the_second_step_on(
    application: Application, signed_in: Browser, agent: str
) -> None:
    await switch_on(application, signed_in)
    fields = {"current_password": PASSWORD, "new_password": "fjord traktor sokk"}
    assert (await signed_in.post("/console/password", fields)).status_code == 303
    await signed_in.post("/console/sign-out")
    answer = await signed_in.sign_in(password="fjord traktor sokk")
    assert answer.headers["location"].startswith(CODE)
