"""Checks that a conversation's row is what its events come to, after any history, on both engines."""

from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from forecourt import clock
from forecourt.app import Application
from forecourt.errors import ConversationClosed
from forecourt.identifiers import new_identifier
from forecourt.support import actions, store
from forecourt.support.model import (
    Author,
    Conversation,
    ConversationChannel,
    ConversationState,
    EventKind,
    NewEvent,
    RatingAnswer,
)
from forecourt.support.projection import rebuild

pytestmark = pytest.mark.anyio
AGENTS = ("kari", "ola")
MOMENT = clock.now() + timedelta(days=2)

STEPS = st.one_of(
    st.builds(lambda body: NewEvent(EventKind.MESSAGE, Author.VISITOR, body=body), st.sampled_from("abc")),
    st.builds(lambda agent: NewEvent(EventKind.MESSAGE, Author.AGENT, agent, "Svar"), st.sampled_from(AGENTS)),
    st.builds(lambda agent: NewEvent(EventKind.NOTE, Author.AGENT, agent, "Notat"), st.sampled_from(AGENTS)),
    st.builds(lambda agent: NewEvent(EventKind.ASSIGNED, Author.AGENT, "kari", target=agent), st.sampled_from(AGENTS)),
    st.builds(lambda to: NewEvent(EventKind.MOVED, Author.AGENT, "kari", target=to), st.sampled_from(("billing", ""))),
    st.builds(lambda: NewEvent(EventKind.SNOOZED, Author.AGENT, "kari", until=MOMENT)),
    st.sampled_from([NewEvent(kind, Author.AGENT, "kari") for kind in (EventKind.CLOSED, EventKind.REOPENED)]),
    st.sampled_from([NewEvent(EventKind.RATED, Author.VISITOR, body="Takk", target=rating) for rating in RatingAnswer]),
    st.sampled_from([NewEvent(kind, Author.SYSTEM) for kind in (EventKind.WOKEN, EventKind.ALERTED)]),
    st.sampled_from(
        [NewEvent(EventKind.WOKEN, Author.AGENT, "ola"), NewEvent(EventKind.ASSIGNED, Author.SYSTEM, "ola")]
    ),
)


def new_conversation() -> Conversation:
    now = clock.now()
    about = (
        new_identifier(),
        "main",
        ConversationChannel.CONTACT_FORM,
        "v",
        "c",
        "en",
        "support",
        "N",
        "n@example.com",
    )
    return Conversation(*about, created_at=now, last_message_at=now)


async def test_a_row_is_what_its_events_come_to_after_any_history(application: Application) -> None:
    """One database for all examples: each has a conversation of its own."""
    jobs: list[tuple[Conversation, list[NewEvent]]] = []

    @settings(max_examples=60, deadline=None)
    @given(st.lists(STEPS, max_size=12))
    def collect(history: list[NewEvent]) -> None:
        jobs.append((new_conversation(), history))

    collect()

    for start, history in jobs:
        await application.database.write(partial(play, start=start, history=history))
        await application.database.read(partial(compare, start=start))


def play(connection: Connection, start: Conversation, history: list[NewEvent]) -> None:
    store.add_conversation(connection, start)
    for step in history:
        try:
            actions.append_event(connection, start.id, step)
        except ConversationClosed:
            row = actions.find_conversation(connection, start.id)
            assert (step.kind, row.state) == (EventKind.MESSAGE, ConversationState.CLOSED)


def compare(connection: Connection, start: Conversation) -> None:
    events = store.find_events_after(connection, start.id, 0, 100)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert actions.find_conversation(connection, start.id) == rebuild(start, events)


@pytest.mark.parametrize(
    ("steps", "state", "is_waiting"),
    [
        ("v", ConversationState.OPEN, True),
        ("va", ConversationState.ANSWERED, False),
        ("vav", ConversationState.OPEN, True),
        ("vc", ConversationState.CLOSED, True),
        ("vcr", ConversationState.OPEN, True),
        ("vacr", ConversationState.ANSWERED, False),
        ("cr", ConversationState.OPEN, False),
        ("vsv", ConversationState.OPEN, True),
        ("vas", ConversationState.SNOOZED, False),
        ("vasw", ConversationState.ANSWERED, False),
        ("vsw", ConversationState.OPEN, True),
        ("vn", ConversationState.OPEN, True),
    ],
)
async def test_whose_turn_it_is(
    application: Application, steps: str, state: ConversationState, is_waiting: bool
) -> None:
    events = {
        "v": NewEvent(EventKind.MESSAGE, Author.VISITOR, body="?"),
        "a": NewEvent(EventKind.MESSAGE, Author.AGENT, "kari", "!"),
        "n": NewEvent(EventKind.NOTE, Author.AGENT, "kari", "..."),
        "c": NewEvent(EventKind.CLOSED, Author.AGENT, "kari"),
        "r": NewEvent(EventKind.REOPENED, Author.AGENT, "kari"),
        "s": NewEvent(EventKind.SNOOZED, Author.AGENT, "kari", until=MOMENT),
        "w": NewEvent(EventKind.WOKEN, Author.SYSTEM),
    }
    conversation = new_conversation()

    def play(connection: Connection) -> None:
        store.add_conversation(connection, conversation)
        for step in steps:
            actions.append_event(connection, conversation.id, events[step])

    await application.database.write(play)
    row = await application.database.read(lambda c: actions.find_conversation(c, conversation.id))
    assert (row.state, row.waiting_since is not None) == (state, is_waiting)
