"""Asks for the newsletter, confirms, adds and ends a subscription (see `model.py`).

Asking never reveals whether an address is known.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from forecourt import clock, one_time_links
from forecourt.consent import store as consents
from forecourt.consent.grant import Grant, Newsletter
from forecourt.db.write_ahead_log import truncate_wal_after_commit
from forecourt.errors import LinkExpired
from forecourt.identifiers import new_identifier
from forecourt.link_secret import new_link_secret
from forecourt.mail import outbox
from forecourt.mail.confirmation_mails import put_confirmation_mail
from forecourt.mail.model import Mail
from forecourt.mail.routing import MailRouting
from forecourt.mail.unconfirmed_mails import UnconfirmedMailQueue
from forecourt.newsletter import store
from forecourt.newsletter.links import (
    CONFIRMATION_LIFETIME,
    CONFIRMATION_LINK,
    UNSUBSCRIBE_LIFETIME,
    UNSUBSCRIBE_LINK,
)
from forecourt.newsletter.model import ADDED_MAIL, CONFIRMATION_MAIL, WELCOME_MAIL, NewsletterRequest, Subscriber


@dataclass(frozen=True, slots=True)
class PendingSubscription:
    """Holds the request that a confirmation link belongs to, and whether its address was confirmed with this link."""

    request: NewsletterRequest
    is_confirmed: bool


def subscribe(
    connection: Connection,
    grant: Grant[Newsletter],
    email: str,
    locale: str,
    routing: MailRouting,
    queue: UnconfirmedMailQueue,
) -> None:
    """Stores the visitor's request and mails the address a link to confirm it, as often as it may be mailed.

    It does the same whether or not the address is subscribed. Addresses are stored in lower case, so that one person's
    spellings are one subscriber. The mail goes by `queue`.
    """
    now, address = clock.now(), email.lower()
    new_request = NewsletterRequest(
        new_identifier(), grant.site, address, locale, grant.visitor, grant.record, now, None
    )
    request, secret = store.store_request(connection, new_request), new_link_secret()
    mail = _confirmation_mail(request, secret, routing)
    if put_confirmation_mail(connection, mail, routing, request.confirmation_sent_at, queue):
        one_time_links.add(connection, CONFIRMATION_LINK, request.id, CONFIRMATION_LIFETIME, secret)
        store.set_confirmation_sent(connection, request.id, now)


def find_pending(connection: Connection, site: str, secret: str) -> PendingSubscription:
    """Returns what a confirmation link is about. Changes nothing.

    Raises `LinkExpired` where the link is unknown or too old, its request was taken back, or the subscription that it
    confirmed has ended.
    """
    link = one_time_links.find(connection, CONFIRMATION_LINK, secret)
    request = store.find_request(connection, link.subject)
    if request is None or request.site != site:
        raise LinkExpired(CONFIRMATION_LINK)
    if link.used_at and store.find_by_address(connection, site, request.email) is None:
        raise LinkExpired(CONFIRMATION_LINK)
    return PendingSubscription(request, link.used_at is not None)


def confirm(connection: Connection, site: str, secret: str, routing: MailRouting) -> None:
    """Stores the link's address as subscribed on the consent of the link's request, and mails it a link that ends this.

    An address that is subscribed already then rests on this consent. Doing so again while the link works changes
    nothing. Raises `LinkExpired`.
    """
    # Who takes the consent back holds the other lock: it either finds this subscription or takes the request away.
    consents.lock_shared(connection, find_pending(connection, site, secret).request.visitor)
    pending = find_pending(connection, site, secret)
    if pending.is_confirmed:
        return
    one_time_links.use(connection, CONFIRMATION_LINK, secret)
    request = pending.request
    subscriber = Subscriber(
        new_identifier(), site, request.email, request.locale, request.visitor, request.consent, clock.now()
    )
    _mail_subscriber(connection, subscriber, store.store_subscriber(connection, subscriber), routing, WELCOME_MAIL)


def add_subscriber(
    connection: Connection, site: str, email: str, locale: str, proof: str, agent: str, routing: MailRouting
) -> bool:
    """Stores an address whose owner agreed elsewhere, as `proof` says, and mails it a link that ends this.

    Returns False for an address that is subscribed already, of which nothing changes.
    """
    address = email.lower()
    if store.find_by_address(connection, site, address):
        return False
    subscriber = Subscriber(new_identifier(), site, address, locale, "", "", clock.now(), proof, agent)
    store.store_subscriber(connection, subscriber)
    _mail_subscriber(connection, subscriber, subscriber.id, routing, ADDED_MAIL)
    return True


def find_subscription(connection: Connection, site: str, secret: str) -> Subscriber:
    """Returns the subscription that a link shows and ends. Raises `LinkExpired`, also once it has ended."""
    link = one_time_links.find(connection, UNSUBSCRIBE_LINK, secret)
    subscriber = store.find_subscriber(connection, link.subject)
    if subscriber is None or subscriber.site != site:
        raise LinkExpired(UNSUBSCRIBE_LINK)
    return subscriber


def unsubscribe(connection: Connection, site: str, secret: str) -> None:
    """Deletes the subscription for somebody who has its link, whoever asked for it. Raises `LinkExpired`."""
    store.delete_subscriber(connection, find_subscription(connection, site, secret).id)
    truncate_wal_after_commit(connection)


def end_for_visitor(connection: Connection, visitor: str) -> int:
    """Ends the visitor's requests, and the subscriptions that rest on their consent. Returns how many requests.

    It is called in the transaction that takes the consent back.
    """
    requests, subscriptions = store.delete_of_visitor(connection, visitor)
    if requests or subscriptions:  # most choices end nothing, and truncating the WAL waits for the disk
        truncate_wal_after_commit(connection)
    return requests


def _confirmation_mail(request: NewsletterRequest, secret: str, routing: MailRouting) -> Mail:
    """Returns a mail with the link for the request that carries `secret`."""
    context: dict[str, object] = {
        "link": routing.page_url(request.locale, f"confirm/{secret}"),
        "site": request.site,
        "email": routing.email,
    }
    key = f"confirm:{new_identifier()}"
    return Mail(CONFIRMATION_MAIL, key, request.email, request.locale, context, routing.email, visitor=request.visitor)


def _mail_subscriber(
    connection: Connection, subscriber: Subscriber, identity: str, routing: MailRouting, kind: str
) -> None:
    """Mails the subscriber, who has the id `identity`, a link that shows and ends the subscription."""
    secret = one_time_links.create(connection, UNSUBSCRIBE_LINK, identity, UNSUBSCRIBE_LIFETIME)
    link, locale = routing.page_url(subscriber.locale, f"newsletter/leave/{secret}"), subscriber.locale
    # RFC 8058: a mail program unsubscribes by one POST, without opening a page.
    headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    context: dict[str, object] = {"link": link, "email": routing.email}
    key = f"welcome:{new_identifier()}"
    mail = Mail(kind, key, subscriber.email, locale, context, routing.email, headers, visitor=subscriber.visitor)
    outbox.put_mail(connection, mail, routing.sender)
