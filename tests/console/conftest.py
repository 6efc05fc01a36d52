"""Provides an agent, their browser, and a visitor who has written."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from forecourt.app import Application
from forecourt.console.accounts import save_agent
from forecourt.console.agents import create_sign_in_link
from forecourt.console.passwords import PasswordHash, hash_password
from tests.deadline import DEADLINE
from tests.page import LETTER, Page

from .browser import EMAIL, PASSWORD, Browser


@pytest.fixture(scope="session")
def password_hash() -> PasswordHash:
    return hash_password(PASSWORD)


@pytest.fixture
async def agent(application: Application, password_hash: PasswordHash) -> str:
    return await application.database.write(lambda c: save_agent(c, EMAIL, "Kari Nordmann", password_hash))


@pytest.fixture
async def browser(application: Application) -> AsyncIterator[Browser]:
    transport = httpx.ASGITransport(application.asgi, raise_app_exceptions=False)
    async with httpx.AsyncClient(base_url=application.address, transport=transport, timeout=DEADLINE) as client:
        yield Browser(client, application.address)


@pytest.fixture
async def signed_in(application: Application, browser: Browser, agent: str) -> Browser:
    """By a one-time link: a password takes its time, as it should."""
    secret = await application.database.write(lambda c: create_sign_in_link(c, agent, timedelta(hours=1)))
    answer = await browser.post(f"/console/link/{secret}")
    assert answer.status_code == 303, answer.text
    return browser


@pytest.fixture
async def visitor(page: Page) -> Page:
    """Who has accepted everything."""
    await page.accept()
    return page


@pytest.fixture
async def conversation(visitor: Page) -> str:
    """A chat in which the visitor has said one thing."""
    identity = str((await visitor.post("conversations", {})).json()["id"])
    answer = await visitor.post(f"conversations/{identity}/messages", {"key": "v1", "body": "Er noen der?"})
    assert answer.status_code == 201, answer.text
    return identity


@pytest.fixture
async def contact_message(visitor: Page) -> str:
    answer = await visitor.post("contact", LETTER | {"message": "Hvor lagres dataene?", "topic": "privacy"})
    return str(answer.json()["id"])
