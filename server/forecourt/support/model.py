"""Describes a conversation and its events. Their sequence numbers, given by the server, are the only order."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from forecourt.files.model import StoredFile


class ConversationChannel(StrEnum):
    """Says how a conversation began, and so how its visitor is answered: in the chat, or by mail."""

    CHAT = "chat"
    CONTACT_FORM = "contact_form"


class ConversationState(StrEnum):
    """Says whose turn it is: an agent's (`open`), the visitor's (`answered`), later (`snoozed`) or nobody's."""

    OPEN = "open"
    ANSWERED = "answered"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Author(StrEnum):
    VISITOR = "visitor"
    AGENT = "agent"
    SYSTEM = "system"


class EventKind(StrEnum):
    """Says what happened. Only a message is for the visitor; everything else is for agents alone."""

    MESSAGE = "message"
    NOTE = "note"
    ASSIGNED = "assigned"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    CLOSED = "closed"
    REOPENED = "reopened"
    MOVED = "moved"
    ALERTED = "alerted"
    RATED = "rated"


class RatingAnswer(StrEnum):
    """Says whether the visitor was helped. It is the `target` of a rating, whose `body` is a sentence or blank."""

    HELPED = "helped"
    NOT_HELPED = "not_helped"


@dataclass(frozen=True, slots=True)
class Conversation:
    """Holds what all events of a conversation come to (see `projection.py`).

    `consent` is the id of the record that allowed it. `topic`, `name` and `email` are blank where the visitor gave
    none, `assignee` (an agent's id) where nobody has it, `department` (an id) where it is in none. `waiting_since`
    says since when the visitor waits for an answer, and `alerted_at` when the site was mailed about that.
    `last_message_seq` is the number of the newest message, 0 before the first.
    """

    id: str
    site: str
    channel: ConversationChannel
    visitor: str
    consent: str
    locale: str
    topic: str
    name: str
    email: str
    created_at: datetime
    last_message_at: datetime
    state: ConversationState = ConversationState.OPEN
    assignee: str = ""
    department: str = ""
    snoozed_until: datetime | None = None
    waiting_since: datetime | None = None
    alerted_at: datetime | None = None
    last_seq: int = 0
    last_message_seq: int = 0

    @property
    def visitor_mark(self) -> str:
        """Returns four characters that tell one nameless visitor from another."""
        return hashlib.sha256(self.visitor.encode()).hexdigest()[:4]

    @property
    def status(self) -> str:
        """Returns what an agent wants to know first: `waiting`, or the state."""
        return "waiting" if self.state is ConversationState.OPEN and self.waiting_since else self.state


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Holds what is about to be appended.

    `agent` did it, or nobody. The same `idempotency_key` of one author is stored once; None is never compared.
    `target` is the agent it was assigned to, the department it was moved to, or the `RatingAnswer`. `until` is
    when a snooze ends. `files` are those that a message carries.
    """

    kind: EventKind
    author: Author
    agent: str = ""
    body: str = ""
    target: str = ""
    until: datetime | None = None
    idempotency_key: str | None = None
    files: tuple[StoredFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationEvent(NewEvent):
    """Holds what happened in a conversation, with its number there and the server's time."""

    seq: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """Holds a stored event. `is_repeated` says that it was stored before, under the same key."""

    event: ConversationEvent
    is_repeated: bool
