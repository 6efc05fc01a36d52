"""Checks that agents assign, snooze and wake conversations, and that what a leaving agent had goes back."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.console import accounts, agents
from forecourt.console.accounts import save_agent
from forecourt.console.passwords import PasswordHash
from forecourt.console.roles import ConsoleRole
from forecourt.console.snooze_end import SnoozeBody
from forecourt.errors import Invalid
from forecourt.support import actions, snooze_waker
from forecourt.support.model import Conversation, ConversationState
from tests.engines import refused_alike

from .browser import Browser

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)  # a Tuesday


@pytest.fixture
async def colleague(application: Application, agent: str, password_hash: PasswordHash) -> str:
    return await application.database.write(
        lambda c: save_agent(c, "ola@example.com", "Ola", password_hash, ConsoleRole.AGENT)
    )


@pytest.fixture
def path(conversation: str) -> str:
    return f"/console/conversations/{conversation}"


async def find(application: Application, conversation: str) -> Conversation:
    return await application.database.read(lambda c: actions.find_conversation(c, conversation))


async def test_a_conversation_is_assigned_to_me_to_a_colleague_and_to_nobody(
    signed_in: Browser, agent: str, colleague: str, path: str, count: Callable[[str], Any]
) -> None:
    entries = await count("audit_log")
    for assignee, words in ((agent, "Assigned to you"), (colleague, "<bdi>Ola</bdi>"), ("", "Assigned to nobody")):
        for _ in range(2):
            answer = await signed_in.post(f"{path}/assign", {"assignee": assignee})
            assert (answer.status_code, answer.headers["location"]) == (303, path)
        head = (await signed_in.get(path)).text.partition('</header>\n<div id="log"')[0]
        assert words in re.sub(r"\s+", " ", head)
    text = (await signed_in.get(path)).text
    for sentence in ("Kari Nordmann took this on.", "Kari Nordmann assigned this to Ola.", "assigned this to nobody."):
        assert text.count(sentence) == 1
    assert await count("audit_log") - entries >= 3
    audit_log = (await signed_in.get("/console/audit-log?action=conversation_assigned")).text
    assert "Assigned to <bdi>Ola</bdi>" in audit_log


@refused_alike
async def test_who_may_not_see_the_inbox_is_not_assigned(
    signed_in: Browser, application: Application, colleague: str, path: str
) -> None:
    await application.database.write(lambda c: agents.set_role(c, colleague, ConsoleRole.EDITOR))
    assert "Ola" not in (await signed_in.get(path)).text
    for assignee in (colleague, "nobody", "'", "x" * 99):
        answer = await signed_in.post(f"{path}/assign", {"assignee": assignee}, **{"hx-request": "true"})
        assert answer.status_code == 422, assignee
    assert (await signed_in.post("/console/conversations/nope/assign", {"assignee": ""})).status_code == 404


async def test_what_somebody_had_who_leaves_goes_back_to_nobody(
    signed_in: Browser, application: Application, colleague: str, path: str, conversation: str, contact_message: str
) -> None:
    other = f"/console/conversations/{contact_message}"
    await signed_in.post(f"{path}/assign", {"assignee": colleague})
    await signed_in.post(f"{path}/snooze", {"until": "tomorrow"})
    await signed_in.post(f"{other}/assign", {"assignee": colleague})
    await signed_in.post(f"{other}/close")
    await application.database.write(lambda c: accounts.remove_colleague(c, colleague))
    assert (await find(application, conversation)).assignee == ""
    assert "Ola no longer sees the inbox, so this is assigned to nobody." in (await signed_in.get(path)).text
    assert (await find(application, contact_message)).assignee == colleague
    await signed_in.post(f"{other}/reopen")
    assert (await find(application, contact_message)).assignee == ""


async def test_a_role_without_the_inbox_gives_back_too(
    signed_in: Browser, application: Application, colleague: str, path: str, conversation: str
) -> None:
    await signed_in.post(f"{path}/assign", {"assignee": colleague})
    await application.database.write(lambda c: accounts.change_role(c, colleague, ConsoleRole.CONTRACTOR))
    assert (await find(application, conversation)).assignee == colleague
    await application.database.write(lambda c: accounts.change_role(c, colleague, ConsoleRole.EDITOR))
    assert (await find(application, conversation)).assignee == ""


async def test_a_snooze_ends_by_itself_once_or_before_its_time(
    signed_in: Browser, application: Application, agent: str, path: str, conversation: str
) -> None:
    assert (await signed_in.post(f"{path}/snooze", {"until": "later_today", "zone": "Europe/Oslo"})).status_code == 303
    snoozed = await find(application, conversation)
    assert snoozed.snoozed_until
    assert abs(snoozed.snoozed_until - clock.now() - timedelta(hours=3)) < timedelta(minutes=1)
    assert "Snoozed until <time datetime=" in (await signed_in.get(path)).text
    assert await application.database.write(snooze_waker.wake_ended) == 0
    assert (await signed_in.press(f"{path}/wake")).headers["hx-trigger"] == "stored"
    assert (await signed_in.press(f"{path}/wake")).status_code == 204
    assert (await find(application, conversation)).state is ConversationState.OPEN
    past = clock.now() - timedelta(seconds=1)
    await application.database.write(lambda c: actions.snooze(c, conversation, agent, past))
    ended = [await application.database.write(lambda c: actions.wake_in_time(c, conversation, past)) for _ in range(2)]
    assert ended == [True, False]
    assert await application.database.write(snooze_waker.wake_ended) == 0
    text = (await signed_in.get(path)).text
    assert text.count("Kari Nordmann brought this back early.") == 1
    assert text.count("The snooze ended, and this came back.") == 1


async def test_a_closed_conversation_is_not_snoozed(signed_in: Browser, path: str) -> None:
    await signed_in.post(f"{path}/close")
    assert (await signed_in.post(f"{path}/snooze", {"until": "tomorrow"})).status_code == 409


@pytest.mark.parametrize(
    ("form", "end"),
    [
        (SnoozeBody("later_today", "Europe/Oslo"), NOON + timedelta(hours=3)),
        (SnoozeBody("tomorrow", "Europe/Oslo"), datetime(2026, 12, 2, 8, tzinfo=UTC)),
        (SnoozeBody("tomorrow", "Pacific/Kiritimati"), datetime(2026, 12, 2, 19, tzinfo=UTC)),
        (SnoozeBody("next_week", "UTC"), datetime(2026, 12, 7, 9, tzinfo=UTC)),
        (SnoozeBody("custom", "America/New_York", "2027-03-14T02:30"), datetime(2027, 3, 14, 7, 30, tzinfo=UTC)),
        (SnoozeBody("custom", "Asia/Kolkata", "2026-12-01T17:31"), datetime(2026, 12, 1, 12, 1, tzinfo=UTC)),
    ],
)
def test_a_snooze_ends_by_the_agents_own_clock(form: SnoozeBody, end: datetime) -> None:
    assert form.compute_end(NOON) == end


@pytest.mark.parametrize(
    "form",
    [
        SnoozeBody("tomorrow", "../etc/passwd"),
        SnoozeBody("tomorrow", ""),
        SnoozeBody("custom", "UTC", ""),
        SnoozeBody("custom", "UTC", "2026-12-01T12:00"),
        SnoozeBody("custom", "UTC", "2028-01-01T12:00"),
        SnoozeBody("custom", "UTC", "9999-12-31T23:59"),
        SnoozeBody("custom", "Pacific/Kiritimati", "0001-01-01T00:00"),
        SnoozeBody("custom", "UTC", "2026-02-30T12:00"),
        SnoozeBody("custom", "UTC", "tomorrow"),
    ],
)
def test_a_time_that_is_none_or_too_far_is_refused(form: SnoozeBody) -> None:
    with pytest.raises(Invalid):
        form.compute_end(NOON)
