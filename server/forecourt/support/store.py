"""Reads and writes conversations and their events."""

from dataclasses import asdict, fields
from datetime import datetime

import msgspec
from sqlalchemy import Connection, RowMapping, and_, bindparam, insert, select, text, union_all, update

from forecourt.db.prepared_insert import PreparedInsert
from forecourt.db.tables import IN_INBOX, IS_SNOOZED, IS_WAITING, conversation_events, conversations
from forecourt.files.model import StoredFile
from forecourt.support import search_index
from forecourt.support.model import (
    Author,
    Conversation,
    ConversationChannel,
    ConversationEvent,
    ConversationState,
    EventKind,
)

_IS_ONE = conversations.c.id == bindparam("conversation")
_COLUMNS = tuple(field.name for field in fields(Conversation))
# What an event may change; the rest is as it was at the beginning.
_PROJECTED = _COLUMNS[_COLUMNS.index("last_message_at") :]
_SELECT = select(*(conversations.c[name] for name in _COLUMNS))
_SELECT_ONE = _SELECT.where(_IS_ONE)
_SELECT_FOR_UPDATE = _SELECT_ONE.with_for_update()
_IS_OPEN = conversations.c.state != ConversationState.CLOSED
_SELECT_OPEN_CHAT = select(conversations.c.id).where(
    conversations.c.visitor == bindparam("visitor"),
    conversations.c.site == bindparam("site"),
    conversations.c.channel == ConversationChannel.CHAT,
    _IS_OPEN,
)
_INSERT = insert(conversations)
_UPDATE = update(conversations).where(_IS_ONE).values({name: bindparam(f"new_{name}") for name in _PROJECTED})

_EVENT_COLUMNS = tuple(field.name for field in fields(ConversationEvent))
_SELECT_EVENTS = select(*(conversation_events.c[name] for name in _EVENT_COLUMNS)).where(
    conversation_events.c.conversation == bindparam("conversation")
)
_FILES = msgspec.json.Decoder(tuple[StoredFile, ...])
_SELECT_BY_KEY = _SELECT_EVENTS.where(
    conversation_events.c.author == bindparam("author"), conversation_events.c.idempotency_key == bindparam("key")
)
_SELECT_BY_SEQ = _SELECT_EVENTS.where(conversation_events.c.seq == bindparam("seq"))
_IS_MESSAGE = conversation_events.c.kind == EventKind.MESSAGE
_SELECT_AFTER = (
    _SELECT_EVENTS.where(conversation_events.c.seq > bindparam("after"))
    .order_by(conversation_events.c.seq)
    .limit(bindparam("most"))
)
_SELECT_MESSAGES_AFTER = _SELECT_AFTER.where(_IS_MESSAGE)
_SELECT_CHAT_MESSAGES_AFTER = (
    select(conversations.c.state, *(conversation_events.c[name] for name in _EVENT_COLUMNS))
    .outerjoin(
        conversation_events,
        and_(
            conversation_events.c.conversation == conversations.c.id,
            conversation_events.c.seq > bindparam("after"),
            _IS_MESSAGE,
        ),
    )
    .where(
        _IS_ONE,
        conversations.c.visitor == bindparam("visitor"),
        conversations.c.site == bindparam("site"),
        conversations.c.channel == ConversationChannel.CHAT,
    )
    .order_by(conversation_events.c.seq)
    .limit(bindparam("most"))
)
_ADD_EVENT = PreparedInsert(conversation_events)
_SELECT_UNANSWERED = (
    _SELECT.where(conversations.c.waiting_since <= bindparam("before"), conversations.c.alerted_at.is_(None))
    .where(text(IS_WAITING), conversations.c.site == bindparam("site"))
    .where(conversations.c.channel == ConversationChannel.CHAT)
    .limit(bindparam("most"))
)
_SELECT_ASSIGNED = union_all(
    *(
        select(conversations.c.id).where(text(part), conversations.c.assignee == bindparam("agent"))
        for part in (IN_INBOX, IS_SNOOZED)
    )
).order_by("id")
_SELECT_IN_DEPARTMENT = union_all(
    *(
        select(conversations.c.id).where(text(part), conversations.c.department == bindparam("department"))
        for part in (IN_INBOX, IS_SNOOZED)
    )
).order_by("id")
_SELECT_ENDED_SNOOZES = (
    select(conversations.c.id)
    .where(text(IS_SNOOZED), conversations.c.snoozed_until <= bindparam("now"))
    .order_by(conversations.c.snoozed_until, conversations.c.id)
    .limit(bindparam("most"))
)


def find_open_chat(connection: Connection, visitor: str, site: str) -> str | None:
    """Returns the id of the visitor's open chat. There is at most one on a site."""
    return connection.execute(_SELECT_OPEN_CHAT, {"visitor": visitor, "site": site}).scalar()


def add_conversation(connection: Connection, conversation: Conversation) -> None:
    connection.execute(_INSERT, asdict(conversation))
    search_index.add_subject_document(connection, conversation)


def find_conversation(connection: Connection, conversation: str) -> Conversation | None:
    row = connection.execute(_SELECT_ONE, {"conversation": conversation}).mappings().one_or_none()
    return to_conversation(row) if row else None


def get_for_update(connection: Connection, conversation: str) -> Conversation | None:
    """Returns the conversation and locks it until this transaction ends, so that its next number is given once."""
    row = connection.execute(_SELECT_FOR_UPDATE, {"conversation": conversation}).mappings().one_or_none()
    return to_conversation(row) if row else None


def find_unanswered_chats(connection: Connection, site: str, before: datetime, most: int) -> list[Conversation]:
    """Returns chats that have waited since `before` or longer, and that nobody was mailed about."""
    values = {"site": site, "before": before, "most": most}
    return [to_conversation(row) for row in connection.execute(_SELECT_UNANSWERED, values).mappings()]


def find_assigned(connection: Connection, agent: str) -> list[str]:
    """Returns the ids of what the agent has and is not closed, in order, so that nobody locks it in another."""
    return list(connection.execute(_SELECT_ASSIGNED, {"agent": agent}).scalars())


def find_in_department(connection: Connection, department: str) -> list[str]:
    """Returns the ids of what is in the department and not closed, in order, as `find_assigned` does."""
    return list(connection.execute(_SELECT_IN_DEPARTMENT, {"department": department}).scalars())


def find_ended_snoozes(connection: Connection, now: datetime, most: int) -> list[str]:
    """Returns the ids of conversations whose snooze has ended by `now`."""
    return list(connection.execute(_SELECT_ENDED_SNOOZES, {"now": now, "most": most}).scalars())


def find_event_by_key(connection: Connection, conversation: str, author: Author, key: str) -> ConversationEvent | None:
    values = {"conversation": conversation, "author": author, "key": key}
    row = connection.execute(_SELECT_BY_KEY, values).mappings().one_or_none()
    return _to_event(row) if row else None


def find_event(connection: Connection, conversation: str, seq: int) -> ConversationEvent | None:
    row = connection.execute(_SELECT_BY_SEQ, {"conversation": conversation, "seq": seq}).mappings().one_or_none()
    return _to_event(row) if row else None


def find_events_after(connection: Connection, conversation: str, seq: int, most: int) -> list[ConversationEvent]:
    """Returns at most `most` events whose number is above `seq`, in order."""
    values = {"conversation": conversation, "after": seq, "most": most}
    return [_to_event(row) for row in connection.execute(_SELECT_AFTER, values).mappings()]


def find_messages_after(connection: Connection, conversation: str, seq: int, most: int) -> list[ConversationEvent]:
    """Returns at most `most` messages whose number is above `seq`, in order: what the visitor may read."""
    values = {"conversation": conversation, "after": seq, "most": most}
    return [_to_event(row) for row in connection.execute(_SELECT_MESSAGES_AFTER, values).mappings()]


def find_chat_messages(
    connection: Connection, visitor: str, site: str, conversation: str, after: int, most: int
) -> tuple[list[ConversationEvent], ConversationState | None]:
    """Returns at most `most` messages of the visitor's own chat, as `find_messages_after`, and the chat's state.

    One statement reads both, so no message comes after the state says that none does. The state is None where the
    visitor has no such chat.
    """
    values = {"visitor": visitor, "site": site, "conversation": conversation, "after": after, "most": most}
    rows = connection.execute(_SELECT_CHAT_MESSAGES_AFTER, values).mappings().all()
    messages = [_to_event(row) for row in rows if row["seq"] is not None]
    return messages, ConversationState(rows[0]["state"]) if rows else None


def add_event(connection: Connection, conversation: Conversation, event: ConversationEvent) -> None:
    """Stores the event, and `conversation`, which is what all events come to with it."""
    row = {name: getattr(event, name) for name in _EVENT_COLUMNS}
    # Plain strings: SQLite's driver takes several times as long for a subclass of str.
    row |= {"conversation": conversation.id, "kind": str(event.kind), "author": str(event.author)}
    row["files"] = msgspec.json.encode(event.files).decode() if event.files else ""
    _ADD_EVENT(connection, row)
    search_index.add_event_document(connection, conversation, event)
    values = {f"new_{name}": getattr(conversation, name) for name in _PROJECTED}
    connection.execute(_UPDATE, values | {"conversation": conversation.id})


def to_conversation(row: RowMapping) -> Conversation:
    """Returns the conversation that a row with all its columns holds."""
    columns = {name: row[name] for name in _COLUMNS}
    columns |= {"channel": ConversationChannel(row["channel"]), "state": ConversationState(row["state"])}
    return Conversation(**columns)


def to_files(text: str) -> tuple[StoredFile, ...]:
    """Returns the files that an event's column `files` tells of."""
    return _FILES.decode(text) if text else ()


def _to_event(row: RowMapping) -> ConversationEvent:
    columns = {name: row[name] for name in _EVENT_COLUMNS}
    columns |= {"kind": EventKind(row["kind"]), "author": Author(row["author"]), "files": to_files(row["files"])}
    return ConversationEvent(**columns)
