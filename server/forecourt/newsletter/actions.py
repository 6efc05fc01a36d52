"""Subscribes addresses to the newsletter and confirms them. Subscribing never reveals whether an address is known."""

from sqlalchemy import Connection

from forecourt import clock, one_time_links
from forecourt.consent.actions import has_withdrawn
from forecourt.consent.grant import Grant, Newsletter
from forecourt.errors import LinkExpired
from forecourt.identifiers import new_identifier
from forecourt.mail.model import Mail
from forecourt.mail.routing import MailRouting
from forecourt.mail.unconfirmed_mails import UnconfirmedMailQueue
from forecourt.newsletter import store
from forecourt.newsletter.confirmation import LINK_LIFETIME, LINK_PURPOSE, has_waited, may_send_confirmation
from forecourt.newsletter.model import NewsletterRequest, Subscriber, SubscriberState
from forecourt.signing_keys import Fingerprints


def subscribe(
    connection: Connection,
    grant: Grant[Newsletter],
    email: str,
    locale: str,
    routing: MailRouting,
    fingerprints: Fingerprints,
    queue: UnconfirmedMailQueue,
) -> None:
    """Stores the address as unconfirmed and mails it a confirmation link, as often as `confirmation.py` allows.

    The mail goes by `queue`. `fingerprints` recognizes addresses that were erased.
    """
    now = clock.now()
    store.add_request(connection, NewsletterRequest(grant.visitor, email, grant.site, locale, now))
    existing = store.find_by_address(connection, grant.site, email)
    if existing:
        if not may_send_confirmation(existing.state, existing.confirmation_sent_at, now):
            return
        store.set_confirmation_sent(connection, existing.id, grant.record, now)
        subscriber = existing.id
    else:
        if not has_waited(store.find_suppression(connection, grant.site, fingerprints(email.lower())), now):
            return
        subscriber = _add_subscriber(connection, grant, email, locale)
    link = routing.page_url(locale, f"confirm/{_new_secret(connection, subscriber)}")
    context: dict[str, object] = {"link": link, "site": grant.site, "email": routing.email}
    key = f"confirm:{subscriber}:{now.isoformat()}"
    mail = Mail("newsletter_confirmation", key, email, locale, context, routing.email, visitor=grant.visitor)
    queue.put_mail(connection, mail, routing.sender)


def find_pending(connection: Connection, site: str, secret: str) -> Subscriber:
    """Returns the subscriber that a confirmation link is for. Changes nothing.

    Raises `LinkExpired` where the link is unknown or too old, or the consent it rests on was withdrawn since.
    """
    link = one_time_links.find(connection, LINK_PURPOSE, secret)
    subscriber = store.find_subscriber(connection, link.subject)
    if subscriber is None or subscriber.site != site or has_withdrawn(connection, subscriber.visitor):
        raise LinkExpired(LINK_PURPOSE)
    return subscriber


def confirm(connection: Connection, site: str, secret: str) -> None:
    """Confirms the link's subscriber. Doing so again while the link works changes nothing. Raises `LinkExpired`."""
    store.confirm(connection, find_pending(connection, site, secret).id, clock.now())
    one_time_links.mark_used(connection, secret)


def _add_subscriber(connection: Connection, grant: Grant[Newsletter], email: str, locale: str) -> str:
    now = clock.now()
    subscriber = Subscriber(
        new_identifier(),
        grant.site,
        email,
        locale,
        SubscriberState.UNCONFIRMED,
        grant.visitor,
        grant.record,
        now,
        now,
        None,
    )
    store.add_subscriber(connection, subscriber)
    return subscriber.id


def _new_secret(connection: Connection, subscriber: str) -> str:
    return one_time_links.create(connection, LINK_PURPOSE, subscriber, LINK_LIFETIME)
