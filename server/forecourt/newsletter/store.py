"""Reads and writes requests for the newsletter, and subscribers."""

from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from forecourt.db.tables import newsletter_requests, one_time_links, outbox, subscribers
from forecourt.mail.model import OutboxState
from forecourt.newsletter.links import CONFIRMATION_LINK, UNSUBSCRIBE_LINK
from forecourt.newsletter.model import MAIL_KINDS, NewsletterRequest, Subscriber

_ONE_REQUEST = newsletter_requests.c.id == bindparam("request")
_SELECT_REQUESTS = select(*(newsletter_requests.c[field.name] for field in fields(NewsletterRequest)))
_SELECT_REQUEST = _SELECT_REQUESTS.where(_ONE_REQUEST)
_SELECT_OWN_REQUEST = _SELECT_REQUESTS.where(
    newsletter_requests.c.visitor == bindparam("visitor"),
    newsletter_requests.c.site == bindparam("site"),
    newsletter_requests.c.email == bindparam("email"),
)
_INSERT_REQUEST = insert(newsletter_requests)
_UPDATE_REQUEST = (
    update(newsletter_requests)
    .where(_ONE_REQUEST)
    .values(
        consent=bindparam("new_consent"), locale=bindparam("new_locale"), requested_at=bindparam("new_requested_at")
    )
)
_SET_CONFIRMATION_SENT = update(newsletter_requests).where(_ONE_REQUEST).values(confirmation_sent_at=bindparam("now"))

_ADDRESS = subscribers.c.site == bindparam("of_site"), subscribers.c.email == bindparam("address")
_SELECT_SUBSCRIBERS = select(*(subscribers.c[field.name] for field in fields(Subscriber)))
_SELECT_SUBSCRIBER = _SELECT_SUBSCRIBERS.where(subscribers.c.id == bindparam("subscriber"))
_SELECT_BY_ADDRESS = _SELECT_SUBSCRIBERS.where(*_ADDRESS)
_INSERT_SUBSCRIBER = insert(subscribers)
_TAKE_OVER = (
    update(subscribers)
    .where(*_ADDRESS)
    .values({name: bindparam(f"new_{name}") for name in ("visitor", "consent", "locale", "confirmed_at")})
    .values(proof="", added_by="")
)
_DELETE_SUBSCRIBER = delete(subscribers).where(subscribers.c.id == bindparam("subscriber"))
_DELETE_UNSUBSCRIBE_LINKS = delete(one_time_links).where(
    one_time_links.c.purpose == UNSUBSCRIBE_LINK, one_time_links.c.subject == bindparam("subscriber")
)

_VISITOR = bindparam("visitor", type_=newsletter_requests.c.visitor.type)
_IDS_OF_REQUESTS = select(newsletter_requests.c.id).where(newsletter_requests.c.visitor == _VISITOR)
_IDS_OF_SUBSCRIBERS = select(subscribers.c.id).where(subscribers.c.visitor == _VISITOR)
_CANCEL_MAILS = delete(outbox).where(
    outbox.c.visitor == _VISITOR, outbox.c.kind.in_(MAIL_KINDS), outbox.c.state == OutboxState.QUEUED
)
# One statement for each purpose: PostgreSQL uses no index for either of two subqueries.
_DELETE_CONFIRMATION_LINKS_OF_VISITOR = delete(one_time_links).where(
    one_time_links.c.purpose == CONFIRMATION_LINK, one_time_links.c.subject.in_(_IDS_OF_REQUESTS)
)
_DELETE_UNSUBSCRIBE_LINKS_OF_VISITOR = delete(one_time_links).where(
    one_time_links.c.purpose == UNSUBSCRIBE_LINK, one_time_links.c.subject.in_(_IDS_OF_SUBSCRIBERS)
)
_DELETE_REQUESTS = delete(newsletter_requests).where(newsletter_requests.c.visitor == _VISITOR)
_DELETE_SUBSCRIBERS = delete(subscribers).where(subscribers.c.visitor == _VISITOR)
_COUNT_RECENT_REQUESTS = select(func.count()).where(
    newsletter_requests.c.visitor == _VISITOR, newsletter_requests.c.requested_at > bindparam("since")
)


def store_request(connection: Connection, request: NewsletterRequest) -> NewsletterRequest:
    """Stores the request, or renews the one that its visitor made for this address before. Returns what is stored."""
    key = {"visitor": request.visitor, "site": request.site, "email": request.email}
    row = connection.execute(_SELECT_OWN_REQUEST, key).mappings().one_or_none()
    if row is None:
        connection.execute(_INSERT_REQUEST, asdict(request))
        return request
    values: dict[str, object] = {"new_consent": request.consent, "new_locale": request.locale}
    connection.execute(_UPDATE_REQUEST, values | {"request": row["id"], "new_requested_at": request.requested_at})
    renewed = {"consent": request.consent, "locale": request.locale, "requested_at": request.requested_at}
    return NewsletterRequest(**{**row, **renewed})


def find_request(connection: Connection, request: str) -> NewsletterRequest | None:
    row = connection.execute(_SELECT_REQUEST, {"request": request}).mappings().one_or_none()
    return NewsletterRequest(**row) if row else None


def count_recent_requests(connection: Connection, visitor: str, since: datetime) -> int:
    """Returns how many addresses the visitor asked for after `since`."""
    return int(connection.execute(_COUNT_RECENT_REQUESTS, {"visitor": visitor, "since": since}).scalar_one())


def find_by_address(connection: Connection, site: str, email: str) -> Subscriber | None:
    """Finds the subscriber by the address in lower case, as it is stored."""
    row = connection.execute(_SELECT_BY_ADDRESS, {"of_site": site, "address": email}).mappings().one_or_none()
    return _to_subscriber(row) if row else None


def find_subscriber(connection: Connection, subscriber: str) -> Subscriber | None:
    row = connection.execute(_SELECT_SUBSCRIBER, {"subscriber": subscriber}).mappings().one_or_none()
    return _to_subscriber(row) if row else None


def store_subscriber(connection: Connection, subscriber: Subscriber) -> str:
    """Stores a confirmed address, or lets its new confirmation take it over. Returns the id it has."""
    existing = find_by_address(connection, subscriber.site, subscriber.email)
    values = {"of_site": subscriber.site, "address": subscriber.email, "new_visitor": subscriber.visitor}
    values |= {"new_consent": subscriber.consent, "new_locale": subscriber.locale}
    if existing and connection.execute(_TAKE_OVER, values | {"new_confirmed_at": subscriber.confirmed_at}).rowcount:
        return existing.id
    connection.execute(_INSERT_SUBSCRIBER, asdict(subscriber))
    return subscriber.id


def delete_subscriber(connection: Connection, subscriber: str) -> None:
    """Deletes a subscription with the links that end it."""
    connection.execute(_DELETE_UNSUBSCRIBE_LINKS, {"subscriber": subscriber})
    connection.execute(_DELETE_SUBSCRIBER, {"subscriber": subscriber})


def delete_of_visitor(connection: Connection, visitor: str) -> tuple[int, int]:
    """Deletes the visitor's requests, their subscriptions, the links of both, and mails that have not left yet.

    Returns the number of requests, and that of subscriptions.
    """
    values = {"visitor": visitor}
    for statement in (
        _CANCEL_MAILS,
        _DELETE_CONFIRMATION_LINKS_OF_VISITOR,
        _DELETE_UNSUBSCRIBE_LINKS_OF_VISITOR,
    ):
        connection.execute(statement, values)
    requests = connection.execute(_DELETE_REQUESTS, values).rowcount
    return requests, connection.execute(_DELETE_SUBSCRIBERS, values).rowcount


def set_confirmation_sent(connection: Connection, request: str, now: datetime) -> None:
    """Stores that a confirmation link was mailed for this request."""
    connection.execute(_SET_CONFIRMATION_SENT, {"request": request, "now": now})


def _to_subscriber(row: RowMapping) -> Subscriber:
    return Subscriber(**row)
