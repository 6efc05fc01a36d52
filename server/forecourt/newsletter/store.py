"""Subscribers in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from forecourt import tokens
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
_ERASED = select(suppressions.c.at).where(
    suppressions.c.site == bindparam("site"), suppressions.c.address == bindparam("digest")
)
_ADD_ERASED = insert(suppressions)
_ERASED_AGAIN = (
    update(suppressions)
    .where(suppressions.c.site == bindparam("of"), suppressions.c.address == bindparam("digest"))
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


def asked_before_erasure(connection: Connection, site: str, email: str) -> datetime | None:
    """When an address that was erased since was last asked. Its digest is all that is left of it."""
    return connection.execute(_ERASED, {"site": site, "digest": _digest(site, email)}).scalar_one_or_none()


def suppress(connection: Connection, site: str, email: str, asked_at: datetime) -> None:
    digest = _digest(site, email)
    if not connection.execute(_ERASED_AGAIN, {"of": site, "digest": digest, "asked": asked_at}).rowcount:
        connection.execute(_ADD_ERASED, {"site": site, "address": digest, "at": asked_at})


def _digest(site: str, email: str) -> str:
    return tokens.digest(f"{site} {email.lower()}")
