"""Subscribers in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from forecourt.db.tables import subscribers

_BY_ADDRESS = (
    select(subscribers)
    .where(subscribers.c.site == bindparam("site"), func.lower(subscribers.c.email) == bindparam("lowered"))
    .limit(1)
)
_ONE = select(subscribers).where(subscribers.c.id == bindparam("subscriber"))
_ADD = insert(subscribers)
_ASKED = (
    update(subscribers)
    .where(subscribers.c.id == bindparam("subscriber"))
    .values(state="unconfirmed", asked_at=bindparam("now"), consent=bindparam("record"))
)
_CONFIRM = (
    update(subscribers)
    .where(subscribers.c.id == bindparam("subscriber"), subscribers.c.state == "unconfirmed")
    .values(state="confirmed", confirmed_at=bindparam("now"))
)


def by_address(connection: Connection, site: str, email: str) -> Any | None:
    return connection.execute(_BY_ADDRESS, {"site": site, "lowered": email.lower()}).one_or_none()


def one(connection: Connection, subscriber: str) -> Any | None:
    return connection.execute(_ONE, {"subscriber": subscriber}).one_or_none()


def add(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(_ADD, row)


def mark_asked(connection: Connection, subscriber: str, record: str, now: datetime) -> None:
    connection.execute(_ASKED, {"subscriber": subscriber, "record": record, "now": now})


def confirm(connection: Connection, subscriber: str, now: datetime) -> None:
    connection.execute(_CONFIRM, {"subscriber": subscriber, "now": now})
