"""Does what a visitor can do in a chat. It needs a grant, and reaches only their own conversation."""

from collections.abc import Sequence

from sqlalchemy import Connection

from forecourt import clock
from forecourt.consent.grant import Chat, Grant
from forecourt.errors import ConversationClosed, NotFound
from forecourt.files.actions import find_named
from forecourt.files.model import FileOwner
from forecourt.identifiers import new_identifier
from forecourt.support import store
from forecourt.support.actions import append_to_locked, find_conversation, get_for_update, reopen_for_visitor
from forecourt.support.model import (
    Author,
    Conversation,
    ConversationChannel,
    ConversationEvent,
    ConversationState,
    EventKind,
    NewEvent,
    RatingAnswer,
    StoredEvent,
)

MESSAGES_AT_ONCE = 25  # that one read returns


def start_conversation(connection: Connection, grant: Grant[Chat], locale: str) -> tuple[str, bool]:
    """Returns the id of the visitor's open chat, and whether it is new."""
    if open_chat := store.find_open_chat(connection, grant.visitor, grant.site):
        return open_chat, False
    now = clock.now()
    conversation = Conversation(
        new_identifier(),
        grant.site,
        ConversationChannel.CHAT,
        grant.visitor,
        grant.record,
        locale,
        topic="",
        name="",
        email="",
        created_at=now,
        last_message_at=now,
    )
    store.add_conversation(connection, conversation)
    return conversation.id, True


def find_own_conversation(connection: Connection, visitor: str, site: str, conversation: str) -> Conversation:
    """Raises `NotFound` alike for a chat that does not exist, for somebody else's, and for what is no chat."""
    row = find_conversation(connection, conversation)
    _require_own(row, visitor, site)
    return row


def post_message(
    connection: Connection,
    grant: Grant[Chat],
    conversation: str,
    key: str,
    body: str,
    file_ids: Sequence[str] = (),
    reopens: bool = False,
) -> StoredEvent:
    """Stores a visitor's message with the files it names, once for each key. It may open a closed chat again.

    Raises `NotFound`, `ConversationClosed`, `Invalid` where a file is not there for it, or `KeyConflict` where the key
    stored another message before.
    """
    row = get_for_update(connection, conversation)
    _require_own(row, grant.visitor, grant.site)
    files = find_named(connection, file_ids, FileOwner(grant.site, grant.visitor, conversation))
    message = NewEvent(EventKind.MESSAGE, Author.VISITOR, body=body, idempotency_key=key, files=files)
    try:
        return append_to_locked(connection, row, message)
    except ConversationClosed:
        if not reopens:
            raise
    return append_to_locked(connection, reopen_for_visitor(connection, row), message)


def rate_conversation(
    connection: Connection, grant: Grant[Chat], conversation: str, key: str, answer: RatingAnswer, sentence: str
) -> StoredEvent:
    """Stores what a visitor thinks of the help they got, once for each key, for agents to read.

    Raises `NotFound`, or `KeyConflict` where the key stored something else before.
    """
    row = get_for_update(connection, conversation)
    _require_own(row, grant.visitor, grant.site)
    event = NewEvent(EventKind.RATED, Author.VISITOR, body=sentence, target=answer, idempotency_key=key)
    return append_to_locked(connection, row, event)


def read_messages(
    connection: Connection, visitor: str, site: str, conversation: str, after: int
) -> tuple[list[ConversationEvent], bool]:
    """Returns the next messages after the number `after`, at most `MESSAGES_AT_ONCE`, and whether more may come.

    None come any more once the chat is closed or deleted, and none at all of somebody else's.
    """
    messages, state = store.find_chat_messages(connection, visitor, site, conversation, after, MESSAGES_AT_ONCE)
    return messages, state not in (None, ConversationState.CLOSED)


def _require_own(row: Conversation, visitor: str, site: str) -> None:
    if (row.visitor, row.site, row.channel) != (visitor, site, ConversationChannel.CHAT):
        raise NotFound(row.id)
