"""Does what visitors and agents can do in a chat. A visitor needs a grant, and reaches only their own conversation."""

from sqlalchemy import Connection

from forecourt import clock
from forecourt.chat import store
from forecourt.chat.model import Author, Conversation, ConversationState, Message, StoredMessage
from forecourt.consent.grant import Chat, Grant
from forecourt.db.notify import announce
from forecourt.errors import ConversationClosed, KeyConflict, NotFound
from forecourt.identifiers import new_identifier

INBOX_TOPIC = "chat"  # is announced when any conversation changes
MESSAGES_AT_ONCE = 25  # that one read returns


def conversation_topic(conversation: str) -> str:
    """Returns the topic that is announced when this conversation changes."""
    return f"conversation:{conversation}"


def start_conversation(connection: Connection, grant: Grant[Chat], locale: str) -> tuple[str, bool]:
    """Returns the id of the visitor's open conversation, and whether it is new."""
    if open_conversation := store.find_open_conversation(connection, grant.visitor, grant.site):
        return open_conversation, False
    now = clock.now()
    conversation = Conversation(
        new_identifier(),
        grant.site,
        grant.visitor,
        grant.record,
        locale,
        ConversationState.OPEN,
        last_seq=0,
        created_at=now,
        last_message_at=now,
        waiting_since=None,
        alerted_at=None,
    )
    store.add_conversation(connection, conversation)
    return conversation.id, True


def find_own_conversation(connection: Connection, visitor: str, site: str, conversation: str) -> Conversation:
    """Raises `NotFound` alike for a conversation that does not exist and for somebody else's."""
    row = store.find_conversation(connection, conversation)
    if row is None or (row.visitor, row.site) != (visitor, site):
        raise NotFound(conversation)
    return row


def post_message(connection: Connection, grant: Grant[Chat], conversation: str, key: str, body: str) -> StoredMessage:
    """Stores a visitor's message, once for each key.

    Raises `NotFound`, `ConversationClosed`, or `KeyConflict` where the key stored another text before.
    """
    find_own_conversation(connection, grant.visitor, grant.site, conversation)
    return _append(connection, conversation, Author.VISITOR, key, body, None)


def post_reply(connection: Connection, conversation: str, agent: str, key: str, body: str) -> StoredMessage:
    """Stores an agent's message, once for each key, and ends the visitor's waiting. Raises as `post_message` does."""
    return _append(connection, conversation, Author.AGENT, key, body, agent)


def read_messages(connection: Connection, conversation: str, after: int) -> list[Message]:
    """Returns the next messages after the number `after`, at most `MESSAGES_AT_ONCE` of them."""
    return store.find_messages_after(connection, conversation, after, MESSAGES_AT_ONCE)


def set_state(connection: Connection, conversation: str, state: ConversationState) -> None:
    """Closes a conversation or opens it again. Raises `NotFound`."""
    if store.get_for_update(connection, conversation) is None:
        raise NotFound(conversation)
    store.set_state(connection, conversation, state)
    _announce_change(connection, conversation)


def _append(
    connection: Connection, conversation: str, author: Author, key: str, body: str, agent: str | None
) -> StoredMessage:
    row = store.get_for_update(connection, conversation)
    if row is None:
        raise NotFound(conversation)
    if earlier := store.find_message_by_key(connection, conversation, author, key):
        if earlier.body != body:
            raise KeyConflict(key)
        return StoredMessage(earlier, is_repeated=True)
    if row.state is not ConversationState.OPEN:
        raise ConversationClosed(conversation)
    message = Message(row.last_seq + 1, clock.now(), author, body, key)
    store.add_message(connection, row, message, agent)
    _announce_change(connection, conversation)
    return StoredMessage(message, is_repeated=False)


def _announce_change(connection: Connection, conversation: str) -> None:
    announce(connection, conversation_topic(conversation))
    announce(connection, INBOX_TOPIC)
