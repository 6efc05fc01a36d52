"""What is stored, seen from outside the editor."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.policy import actions, drafts
from forecourt.policy.drafts import PolicyDraft
from forecourt.policy.model import Policy, Release

Read = Callable[[], Awaitable[PolicyDraft | None]]
Standing = Callable[[], Awaitable[Release]]


@pytest.fixture
def draft(application: Application) -> Read:
    async def read() -> PolicyDraft | None:
        return await application.database.read(lambda c: drafts.find_draft(c, "main"))

    return read


@pytest.fixture
def drafted(draft: Read) -> Callable[[], Awaitable[Policy]]:
    async def read() -> Policy:
        found = await draft()
        assert found is not None
        return found.policy

    return read


@pytest.fixture
def standing(application: Application) -> Standing:
    async def read() -> Release:
        return await application.database.read(lambda c: actions.get_latest_release(c, "main"))

    return read


@pytest.fixture
def today() -> date:
    return clock.now().date()


@pytest.fixture
def first_day(today: date) -> date:
    """On which a change that is published today may take effect."""
    return today + timedelta(days=30)
