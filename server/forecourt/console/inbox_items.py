"""Defines what waits for agents, a conversation or a contact message alike, and counts how many wait."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, and_, func, select

from forecourt.db.tables import contact_messages, conversations

Kind = Literal["conversation", "contact"]

IS_OPEN_CONVERSATION = conversations.c.state == "open"
IS_WAITING_CONVERSATION = and_(IS_OPEN_CONVERSATION, conversations.c.waiting_since.is_not(None))
IS_WAITING_CONTACT_MESSAGE = contact_messages.c.state == "open"
_COUNT_WAITING = select(
    select(func.count()).select_from(conversations).where(IS_WAITING_CONVERSATION).scalar_subquery()
    + select(func.count()).select_from(contact_messages).where(IS_WAITING_CONTACT_MESSAGE).scalar_subquery()
)


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


def from_conversation(row: Any) -> InboxItem:
    """Converts a row of `conversations`, whose visitors have no name and no address."""
    about = (row.id, row.site, row.visitor, "", "", "", row.locale)
    return InboxItem("conversation", *about, row.state, row.last_message_at, row.waiting_since)


def from_contact_message(row: Any) -> InboxItem:
    """Converts a row of `contact_messages`."""
    about = (row.id, row.site, row.visitor, row.name, row.email, row.topic, row.locale)
    return InboxItem("contact", *about, row.state, row.created_at, row.created_at if row.state == "open" else None)


def count_waiting(connection: Connection) -> int:
    """Returns how many conversations and contact messages wait for an answer, over all sites."""
    return int(connection.execute(_COUNT_WAITING).scalar_one())
