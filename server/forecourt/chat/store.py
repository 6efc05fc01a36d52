"""Conversations and messages in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from forecourt.chat.model import Message
from forecourt.db.tables import conversations, messages

_ID = conversations.c.id == bindparam("conversation")
_ONE = select(conversations).where(_ID)
_HELD = _ONE.with_for_update()
_OF_VISITOR = _ONE.where(conversations.c.visitor == bindparam("visitor"), conversations.c.site == bindparam("site"))
_OPEN = select(conversations.c.id).where(
    conversations.c.visitor == bindparam("visitor"),
    conversations.c.site == bindparam("site"),
    conversations.c.state == "open",
)
_ADD = insert(conversations)
_COLUMNS = (messages.c.seq, messages.c.at, messages.c.author, messages.c.body, messages.c.key)
_BY_KEY = select(*_COLUMNS).where(
    messages.c.conversation == bindparam("conversation"),
    messages.c.author == bindparam("author"),
    messages.c.key == bindparam("key"),
)
_AFTER = (
    select(*_COLUMNS)
    .where(messages.c.conversation == bindparam("conversation"), messages.c.seq > bindparam("after"))
    .order_by(messages.c.seq)
    .limit(bindparam("most"))
)
_ADD_MESSAGE = insert(messages)
_FROM_VISITOR = (
    update(conversations)
    .where(_ID)
    .values(last_seq=bindparam("seq"), last_at=bindparam("now"), waiting_since=bindparam("since"))
)
_FROM_AGENT = (
    update(conversations)
    .where(_ID)
    .values(last_seq=bindparam("seq"), last_at=bindparam("now"), waiting_since=None, alerted_at=None)
)
_STATE = update(conversations).where(_ID).values(state=bindparam("new_state"), waiting_since=None, alerted_at=None)
_UNANSWERED = (
    select(conversations)
    .where(conversations.c.waiting_since <= bindparam("before"), conversations.c.alerted_at.is_(None))
    .where(conversations.c.site == bindparam("site"), conversations.c.state == "open")
    .limit(50)
)
_ALERTED = update(conversations).where(_ID).values(alerted_at=bindparam("now"))
_LIST = (
    select(conversations)
    .where(conversations.c.state.in_(bindparam("states", expanding=True)))
    .order_by(conversations.c.last_at.desc())
    .limit(bindparam("most"))
)
_LAST = select(messages.c.body, messages.c.author).where(
    messages.c.conversation == bindparam("conversation"), messages.c.seq == bindparam("seq")
)


def open_of(connection: Connection, visitor: str, site: str) -> str | None:
    return connection.execute(_OPEN, {"visitor": visitor, "site": site}).scalar()


def add(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(_ADD, row)


def one(connection: Connection, conversation: str) -> Any | None:
    return connection.execute(_ONE, {"conversation": conversation}).one_or_none()


def held(connection: Connection, conversation: str) -> Any | None:
    """The row, locked until this transaction ends: who holds it gives out the next sequence number."""
    return connection.execute(_HELD, {"conversation": conversation}).one_or_none()


def of_visitor(connection: Connection, conversation: str, visitor: str, site: str) -> Any | None:
    """None where it is not there or not this visitor's: the two look alike from outside."""
    return connection.execute(
        _OF_VISITOR, {"conversation": conversation, "visitor": visitor, "site": site}
    ).one_or_none()


def by_key(connection: Connection, conversation: str, author: str, key: str) -> Message | None:
    row = connection.execute(_BY_KEY, {"conversation": conversation, "author": author, "key": key}).one_or_none()
    return Message(*row) if row else None


def after(connection: Connection, conversation: str, seq: int, most: int) -> list[Message]:
    rows = connection.execute(_AFTER, {"conversation": conversation, "after": seq, "most": most})
    return [Message(*row) for row in rows]


def add_message(connection: Connection, row: dict[str, Any], waiting_since: datetime | None) -> None:
    connection.execute(_ADD_MESSAGE, row)
    values = {"conversation": row["conversation"], "seq": row["seq"], "now": row["at"]}
    if row["author"] == "agent":
        connection.execute(_FROM_AGENT, values)
    else:
        connection.execute(_FROM_VISITOR, values | {"since": waiting_since})


def set_state(connection: Connection, conversation: str, state: str) -> None:
    connection.execute(_STATE, {"conversation": conversation, "new_state": state})


def unanswered(connection: Connection, site: str, before: datetime) -> list[Any]:
    return list(connection.execute(_UNANSWERED, {"site": site, "before": before}))


def mark_alerted(connection: Connection, conversation: str, now: datetime) -> None:
    connection.execute(_ALERTED, {"conversation": conversation, "now": now})


def listed(connection: Connection, states: list[str], most: int) -> list[Any]:
    """The latest spoken in first."""
    return list(connection.execute(_LIST, {"states": states, "most": most}))


def last(connection: Connection, conversation: str, seq: int) -> Any | None:
    """Columns body and author."""
    return connection.execute(_LAST, {"conversation": conversation, "seq": seq}).one_or_none()
