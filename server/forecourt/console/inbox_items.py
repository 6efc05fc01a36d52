"""Defines what waits for agents, a conversation or a contact message alike, and counts how many wait."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, and_, func, select

from forecourt.chat.model import Conversation
from forecourt.contact.model import ContactMessage, ContactMessageState
from forecourt.db.tables import contact_messages, conversations, objections
from forecourt.objections.model import ObjectionState

Kind = Literal["conversation", "contact"]

IS_OPEN_CONVERSATION = conversations.c.state == "open"
IS_WAITING_CONVERSATION = and_(IS_OPEN_CONVERSATION, conversations.c.waiting_since.is_not(None))
IS_WAITING_CONTACT_MESSAGE = contact_messages.c.state == "open"
_COUNT_WAITING = select(
    select(func.count()).select_from(conversations).where(IS_WAITING_CONVERSATION).scalar_subquery()
    + select(func.count()).select_from(contact_messages).where(IS_WAITING_CONTACT_MESSAGE).scalar_subquery(),
    select(func.count()).select_from(objections).where(objections.c.state == ObjectionState.OPEN).scalar_subquery(),
)


@dataclass(frozen=True, slots=True)
class WaitingCounts:
    """Counts what waits for an answer over all sites, for the links that every page of the console has.

    `inbox` counts conversations and contact messages.
    """

    inbox: int
    objections: int


@dataclass(frozen=True, slots=True)
class InboxItem:
    """Describes one conversation or contact message.

    `state` is open, answered or closed. `waiting_since`: nobody has answered since then. `at`: of the newest message.
    """

    kind: Kind
    id: str
    site: str
    visitor: str
    name: str
    email: str
    topic: str
    locale: str
    state: str
    at: datetime
    waiting_since: datetime | None

    @property
    def visitor_mark(self) -> str:
        """Returns four characters that tell one nameless visitor from another."""
        return hashlib.sha256(self.visitor.encode()).hexdigest()[:4]

    @property
    def status(self) -> str:
        """Returns what an agent wants to know first: `closed`, `waiting`, `answered` or `open`."""
        return "waiting" if self.state == "open" and self.waiting_since else self.state


def from_conversation(conversation: Conversation) -> InboxItem:
    """Returns a conversation as an item. Its visitor has no name and no address."""
    about = (conversation.id, conversation.site, conversation.visitor, "", "", "", conversation.locale)
    since = conversation.waiting_since
    return InboxItem("conversation", *about, conversation.state, conversation.last_message_at, since)


def from_contact_message(message: ContactMessage) -> InboxItem:
    """Returns a contact message as an item. It waits from the beginning until it is answered or closed."""
    about = (message.id, message.site, message.visitor, message.name, message.email, message.topic, message.locale)
    since = message.created_at if message.state is ContactMessageState.OPEN else None
    return InboxItem("contact", *about, message.state, message.created_at, since)


def count_waiting(connection: Connection) -> WaitingCounts:
    inbox, open_objections = connection.execute(_COUNT_WAITING).one()
    return WaitingCounts(inbox, open_objections)
