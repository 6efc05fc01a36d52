"""Erases everything held on one visitor, and says what had to stay (GDPR 17)."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, select

from forecourt.chat import actions as chat
from forecourt.consent import termination
from forecourt.consent.record import Source
from forecourt.contact import actions as contact
from forecourt.db.notify import announce
from forecourt.db.tables import (
    consent_details,
    consents,
    contact_answers,
    contact_messages,
    conversations,
    messages,
    newsletter_requests,
    one_time_links,
    outbox,
    subscribers,
    visitors,
)
from forecourt.newsletter import store as newsletter
from forecourt.signing_keys import Fingerprints

_VISITOR: BindParameter[str] = bindparam("visitor")
_RECORDS = select(consents.c.id).where(consents.c.visitor == _VISITOR)
_TALKS = select(conversations.c.id).where(conversations.c.visitor == _VISITOR)
_LETTERS = select(contact_messages.c.id).where(contact_messages.c.visitor == _VISITOR)
_SUBSCRIBERS = select(subscribers.c.id).where(subscribers.c.visitor == _VISITOR)
_ADDRESSES = select(subscribers.c.site, subscribers.c.email, subscribers.c.confirmation_sent_at).where(
    subscribers.c.visitor == _VISITOR
)
_SENT = select(func.count()).where(outbox.c.visitor == _VISITOR, outbox.c.state == "sent")
_COUNT = select(func.count()).select_from(consents).where(consents.c.visitor == _VISITOR)


# Children first.
_DELETE = {
    "mails": delete(outbox).where(outbox.c.visitor == _VISITOR),
    "contact_answers": delete(contact_answers).where(contact_answers.c.message.in_(_LETTERS)),
    "contact_messages": delete(contact_messages).where(contact_messages.c.visitor == _VISITOR),
    "messages": delete(messages).where(messages.c.conversation.in_(_TALKS)),
    "conversations": delete(conversations).where(conversations.c.visitor == _VISITOR),
    "links": delete(one_time_links).where(one_time_links.c.subject.in_(_SUBSCRIBERS)),
    "subscriptions": delete(newsletter_requests).where(newsletter_requests.c.visitor == _VISITOR),
    "subscribers": delete(subscribers).where(subscribers.c.visitor == _VISITOR),
    "consent_details": delete(consent_details).where(consent_details.c.consent.in_(_RECORDS)),
    "visitors": delete(visitors).where(visitors.c.id == _VISITOR),
}


@dataclass(frozen=True, slots=True)
class ErasureResult:
    """Kind -> number of rows: what went, and what stays."""

    gone: dict[str, int]
    stays: dict[str, int]


def erase(
    connection: Connection, visitor: str, required: Collection[str], source: Source, fingerprints: Fingerprints
) -> ErasureResult:
    """Appends the record first: its lock keeps every gated write out until all of it is gone."""
    termination.erase(connection, visitor, required, source)
    _hold(connection, visitor)
    stays = {
        "records": connection.execute(_COUNT, {"visitor": visitor}).scalar_one(),
        "suppressions": _suppress(connection, visitor, fingerprints),
        "delivered_mails": connection.execute(_SENT, {"visitor": visitor}).scalar_one(),
    }
    gone = {kind: connection.execute(statement, {"visitor": visitor}).rowcount for kind, statement in _DELETE.items()}
    for topic in (chat.INBOX_TOPIC, contact.INBOX_TOPIC):
        announce(connection, topic)
    return ErasureResult(gone, {kind: number for kind, number in stays.items() if number})


def _hold(connection: Connection, visitor: str) -> None:
    """An agent may be answering: what they write comes before, and goes too, or finds nothing."""
    for statement in (_TALKS, _LETTERS):
        connection.execute(statement.with_for_update(), {"visitor": visitor})


def _suppress(connection: Connection, visitor: str, fingerprints: Fingerprints) -> int:
    rows = connection.execute(_ADDRESSES, {"visitor": visitor}).all()
    for row in rows:
        newsletter.suppress(connection, row.site, fingerprints(row.email.lower())[0], row.confirmation_sent_at)
    return len(rows)
