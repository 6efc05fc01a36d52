"""Makes and opens links that carry a secret. Each has a purpose, a subject and an end, and some work only once.

The database stores only the secret's digest. Opening a link changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, insert, select, update

from forecourt import clock
from forecourt.db.tables import one_time_links
from forecourt.digest import sha256_hex
from forecourt.errors import LinkExpired
from forecourt.link_secret import new_link_secret

_SECRET_LENGTH = 200  # characters at most; ours have 32

_INSERT = insert(one_time_links)
_SELECT = select(one_time_links.c.subject, one_time_links.c.expires_at, one_time_links.c.used_at).where(
    one_time_links.c.secret_hash == bindparam("digest"), one_time_links.c.purpose == bindparam("of_purpose")
)
_SET_USED = (
    update(one_time_links)
    .where(one_time_links.c.secret_hash == bindparam("digest"), one_time_links.c.used_at.is_(None))
    .values(used_at=bindparam("now"))
)
_IS_UNUSED_OF = (
    one_time_links.c.purpose == bindparam("of_purpose"),
    one_time_links.c.subject == bindparam("of_subject"),
    one_time_links.c.used_at.is_(None),
)
_LATEST_EXPIRY = select(func.max(one_time_links.c.expires_at)).where(*_IS_UNUSED_OF)
_REVOKE = update(one_time_links).where(*_IS_UNUSED_OF).values(used_at=bindparam("now"))


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """`subject` is whom or what the link is about; `used_at` is when it was first used, if it was."""

    subject: str
    expires_at: datetime
    used_at: datetime | None


def create(connection: Connection, purpose: str, subject: str, lifetime: timedelta) -> str:
    """Stores a new link. Returns its secret, which cannot be had again."""
    secret = new_link_secret()
    add(connection, purpose, subject, lifetime, secret)
    return secret


def add(connection: Connection, purpose: str, subject: str, lifetime: timedelta, secret: str) -> None:
    """Stores a link whose secret, from `new_link_secret`, is in a mail already."""
    row = {
        "secret_hash": sha256_hex(secret),
        "purpose": purpose,
        "subject": subject,
        "expires_at": clock.now() + lifetime,
    }
    connection.execute(_INSERT, row)


def find(connection: Connection, purpose: str, secret: str) -> OneTimeLink:
    """Raises `LinkExpired` where the link is unknown, has another purpose or is too old."""
    values = {"digest": sha256_hex(secret[:_SECRET_LENGTH]), "of_purpose": purpose}
    row = connection.execute(_SELECT, values).mappings().one_or_none()
    if row is None or row["expires_at"] <= clock.now():
        raise LinkExpired(purpose)
    return OneTimeLink(**row)


def use(connection: Connection, purpose: str, secret: str) -> str:
    """Returns the link's subject, the first time only.

    Raises `LinkExpired` as `find` does, and from the second time on.
    """
    subject = find(connection, purpose, secret).subject
    if not connection.execute(_SET_USED, {"digest": sha256_hex(secret), "now": clock.now()}).rowcount:
        raise LinkExpired(purpose)
    return subject


def find_latest_expiry(connection: Connection, purpose: str, subject: str) -> datetime | None:
    """Returns when the newest unused link of a subject ends, or has ended; None where there is none."""
    values = {"of_purpose": purpose, "of_subject": subject}
    return connection.execute(_LATEST_EXPIRY, values).scalar_one_or_none()


def revoke(connection: Connection, purpose: str, subject: str) -> None:
    """Makes every link of a subject with this purpose worthless."""
    connection.execute(_REVOKE, {"of_purpose": purpose, "of_subject": subject, "now": clock.now()})


def mark_used(connection: Connection, secret: str) -> None:
    connection.execute(_SET_USED, {"digest": sha256_hex(secret), "now": clock.now()})
