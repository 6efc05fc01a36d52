"""Agents, the inbox and its threads in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, insert, literal, or_, select, update

from forecourt.console.model import Agent, InboxItem, InboxRow, Show, ThreadMessage, excerpt
from forecourt.db.tables import agents, contact_answers, contact_messages, conversations, messages, outbox

_AGENT = (agents.c.id, agents.c.email, agents.c.name, agents.c.password)
_BY_EMAIL = select(*_AGENT).where(agents.c.email == bindparam("address"))
_BY_ID = select(*_AGENT).where(agents.c.id == bindparam("agent"))
_ADD_AGENT = insert(agents)
_SET_AGENT = (
    update(agents).where(agents.c.id == bindparam("agent")).values(name=bindparam("called"), password=bindparam("hash"))
)

_WITH_LAST = (
    select(conversations, messages.c.body, messages.c.author)
    .join(messages, and_(messages.c.conversation == conversations.c.id, messages.c.seq == conversations.c.last_seq))
    .where(conversations.c.last_at < bindparam("before"))
    .order_by(conversations.c.last_at.desc())
    .limit(bindparam("most"))
)
_OPEN_CHAT = conversations.c.state == "open"
_WAITING_CHAT = and_(_OPEN_CHAT, conversations.c.waiting_since.is_not(None))
_CHATS: dict[Show, Select[Any]] = {
    "open": _WITH_LAST.where(_OPEN_CHAT),
    "waiting": _WITH_LAST.where(_WAITING_CHAT),
    "closed": _WITH_LAST.where(conversations.c.state == "closed"),
}
_LETTERS_BEFORE = (
    select(contact_messages)
    .where(contact_messages.c.at < bindparam("before"))
    .order_by(contact_messages.c.at.desc())
    .limit(bindparam("most"))
)
_WAITING_LETTER = contact_messages.c.state == "open"
_LETTERS: dict[Show, Select[Any]] = {
    "open": _LETTERS_BEFORE.where(or_(_WAITING_LETTER, contact_messages.c.state == "answered")),
    "waiting": _LETTERS_BEFORE.where(_WAITING_LETTER),
    "closed": _LETTERS_BEFORE.where(contact_messages.c.state == "closed"),
}
_WAITING = select(
    select(func.count()).select_from(conversations).where(_WAITING_CHAT).scalar_subquery()
    + select(func.count()).select_from(contact_messages).where(_WAITING_LETTER).scalar_subquery()
)
_SAID = (
    select(messages.c.seq, messages.c.at, messages.c.author, agents.c.name, messages.c.body)
    .outerjoin(agents, agents.c.id == messages.c.agent)
    .where(messages.c.conversation == bindparam("conversation"))
    .order_by(messages.c.seq.desc())
    .limit(bindparam("most"))
)
_MAIL = literal("answer:") + contact_answers.c.message + ":" + contact_answers.c.key
_ANSWERS = (
    select(contact_answers.c.key, contact_answers.c.at, agents.c.name, contact_answers.c.body, outbox.c.state)
    .outerjoin(agents, agents.c.id == contact_answers.c.agent)
    .outerjoin(outbox, outbox.c.dedupe == _MAIL)
    .where(contact_answers.c.message == bindparam("message"))
    .order_by(contact_answers.c.at.desc())
    .limit(bindparam("most"))
)


def agent(connection: Connection, identity: str) -> Agent | None:
    row = connection.execute(_BY_ID, {"agent": identity}).one_or_none()
    return Agent(*row) if row else None


def agent_by_email(connection: Connection, email: str) -> Agent | None:
    """`email` in lower case, as it is kept."""
    row = connection.execute(_BY_EMAIL, {"address": email}).one_or_none()
    return Agent(*row) if row else None


def add_agent(connection: Connection, agent: Agent, now: datetime) -> None:
    row = {"id": agent.id, "email": agent.email, "name": agent.name, "password": agent.password, "at": now}
    connection.execute(_ADD_AGENT, row)


def set_agent(connection: Connection, identity: str, name: str, password: str) -> None:
    connection.execute(_SET_AGENT, {"agent": identity, "called": name, "hash": password})


def conversations_shown(connection: Connection, show: Show, before: datetime, most: int) -> list[InboxRow]:
    """The latest spoken in first; those in which nothing was said yet are nobody's work."""
    found = connection.execute(_CHATS[show], {"before": before, "most": most})
    return [InboxRow(chat(row), excerpt(row.body), row.author) for row in found]


def letters_shown(connection: Connection, show: Show, before: datetime, most: int) -> list[InboxRow]:
    """Contact messages, the newest first."""
    found = connection.execute(_LETTERS[show], {"before": before, "most": most})
    return [InboxRow(letter(row), excerpt(row.message), "visitor") for row in found]


def waiting(connection: Connection) -> int:
    return int(connection.execute(_WAITING).scalar_one())


def said(connection: Connection, conversation: str, most: int) -> list[ThreadMessage]:
    """The last `most` messages, in order."""
    rows = connection.execute(_SAID, {"conversation": conversation, "most": most}).all()
    return [ThreadMessage(f"m{row.seq}", row.at, row.author, row.name or "", row.body) for row in reversed(rows)]


def answers(connection: Connection, message: str, most: int) -> list[ThreadMessage]:
    """The last `most` answers to a contact message, in order, and how far the mail of each has come."""
    rows = connection.execute(_ANSWERS, {"message": message, "most": most}).all()
    return [
        ThreadMessage(f"a{row.key}", row.at, "agent", row.name or "", row.body, row.state or "")
        for row in reversed(rows)
    ]


def chat(row: Any) -> InboxItem:
    """A row of `conversations`."""
    about = (row.id, row.site, row.visitor, "", "", "", row.locale)
    return InboxItem("conversation", *about, row.state, row.last_at, row.waiting_since)


def letter(row: Any) -> InboxItem:
    """A row of `contact_messages`."""
    about = (row.id, row.site, row.visitor, row.name, row.email, row.topic, row.locale)
    return InboxItem("contact", *about, row.state, row.at, row.at if row.state == "open" else None)
