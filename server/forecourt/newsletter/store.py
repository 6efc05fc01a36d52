"""Reads and writes newsletter subscribers, and which visitors asked for the newsletter."""

from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from forecourt.db.tables import newsletter_requests, subscribers, suppressions
from forecourt.newsletter.model import NewsletterRequest, Subscriber, SubscriberState

_ONE = subscribers.c.id == bindparam("subscriber")
_SELECT = select(*(subscribers.c[field.name] for field in fields(Subscriber)))
_SELECT_ONE = _SELECT.where(_ONE)
_SELECT_BY_ADDRESS = _SELECT.where(
    subscribers.c.site == bindparam("site"), func.lower(subscribers.c.email) == bindparam("lowered")
).limit(1)
_INSERT = insert(subscribers)
_SET_CONFIRMATION_SENT = (
    update(subscribers)
    .where(_ONE)
    .values(state=SubscriberState.UNCONFIRMED, confirmation_sent_at=bindparam("now"), consent=bindparam("record"))
)
_CONFIRM = (
    update(subscribers)
    .where(_ONE, subscribers.c.state == SubscriberState.UNCONFIRMED)
    .values(state=SubscriberState.CONFIRMED, confirmed_at=bindparam("now"))
)

_SELECT_REQUEST = select(newsletter_requests.c.created_at).where(
    newsletter_requests.c.visitor == bindparam("visitor"), newsletter_requests.c.email == bindparam("email")
)
_INSERT_REQUEST = insert(newsletter_requests)

_SELECT_SUPPRESSED = select(func.max(suppressions.c.confirmation_sent_at)).where(
    suppressions.c.site == bindparam("site"),
    suppressions.c.address_fingerprint.in_(bindparam("fingerprints", expanding=True)),
)
_INSERT_SUPPRESSION = insert(suppressions)
_UPDATE_SUPPRESSION = (
    update(suppressions)
    .where(suppressions.c.site == bindparam("of_site"), suppressions.c.address_fingerprint == bindparam("fingerprint"))
    .values(confirmation_sent_at=bindparam("sent_at"))
)


def find_by_address(connection: Connection, site: str, email: str) -> Subscriber | None:
    """Finds the subscriber in whatever case the address is written."""
    row = connection.execute(_SELECT_BY_ADDRESS, {"site": site, "lowered": email.lower()}).mappings().one_or_none()
    return _to_subscriber(row) if row else None


def find_subscriber(connection: Connection, subscriber: str) -> Subscriber | None:
    row = connection.execute(_SELECT_ONE, {"subscriber": subscriber}).mappings().one_or_none()
    return _to_subscriber(row) if row else None


def add_subscriber(connection: Connection, subscriber: Subscriber) -> None:
    connection.execute(_INSERT, asdict(subscriber))


def set_confirmation_sent(connection: Connection, subscriber: str, consent: str, now: datetime) -> None:
    """Stores when the confirmation mail went, and under which consent."""
    connection.execute(_SET_CONFIRMATION_SENT, {"subscriber": subscriber, "record": consent, "now": now})


def confirm(connection: Connection, subscriber: str, now: datetime) -> None:
    connection.execute(_CONFIRM, {"subscriber": subscriber, "now": now})


def add_request(connection: Connection, request: NewsletterRequest) -> None:
    """Stores the visitor's request for this address, unless there is one already."""
    key = {"visitor": request.visitor, "email": request.email}
    if not connection.execute(_SELECT_REQUEST, key).one_or_none():
        connection.execute(_INSERT_REQUEST, asdict(request))


def find_suppression(connection: Connection, site: str, fingerprints: tuple[str, ...]) -> datetime | None:
    """Returns when an address that was erased since was last mailed a confirmation link.

    Only its fingerprint is left, under one of the signing keys; pass the address's fingerprints under all of them.
    """
    values = {"site": site, "fingerprints": list(fingerprints)}
    sent_at: datetime | None = connection.execute(_SELECT_SUPPRESSED, values).scalar_one()
    return sent_at


def suppress(connection: Connection, site: str, fingerprint: str, confirmation_sent_at: datetime) -> None:
    """Stores when an address that is being erased was last mailed a confirmation link."""
    values = {"of_site": site, "fingerprint": fingerprint, "sent_at": confirmation_sent_at}
    if not connection.execute(_UPDATE_SUPPRESSION, values).rowcount:
        row = {"site": site, "address_fingerprint": fingerprint, "confirmation_sent_at": confirmation_sent_at}
        connection.execute(_INSERT_SUPPRESSION, row)


def _to_subscriber(row: RowMapping) -> Subscriber:
    return Subscriber(**{**row, "state": SubscriberState(row["state"])})
