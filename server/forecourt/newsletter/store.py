"""Subscribers in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from forecourt.db.tables import newsletter_asks, subscribers, suppressions

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

_ASK_KNOWN = select(newsletter_asks.c.at).where(
    newsletter_asks.c.visitor == bindparam("visitor"), newsletter_asks.c.email == bindparam("email")
)
_ADD_ASK = insert(newsletter_asks)
_ERASED = select(func.max(suppressions.c.at)).where(
    suppressions.c.site == bindparam("site"), suppressions.c.address.in_(bindparam("prints", expanding=True))
)
_ADD_ERASED = insert(suppressions)
_ERASED_AGAIN = (
    update(suppressions)
    .where(suppressions.c.site == bindparam("of"), suppressions.c.address == bindparam("print"))
    .values(at=bindparam("asked"))
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


def keep_ask(connection: Connection, ask: dict[str, Any]) -> None:
    """That this visitor asked, whether or not the address was known."""
    if not connection.execute(_ASK_KNOWN, {"visitor": ask["visitor"], "email": ask["email"]}).one_or_none():
        connection.execute(_ADD_ASK, ask)


def asked_before_erasure(connection: Connection, site: str, prints: tuple[str, ...]) -> datetime | None:
    """When an address that was erased since was last asked. Its fingerprint, under some key, is all that is left."""
    found: datetime | None = connection.execute(_ERASED, {"site": site, "prints": list(prints)}).scalar_one()
    return found


def suppress(connection: Connection, site: str, fingerprint: str, asked_at: datetime) -> None:
    if not connection.execute(_ERASED_AGAIN, {"of": site, "print": fingerprint, "asked": asked_at}).rowcount:
        connection.execute(_ADD_ERASED, {"site": site, "address": fingerprint, "at": asked_at})
