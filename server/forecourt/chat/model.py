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
    """Holds a visitor's conversation with a site.

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
    """Holds what an alert needs of an open conversation whose visitor waits for an agent."""

    id: str
    visitor: str
    last_seq: int
    waiting_since: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """Holds a message. `idempotency_key` is its author's: a message sent twice under one key is stored once."""

    seq: int
    created_at: datetime
    author: Author
    body: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """Holds a stored message. `is_repeated` says that it was stored before, under the same key."""

    message: Message
    is_repeated: bool
