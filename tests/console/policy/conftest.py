"""Reads what the editor has stored, without using the editor."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.policy import actions, drafts
from forecourt.policy.drafts import PolicyDraft
from forecourt.policy.model import Policy, Release

ReadDraft = Callable[[], Awaitable[PolicyDraft | None]]
ReadRelease = Callable[[], Awaitable[Release]]


@pytest.fixture
def read_draft(application: Application) -> ReadDraft:
    async def read() -> PolicyDraft | None:
        return await application.database.read(lambda c: drafts.find_draft(c, "main"))

    return read


@pytest.fixture
def read_drafted_policy(read_draft: ReadDraft) -> Callable[[], Awaitable[Policy]]:
    async def read() -> Policy:
        draft = await read_draft()
        assert draft is not None
        return draft.policy

    return read


@pytest.fixture
def read_release(application: Application) -> ReadRelease:
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
