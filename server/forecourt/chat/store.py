"""Reads and writes conversations and their messages."""

from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from forecourt.chat.model import Author, Conversation, ConversationState, Message, UnansweredConversation
from forecourt.db.tables import conversations, messages

UNANSWERED_AT_ONCE = 50  # conversations that one look at the unanswered ones takes

_ONE = conversations.c.id == bindparam("conversation")
_SELECT = select(*(conversations.c[field.name] for field in fields(Conversation)))
_SELECT_ONE = _SELECT.where(_ONE)
_SELECT_FOR_UPDATE = _SELECT_ONE.with_for_update()
_SELECT_OPEN = select(conversations.c.id).where(
    conversations.c.visitor == bindparam("visitor"),
    conversations.c.site == bindparam("site"),
    conversations.c.state == ConversationState.OPEN,
)
_INSERT = insert(conversations)
_SET_STATE = update(conversations).where(_ONE).values(state=bindparam("new_state"), waiting_since=None, alerted_at=None)
_SELECT_UNANSWERED = (
    select(*(conversations.c[field.name] for field in fields(UnansweredConversation)))
    .where(conversations.c.waiting_since <= bindparam("before"), conversations.c.alerted_at.is_(None))
    .where(conversations.c.site == bindparam("site"), conversations.c.state == ConversationState.OPEN)
    .limit(UNANSWERED_AT_ONCE)
)
_SET_ALERTED = update(conversations).where(_ONE).values(alerted_at=bindparam("now"))
_AFTER_VISITORS_MESSAGE = (
    update(conversations)
    .where(_ONE)
    .values(last_seq=bindparam("seq"), last_message_at=bindparam("now"), waiting_since=bindparam("since"))
)
_AFTER_AGENTS_MESSAGE = (
    update(conversations)
    .where(_ONE)
    .values(last_seq=bindparam("seq"), last_message_at=bindparam("now"), waiting_since=None, alerted_at=None)
)

_SELECT_MESSAGES = select(*(messages.c[field.name] for field in fields(Message))).where(
    messages.c.conversation == bindparam("conversation")
)
_SELECT_BY_KEY = _SELECT_MESSAGES.where(
    messages.c.author == bindparam("author"), messages.c.idempotency_key == bindparam("key")
)
_SELECT_BY_SEQ = _SELECT_MESSAGES.where(messages.c.seq == bindparam("seq"))
_SELECT_AFTER = (
    _SELECT_MESSAGES.where(messages.c.seq > bindparam("after")).order_by(messages.c.seq).limit(bindparam("most"))
)
_INSERT_MESSAGE = insert(messages)


def find_open_conversation(connection: Connection, visitor: str, site: str) -> str | None:
    """Returns the id of the visitor's open conversation. There is at most one on a site."""
    return connection.execute(_SELECT_OPEN, {"visitor": visitor, "site": site}).scalar()


def add_conversation(connection: Connection, conversation: Conversation) -> None:
    connection.execute(_INSERT, asdict(conversation))


def find_conversation(connection: Connection, conversation: str) -> Conversation | None:
    row = connection.execute(_SELECT_ONE, {"conversation": conversation}).mappings().one_or_none()
    return _to_conversation(row) if row else None


def get_for_update(connection: Connection, conversation: str) -> Conversation | None:
    """Returns the conversation and locks it until this transaction ends, so that its next number is given once."""
    row = connection.execute(_SELECT_FOR_UPDATE, {"conversation": conversation}).mappings().one_or_none()
    return _to_conversation(row) if row else None


def set_state(connection: Connection, conversation: str, state: ConversationState) -> None:
    connection.execute(_SET_STATE, {"conversation": conversation, "new_state": state})


def find_unanswered(connection: Connection, site: str, before: datetime) -> list[UnansweredConversation]:
    """Returns open conversations that have waited since `before` or longer, and that nobody was mailed about."""
    rows = connection.execute(_SELECT_UNANSWERED, {"site": site, "before": before}).mappings()
    return [UnansweredConversation(**row) for row in rows]


def set_alerted(connection: Connection, conversation: str, now: datetime) -> None:
    connection.execute(_SET_ALERTED, {"conversation": conversation, "now": now})


def find_message_by_key(connection: Connection, conversation: str, author: Author, key: str) -> Message | None:
    values = {"conversation": conversation, "author": author, "key": key}
    row = connection.execute(_SELECT_BY_KEY, values).mappings().one_or_none()
    return _to_message(row) if row else None


def find_message(connection: Connection, conversation: str, seq: int) -> Message | None:
    row = connection.execute(_SELECT_BY_SEQ, {"conversation": conversation, "seq": seq}).mappings().one_or_none()
    return _to_message(row) if row else None


def find_messages_after(connection: Connection, conversation: str, seq: int, most: int) -> list[Message]:
    """Returns at most `most` messages whose number is above `seq`, in order."""
    rows = connection.execute(_SELECT_AFTER, {"conversation": conversation, "after": seq, "most": most}).mappings()
    return [_to_message(row) for row in rows]


def add_message(connection: Connection, conversation: Conversation, message: Message, agent: str | None) -> None:
    """Stores the message, and with it since when the visitor waits: an agent's message ends the waiting."""
    connection.execute(_INSERT_MESSAGE, asdict(message) | {"conversation": conversation.id, "agent": agent})
    values = {"conversation": conversation.id, "seq": message.seq, "now": message.created_at}
    if message.author is Author.AGENT:
        connection.execute(_AFTER_AGENTS_MESSAGE, values)
    else:
        connection.execute(
            _AFTER_VISITORS_MESSAGE, values | {"since": conversation.waiting_since or message.created_at}
        )


def _to_conversation(row: RowMapping) -> Conversation:
    return Conversation(**{**row, "state": ConversationState(row["state"])})


def _to_message(row: RowMapping) -> Message:
    return Message(**{**row, "author": Author(row["author"])})
