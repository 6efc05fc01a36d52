"""Links that carry a secret: one purpose, one subject, a life. Kept as a digest; opening one changes nothing."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from forecourt import clock
from forecourt.db.tables import links
from forecourt.digest import sha256_hex
from forecourt.errors import Gone
from forecourt.link_secret import new_link_secret

_ADD = insert(links)
_FIND = select(links.c.subject, links.c.expires_at, links.c.used_at).where(
    links.c.hash == bindparam("digest"), links.c.purpose == bindparam("of")
)
_USE = (
    update(links).where(links.c.hash == bindparam("digest"), links.c.used_at.is_(None)).values(used_at=bindparam("now"))
)


def make(connection: Connection, purpose: str, subject: str, life: timedelta) -> str:
    """A new link's secret, told this once."""
    secret = new_link_secret()
    row = {"hash": sha256_hex(secret), "purpose": purpose, "subject": subject, "expires_at": clock.now() + life}
    connection.execute(_ADD, row)
    return secret


def subject(connection: Connection, purpose: str, secret: str) -> tuple[str, datetime | None]:
    """Whom the link is about, and when it was first used. Raises `Gone` where it is unknown or too old."""
    row = connection.execute(_FIND, {"digest": sha256_hex(secret[:200]), "of": purpose}).one_or_none()
    if row is None or row.expires_at <= clock.now():
        raise Gone(purpose)
    return row.subject, row.used_at


def use_once(connection: Connection, purpose: str, secret: str) -> str:
    """The subject, the first time only. Raises `Gone` after that."""
    found, _ = subject(connection, purpose, secret)
    if not connection.execute(_USE, {"digest": sha256_hex(secret), "now": clock.now()}).rowcount:
        raise Gone(purpose)
    return found


def mark_used(connection: Connection, secret: str) -> None:
    connection.execute(_USE, {"digest": sha256_hex(secret), "now": clock.now()})
