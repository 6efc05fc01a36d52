"""Subscribing and confirming. The answer to subscribing never tells whether an address is known."""

from dataclasses import dataclass

from sqlalchemy import Connection

from forecourt import clock, one_time_links
from forecourt.consent.actions import has_withdrawn
from forecourt.consent.grant import Grant, Newsletter
from forecourt.errors import Gone
from forecourt.identifiers import new_identifier
from forecourt.mail import outbox
from forecourt.mail.model import Mail, Sender
from forecourt.newsletter import store
from forecourt.newsletter.model import LINK_LIFE, PURPOSE, may_ask
from forecourt.signing_keys import Fingerprints


@dataclass(frozen=True, slots=True)
class NewsletterMailRouting:
    """The site's mail address, the mails' sender, where the site's hosted pages are, and who recognises the erased."""

    email: str
    sender: Sender
    pages: str
    fingerprints: Fingerprints


def subscribe(
    connection: Connection, grant: Grant[Newsletter], email: str, locale: str, desk: NewsletterMailRouting
) -> None:
    """Keeps the address as unconfirmed and asks it by mail, at most once an hour; a confirmed one is left alone."""
    now, known = clock.now(), store.by_address(connection, grant.site, email)
    ask = {"visitor": grant.visitor, "email": email, "site": grant.site, "locale": locale, "at": now}
    store.keep_ask(connection, ask)
    if known and not may_ask(known.state, known.asked_at, now):
        return
    prints = desk.fingerprints(email.lower())
    if not known and not may_ask("erased", store.asked_before_erasure(connection, grant.site, prints), now):
        return
    subscriber = known.id if known else new_identifier()
    if known:
        store.mark_asked(connection, subscriber, grant.record, now)
    else:
        row = {"id": subscriber, "site": grant.site, "email": email, "locale": locale, "state": "unconfirmed"}
        store.add(connection, row | {"visitor": grant.visitor, "consent": grant.record, "at": now, "asked_at": now})
    secret = one_time_links.make(connection, PURPOSE, subscriber, LINK_LIFE)
    context: dict[str, object] = {"link": f"{desk.pages}/confirm/{secret}", "site": grant.site, "email": desk.email}
    dedupe = f"confirm:{subscriber}:{now.isoformat()}"
    mail = Mail("confirm", dedupe, email, locale, context, desk.email, visitor=grant.visitor)
    outbox.put(connection, mail, desk.sender)


def asked(connection: Connection, site: str, secret: str) -> bool:
    """Whether the link's subscriber is confirmed already. Changes nothing.

    Raises `Gone`, also where the consent it rests on was withdrawn since.
    """
    subscriber, _ = one_time_links.subject(connection, PURPOSE, secret)
    found = store.one(connection, subscriber)
    if found is None or found.site != site or has_withdrawn(connection, found.visitor):
        raise Gone(PURPOSE)
    return bool(found.state == "confirmed")


def confirm(connection: Connection, site: str, secret: str) -> None:
    """Confirms, and confirms again within the link's life without complaint. Raises `Gone`."""
    asked(connection, site, secret)
    subscriber, _ = one_time_links.subject(connection, PURPOSE, secret)
    store.confirm(connection, subscriber, clock.now())
    one_time_links.mark_used(connection, secret)
