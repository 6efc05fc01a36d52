"""Checks that a snooze ends once, whoever looks at the same time."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from forecourt import clock
from forecourt.app import Application
from forecourt.support import actions, snooze_waker, store
from forecourt.support.model import ConversationState, EventKind

from .test_projection import new_conversation

pytestmark = pytest.mark.anyio


async def test_several_who_look_at_once_wake_each_conversation_once(application: Application) -> None:
    conversations = [new_conversation() for _ in range(5)]

    def snooze(connection: Connection) -> None:
        for number, conversation in enumerate(conversations):
            store.add_conversation(connection, conversation)
            end = clock.now() + timedelta(hours=-1 if number else 1)
            actions.snooze(connection, conversation.id, "kari", end)

    await application.database.write(snooze)
    await asyncio.gather(*(application.database.write(snooze_waker.wake_ended) for _ in range(6)))
    histories = [
        await application.database.read(lambda c, row=row: store.find_events_after(c, row.id, 0, 10))  # type: ignore[misc] # mypy does not infer lambdas with defaults
        for row in conversations
    ]
    kinds = [[event.kind for event in history] for history in histories]
    assert kinds == [[EventKind.SNOOZED]] + [[EventKind.SNOOZED, EventKind.WOKEN]] * 4
    sleeper = await application.database.read(lambda c: actions.find_conversation(c, conversations[0].id))
    assert sleeper.state is ConversationState.SNOOZED
