"""Describes a conversation and its messages. Their sequence numbers, given by the server, are the only order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Author(StrEnum):
    VISITOR = "visitor"
    AGENT = "agent"


class ConversationState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A visitor's conversation with a site.

    `consent` is the id of the record that allowed it. `waiting_since` says since when the visitor waits for an agent,
    and `alerted_at` when the site was mailed about that; both are None once an agent has answered.
    """

    id: str
    site: str
    visitor: str
    consent: str
    locale: str
    state: ConversationState
    last_seq: int
    created_at: datetime
    last_message_at: datetime
    waiting_since: datetime | None
    alerted_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnansweredConversation:
    """An open conversation whose visitor waits for an agent."""

    id: str
    visitor: str
    last_seq: int
    waiting_since: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """`idempotency_key` is the key under which its author sent it, so that sending it twice stores it once."""

    seq: int
    created_at: datetime
    author: Author
    body: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """`is_repeated`: the message was stored before under the same key, and this is that one."""

    message: Message
    is_repeated: bool
