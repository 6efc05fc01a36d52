"""A session is a row: it ends with its time, its password and its owner's wish, by the server's clock alone."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, select, text

from forecourt.app import Application
from forecourt.console import accounts, agents, sessions
from forecourt.console.accounts import save_agent
from forecourt.console.passwords import PasswordHash, hash_password
from forecourt.console.session_cookie import SESSION_COOKIE
from forecourt.console.sessions import MAX_SESSIONS, SessionClient, SessionLimits
from forecourt.db.database import Database
from forecourt.db.tables import agent_sessions
from forecourt.visitor import retention_worker

from .browser import EMAIL, Browser

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)
LIMITS = SessionLimits(12 * HOUR, 2 * HOUR)
CLIENT = SessionClient("203.0.113.0/24", "Firefox, Windows")


async def shift(application: Application, **times: timedelta) -> None:
    """Moves moments of every session, as if time had passed."""
    for name, delta in times.items():
        statement = text(f"UPDATE agent_sessions SET {name} = {name} + :delta")
        values = {"delta": round(delta.total_seconds() * 1_000_000)}
        await application.database.write(partial(Connection.execute, statement=statement, parameters=values))


async def last_use(application: Application) -> datetime:
    return await application.database.read(lambda c: c.execute(select(agent_sessions.c.last_used_at)).scalar_one())


async def test_the_secret_is_stored_as_its_hash_alone(signed_in: Browser, application: Application) -> None:
    secret = signed_in.client.cookies[SESSION_COOKIE]
    assert len(secret) == 43  # 256 bits
    [row] = await application.database.read(lambda c: c.execute(select(agent_sessions)).all())
    assert secret not in str(row)
    assert (row.network, row.browser) == ("127.0.0.0/24", "")
    signed_in.client.cookies.clear()
    assert (await signed_in.get("/console/", cookie=f"{SESSION_COOKIE}={row.secret_hash}")).status_code == 303


async def test_a_session_ends_after_its_hours_however_much_it_is_used(
    signed_in: Browser, application: Application
) -> None:
    await shift(application, expires_at=-12 * HOUR + timedelta(minutes=1))
    assert (await signed_in.get("/console/")).status_code == 200
    await shift(application, expires_at=-timedelta(minutes=2))
    assert (await signed_in.get("/console/")).status_code == 303


async def test_a_session_ends_when_it_was_not_used_for_a_while(signed_in: Browser, application: Application) -> None:
    for _ in range(3):  # each use counts anew
        await shift(application, last_used_at=-2 * HOUR + timedelta(minutes=1))
        assert (await signed_in.get("/console/")).status_code == 200
    await shift(application, last_used_at=-2 * HOUR - timedelta(minutes=1))
    assert (await signed_in.get("/console/")).status_code == 303


async def test_a_server_whose_clock_is_behind_takes_the_session_too(
    signed_in: Browser, application: Application
) -> None:
    """A signed time was refused as one of the future. A row of another server's is only judged by its end."""
    await shift(application, created_at=timedelta(minutes=3), last_used_at=timedelta(minutes=3))
    assert (await signed_in.get("/console/")).status_code == 200


async def test_use_is_stored_every_few_minutes_and_not_each_time(signed_in: Browser, application: Application) -> None:
    before = await last_use(application)
    await signed_in.get("/console/")
    assert await last_use(application) == before
    await shift(application, last_used_at=-timedelta(minutes=6))
    await signed_in.get("/console/")
    assert await last_use(application) >= before


async def test_signing_out_ends_the_session_and_not_only_the_cookie(signed_in: Browser) -> None:
    secret = signed_in.client.cookies[SESSION_COOKIE]
    await signed_in.post("/console/sign-out")
    assert (await signed_in.get("/console/", cookie=f"{SESSION_COOKIE}={secret}")).status_code == 303


async def test_a_session_of_a_password_that_has_just_changed_does_not_begin(
    application: Application, agent: str
) -> None:
    old = await application.database.read(lambda c: agents.find_agent(c, agent))
    assert old is not None
    fresh = hash_password("another long password")
    await application.database.write(lambda c: save_agent(c, EMAIL, "Kari", fresh))
    assert await application.database.write(lambda c: accounts.sign_in(c, old, LIMITS, CLIENT)) is None


async def test_a_rehash_puts_no_old_password_back(application: Application, agent: str) -> None:
    """It is computed while the agent may choose another password."""
    old = await application.database.read(lambda c: agents.find_agent(c, agent))
    assert old is not None
    fresh, late_hash = PasswordHash("$argon2id$new"), PasswordHash("$argon2id$old again")
    await application.database.write(lambda c: save_agent(c, EMAIL, "Kari", fresh))
    assert await application.database.write(lambda c: agents.replace_hash(c, old, late_hash)) == old
    stored = await application.database.read(lambda c: agents.find_agent(c, agent))
    assert stored is not None
    assert stored.password_hash == "$argon2id$new"


async def test_an_agent_has_a_bounded_number_of_sessions(database: Database) -> None:
    secrets = [
        await database.write(lambda c: sessions.start_session(c, "kari", LIMITS, CLIENT))
        for _ in range(MAX_SESSIONS + 2)
    ]
    await database.write(lambda c: sessions.start_session(c, "per", LIMITS, CLIENT))
    assert len(await database.read(lambda c: sessions.list_sessions(c, "kari", LIMITS))) == MAX_SESSIONS
    assert await database.read(lambda c: sessions.find_session(c, secrets[1], LIMITS)) is None
    assert await database.read(lambda c: sessions.find_session(c, secrets[2], LIMITS)) is not None


async def test_expired_sessions_are_deleted(signed_in: Browser, application: Application) -> None:
    await shift(application, expires_at=-13 * HOUR)
    settings = application.settings
    counts = await retention_worker.run_round(application.database, settings.sites, settings.retention)
    assert counts["sessions"] == 1
    assert await application.database.read(lambda c: c.execute(select(agent_sessions)).all()) == []
