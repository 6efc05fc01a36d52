"""Moves chats and contact messages of revision 0018 into conversations with events, and loses nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from forecourt.db.migrate import is_current, migrate
from forecourt.support import store
from forecourt.support.model import Conversation, ConversationChannel, ConversationState, EventKind
from forecourt.support.projection import rebuild
from forecourt.support.search_index import IndexRange, find_newest
from forecourt.support.search_query import parse_query
from tests.db.old_revision import add_row, open_old_database

ABOUT = {"site": "main", "visitor": "v", "consent": "c", "locale": "nb"}


@pytest.fixture
def old(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with open_old_database("0018", engine, request, tmp_path) as old_engine:
        yield old_engine


def add_chat(connection: Connection, identity: str, authors: str, **row: object) -> None:
    """Adds a chat with a message of each author: `v` for the visitor, `a` for an agent, a second apart."""
    times = {"created_at": 1_000_000, "last_message_at": 1_000_000 * (len(authors) or 1)}
    row = {"state": "open", "waiting_since": None, "alerted_at": None, "last_seq": len(authors), **times, **row}
    visitor = {"visitor": identity}
    add_row(connection, "conversations", **{**ABOUT, **visitor}, id=identity, **row)
    for seq, author in enumerate(authors, start=1):
        values = {"author": "agent", "agent": "kari"} if author == "a" else {"author": "visitor", "agent": None}
        key = f"k{seq}"
        body = f"{identity} {seq}"
        add_row(
            connection,
            "messages",
            conversation=identity,
            seq=seq,
            idempotency_key=key,
            body=body,
            created_at=1_000_000 * seq,
            **values,
        )


def add_contact_message(connection: Connection, identity: str, state: str, answers: int = 0) -> None:
    typed = {"topic": "dpa", "name": "Ola", "email": "ola@example.com", "message": f"Spør {identity}"}
    add_row(connection, "contact_messages", **ABOUT, **typed, id=identity, state=state, created_at=1_000_000)
    for number in range(answers):
        answer = {"idempotency_key": f"k{number}", "agent": "kari", "body": f"Svar {number}"}
        add_row(connection, "contact_answers", message=identity, created_at=2_000_000 + number, **answer)


def fill(connection: Connection) -> None:
    add_chat(connection, "empty", "")
    add_chat(connection, "waiting", "vav", waiting_since=3_000_000)
    add_chat(connection, "alerted", "vv", waiting_since=1_000_000, alerted_at=9_000_000)
    add_chat(connection, "answered", "va")
    add_chat(connection, "closed", "va", state="closed")
    add_contact_message(connection, "new", "open")
    add_contact_message(connection, "told", "answered", answers=2)
    add_contact_message(connection, "ended", "closed", answers=1)
    add_row(connection, "contact_answers", message="erased", idempotency_key="k", agent="a", body="lost", created_at=1)


def read(connection: Connection, identity: str) -> tuple[Conversation, list[tuple[str, str, str]]]:
    conversation = store.find_conversation(connection, identity)
    assert conversation is not None
    events = store.find_events_after(connection, identity, 0, 100)
    return conversation, [(event.kind, event.author, event.body) for event in events]


def test_every_message_becomes_an_event_in_its_place(old: Engine) -> None:
    with old.begin() as connection:
        fill(connection)
    migrate(old)
    with old.connect() as connection:
        assert is_current(connection)
        _, events = read(connection, "waiting")
        assert events == [
            ("message", "visitor", "waiting 1"),
            ("message", "agent", "waiting 2"),
            ("message", "visitor", "waiting 3"),
        ]
        conversation, events = read(connection, "told")
        assert (conversation.channel, conversation.topic, conversation.email) == (
            ConversationChannel.CONTACT_FORM,
            "dpa",
            "ola@example.com",
        )
        assert [body for *_, body in events] == ["Spør told", "Svar 0", "Svar 1"]
        assert connection.execute(text("SELECT COUNT(*) FROM conversation_events WHERE body = 'lost'")).scalar() == 0


def test_states_are_kept_and_are_what_the_events_come_to(old: Engine) -> None:
    with old.begin() as connection:
        fill(connection)
    migrate(old)
    states = {
        "empty": (ConversationState.OPEN, False, False),
        "waiting": (ConversationState.OPEN, True, False),
        "alerted": (ConversationState.OPEN, True, True),
        "answered": (ConversationState.ANSWERED, False, False),
        "closed": (ConversationState.CLOSED, False, False),
        "new": (ConversationState.OPEN, True, False),
        "told": (ConversationState.ANSWERED, False, False),
        "ended": (ConversationState.CLOSED, False, False),
    }
    with old.connect() as connection:
        for identity, (state, is_waiting, is_alerted) in states.items():
            row = store.find_conversation(connection, identity)
            assert row is not None
            assert (row.state, bool(row.waiting_since), bool(row.alerted_at)) == (state, is_waiting, is_alerted)
            events = store.find_events_after(connection, identity, 0, 100)
            about = (row.topic, row.name, row.email)
            beginning = Conversation(
                row.id,
                row.site,
                row.channel,
                row.visitor,
                row.consent,
                row.locale,
                *about,
                row.created_at,
                row.created_at,
            )
            assert rebuild(beginning, events) == row
        assert store.find_open_chat(connection, "waiting", "main") == "waiting"
        assert store.find_open_chat(connection, "closed", "main") is None
        assert {event.kind for event in store.find_events_after(connection, "ended", 2, 9)} == {EventKind.CLOSED}


def test_what_was_said_before_there_was_an_index_is_found(old: Engine) -> None:
    with old.begin() as connection:
        fill(connection)
    migrate(old)
    with old.connect() as connection:
        for typed, count in (("waiting", 3), ("spør", 3), ("svar 1", 1), ("ola@example.com", 3), ("lost", 0)):
            assert len(find_newest(connection, parse_query(typed), IndexRange(), 50)) == count, typed
