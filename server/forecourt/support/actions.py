"""Does what agents can do with a conversation, and appends what anybody does. Visitors need a grant first."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from forecourt import clock
from forecourt.db.notify import announce
from forecourt.errors import ConversationClosed, KeyConflict, NotFound, UnseenMessages
from forecourt.files.actions import give_to_message
from forecourt.support import store
from forecourt.support.model import (
    Author,
    Conversation,
    ConversationChannel,
    ConversationEvent,
    ConversationState,
    EventKind,
    NewEvent,
    StoredEvent,
)
from forecourt.support.projection import apply_event

INBOX_TOPIC = "inbox"  # is announced when any conversation changes
UNSEEN_AT_MOST = 20  # messages of which one may be somebody else's, when an answer is written


def conversation_topic(conversation: str) -> str:
    """Returns the topic that is announced when this conversation changes."""
    return f"conversation:{conversation}"


def append_event(
    connection: Connection, conversation: str, event: NewEvent, last_seen: int | None = None
) -> StoredEvent:
    """Gives the event its number and stores it, once for each key, with what the conversation comes to.

    `last_seen` is the number of the last message that the event's agent has seen; None asks nobody to have seen any.

    Raises `NotFound`, `ConversationClosed` for a message to a closed conversation, `UnseenMessages`, or `KeyConflict`
    where the key stored another event before.
    """
    return append_to_locked(connection, get_for_update(connection, conversation), event, last_seen)


def append_to_locked(
    connection: Connection, conversation: Conversation, event: NewEvent, last_seen: int | None = None
) -> StoredEvent:
    """Does the same to a conversation that `get_for_update` has returned in this transaction."""
    if earlier := _find_repeated(connection, conversation.id, event):
        return StoredEvent(earlier, is_repeated=True)
    if event.kind is EventKind.MESSAGE and conversation.state is ConversationState.CLOSED:
        raise ConversationClosed(conversation.id)
    if last_seen is not None and last_seen < conversation.last_message_seq:
        _require_own(
            store.find_messages_after(connection, conversation.id, last_seen, UNSEEN_AT_MOST), event.agent, last_seen
        )
    return StoredEvent(_store(connection, conversation, event), is_repeated=False)


def get_for_update(connection: Connection, conversation: str) -> Conversation:
    """Returns the conversation and locks it until this transaction ends. Raises `NotFound`."""
    row = store.get_for_update(connection, conversation)
    if row is None:
        raise NotFound(conversation)
    return row


def find_conversation(connection: Connection, conversation: str) -> Conversation:
    """Raises `NotFound`."""
    row = store.find_conversation(connection, conversation)
    if row is None:
        raise NotFound(conversation)
    return row


def close(connection: Connection, conversation: str, agent: str) -> bool:
    """Closes the conversation, and says whether it was not closed already. Raises `NotFound`."""
    row = get_for_update(connection, conversation)
    if row.state is ConversationState.CLOSED:
        return False
    _store(connection, row, NewEvent(EventKind.CLOSED, Author.AGENT, agent))
    return True


def reopen(connection: Connection, conversation: str, agent: str) -> str | None:
    """Opens a closed conversation again. Raises `NotFound`.

    A visitor has one open chat: where there is another, it stays closed, and the id of the other is returned.
    """
    row = find_conversation(connection, conversation)
    if row.channel is ConversationChannel.CHAT:
        open_chat = store.find_open_chat(connection, row.visitor, row.site)
        if open_chat not in (None, conversation):
            return open_chat
    row = get_for_update(connection, conversation)
    if row.state is ConversationState.CLOSED:
        _store(connection, row, NewEvent(EventKind.REOPENED, Author.AGENT, agent))
    return None


def reopen_for_visitor(connection: Connection, closed_chat: Conversation) -> Conversation:
    """Opens again the chat that `get_for_update` has returned, since its visitor writes.

    Raises `ConversationClosed` where they have another open chat.
    """
    if store.find_open_chat(connection, closed_chat.visitor, closed_chat.site):
        raise ConversationClosed(closed_chat.id)
    _store(connection, closed_chat, NewEvent(EventKind.REOPENED, Author.VISITOR))
    return get_for_update(connection, closed_chat.id)


def assign(connection: Connection, conversation: str, agent: str, assignee: str) -> bool:
    """Gives the conversation to `assignee`, or to nobody where that is blank; says whether it was not so already.

    Raises `NotFound`.
    """
    row = get_for_update(connection, conversation)
    if row.assignee == assignee:
        return False
    _store(connection, row, NewEvent(EventKind.ASSIGNED, Author.AGENT, agent, target=assignee))
    return True


def take_back(connection: Connection, conversation: str, assignee: str) -> None:
    """Gives nobody what `assignee` has, who no longer sees the inbox. Raises `NotFound`."""
    row = get_for_update(connection, conversation)
    if row.assignee == assignee:
        _store(connection, row, NewEvent(EventKind.ASSIGNED, Author.SYSTEM, assignee))


def move(connection: Connection, conversation: str, agent: str, department: str) -> bool:
    """Moves the conversation to `department`, or to none where that is blank; says whether it was not there already.

    Raises `NotFound`.
    """
    row = get_for_update(connection, conversation)
    if row.department == department:
        return False
    _store(connection, row, NewEvent(EventKind.MOVED, Author.AGENT, agent, target=department))
    return True


def take_from_department(connection: Connection, conversation: str, department: str) -> None:
    """Leaves in no department what is in one that was removed. Raises `NotFound`."""
    row = get_for_update(connection, conversation)
    if row.department == department:
        _store(connection, row, NewEvent(EventKind.MOVED, Author.SYSTEM))


def snooze(connection: Connection, conversation: str, agent: str, until: datetime) -> None:
    """Puts the conversation aside until then. The visitor's next message brings it back before.

    Raises `NotFound`, or `ConversationClosed`.
    """
    row = get_for_update(connection, conversation)
    if row.state is ConversationState.CLOSED:
        raise ConversationClosed(conversation)
    _store(connection, row, NewEvent(EventKind.SNOOZED, Author.AGENT, agent, until=until))


def wake(connection: Connection, conversation: str, agent: str) -> bool:
    """Ends the snooze before its time; says whether there was one. Raises `NotFound`."""
    row = get_for_update(connection, conversation)
    if row.state is not ConversationState.SNOOZED:
        return False
    _store(connection, row, NewEvent(EventKind.WOKEN, Author.AGENT, agent))
    return True


def wake_in_time(connection: Connection, conversation: str, now: datetime) -> bool:
    """Ends the snooze where its time has come, once; says whether it had. Erased conversations have none."""
    row = store.get_for_update(connection, conversation)
    if row is None or row.state is not ConversationState.SNOOZED or not row.snoozed_until or row.snoozed_until > now:
        return False
    _store(connection, row, NewEvent(EventKind.WOKEN, Author.SYSTEM))
    return True


def add_note(connection: Connection, conversation: str, agent: str, key: str, body: str) -> StoredEvent:
    """Stores a note, which only agents read, once for each key. Raises `NotFound` or `KeyConflict`."""
    note = NewEvent(EventKind.NOTE, Author.AGENT, agent, body, idempotency_key=key)
    return append_event(connection, conversation, note)


def announce_inbox(connection: Connection) -> None:
    """Wakes open inboxes when this transaction commits."""
    announce(connection, INBOX_TOPIC)


def _require_own(messages: Iterable[ConversationEvent], agent: str, last_seen: int) -> None:
    """Raises `UnseenMessages` where somebody else than this agent wrote one of the messages."""
    if any(message.agent != agent for message in messages):
        raise UnseenMessages(last_seen)


def _find_repeated(connection: Connection, conversation: str, event: NewEvent) -> ConversationEvent | None:
    """Returns the event that was stored under the same key before. Raises `KeyConflict` where it is another."""
    if event.idempotency_key is None:
        return None
    earlier = store.find_event_by_key(connection, conversation, event.author, event.idempotency_key)
    if earlier and _content(earlier) != _content(event):
        raise KeyConflict(event.idempotency_key)
    return earlier


def _content(event: NewEvent) -> tuple[object, ...]:
    return event.kind, event.body, event.target, event.files


def _store(connection: Connection, conversation: Conversation, new: NewEvent) -> ConversationEvent:
    event = ConversationEvent(
        new.kind,
        new.author,
        new.agent,
        new.body,
        new.target,
        new.until,
        new.idempotency_key,
        new.files,
        seq=conversation.last_seq + 1,
        created_at=clock.now(),
    )
    give_to_message(connection, event.files, conversation.id, event.seq)
    store.add_event(connection, apply_event(conversation, event), event)
    announce(connection, conversation_topic(conversation.id))
    announce(connection, INBOX_TOPIC)
    return event
