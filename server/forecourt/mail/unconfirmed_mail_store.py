"""Stores the requests for mails to unconfirmed addresses, and the mails, in order to count them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, text, update

from forecourt.db.tables import unconfirmed_mails


@dataclass(frozen=True, slots=True)
class MailCounts:
    """Counts the mails of some hours: those to one mailbox, those to its domain, and all."""

    mailbox: int
    domain: int
    total: int


_LOCK = text("SELECT pg_advisory_xact_lock(47110818)")
_SELECT_REQUESTS = (
    select(unconfirmed_mails.c.created_at)
    .where(unconfirmed_mails.c.network == bindparam("of_network"), unconfirmed_mails.c.created_at > bindparam("after"))
    .order_by(unconfirmed_mails.c.created_at.desc())
    .limit(bindparam("most"))
)
_INSERT = insert(unconfirmed_mails)
_SET_MAIL = (
    update(unconfirmed_mails)
    .where(unconfirmed_mails.c.id == bindparam("request"))
    .values(mailbox=bindparam("to_mailbox"), domain=bindparam("to_domain"), send_at=bindparam("when"))
)
_COUNT = select(
    func.count().filter(unconfirmed_mails.c.mailbox == bindparam("to_mailbox")),
    func.count().filter(unconfirmed_mails.c.domain == bindparam("to_domain")),
    func.count(),
).where(unconfirmed_mails.c.send_at > bindparam("after"), unconfirmed_mails.c.send_at < bindparam("before"))


def lock_counts(connection: Connection) -> None:
    """Waits until no other transaction counts: two that count at once would each find room for the last mail."""
    if connection.dialect.name == "postgresql":  # SQLite writes one transaction at a time
        connection.execute(_LOCK)


def find_request_times(connection: Connection, network: str, after: datetime, most: int) -> list[datetime]:
    """Returns when the network's last requests came, the latest first, up to `most`."""
    values = {"of_network": network, "after": after, "most": most}
    return list(connection.execute(_SELECT_REQUESTS, values).scalars())


def add_request(connection: Connection, request: str, network: str, now: datetime) -> None:
    row: dict[str, object] = {"id": request, "network": network, "created_at": now, "mailbox": "", "domain": ""}
    connection.execute(_INSERT, row)


def set_mail(connection: Connection, request: str, mailbox: str, domain: str, send_at: datetime) -> None:
    """Stores that the request sends a mail."""
    values = {"request": request, "to_mailbox": mailbox, "to_domain": domain, "when": send_at}
    connection.execute(_SET_MAIL, values)


def count_mails(connection: Connection, mailbox: str, domain: str, after: datetime, before: datetime) -> MailCounts:
    """Counts the mails that are sent between two moments, those that wait included."""
    values = {"to_mailbox": mailbox, "to_domain": domain, "after": after, "before": before}
    return MailCounts(*connection.execute(_COUNT, values).one())
