"""Everything held on one visitor, as data (GDPR 15 and 20). Agents' names are theirs, and not in it."""

from collections import defaultdict
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import BindParameter, ColumnElement, Connection, Select, and_, bindparam, select

from forecourt import clock
from forecourt.db.tables import (
    consent_details,
    consents,
    contact_answers,
    contact_messages,
    conversations,
    log_leaves,
    messages,
    newsletter_requests,
    one_time_links,
    outbox,
    subscribers,
)

T = TypeVar("T")
AT_MOST = 5000  # rows a list; more than a person writes before retention takes it


class ExportedConsent(msgspec.Struct):
    """`position`: in the sealed log, once it is there. The last four are personal, and null once they are erased."""

    id: str
    kind: str
    action: str
    at: datetime
    purposes: dict[str, bool]
    privacy_policy: str | None
    notice_hash: str
    locale: str
    release: int | None
    source: str
    gesture: str
    signals: dict[str, Any]
    position: int | None
    origin: str | None
    path: str | None
    address: str | None
    browser: str | None


class ExportedAnswer(msgspec.Struct):
    at: datetime
    body: str


class ExportedContactMessage(msgspec.Struct):
    id: str
    at: datetime
    topic: str
    name: str
    email: str
    message: str
    locale: str
    state: str
    answers: list[ExportedAnswer] = []


class ExportedChatMessage(msgspec.Struct):
    seq: int
    at: datetime
    author: str
    body: str


class ExportedConversation(msgspec.Struct):
    id: str
    at: datetime
    last_at: datetime
    locale: str
    state: str
    messages: list[ExportedChatMessage] = []


class ExportedSubscription(msgspec.Struct):
    """`confirmed_at`: where this visitor's own asking was confirmed."""

    email: str
    locale: str
    asked_at: datetime
    confirmed_at: datetime | None


class ExportedMail(msgspec.Struct):
    """Without its text: a confirmation's link is for who owns the address, which a visitor may only have typed."""

    kind: str
    recipient: str
    subject: str
    state: str
    at: datetime
    sent_at: datetime | None


class ExportedLink(msgspec.Struct):
    purpose: str
    expires_at: datetime
    used_at: datetime | None


class VisitorExport(msgspec.Struct):
    """`complete`: false where a list is longer than is told at once.

    Following changes and objecting belong to an address, which no token proves: their own links show and end them.
    """

    site: str
    visitor: str
    at: datetime
    complete: bool
    consents: list[ExportedConsent]
    acknowledgements: list[ExportedConsent]
    contact: list[ExportedContactMessage]
    conversations: list[ExportedConversation]
    subscriptions: list[ExportedSubscription]
    mails: list[ExportedMail]
    links: list[ExportedLink]


_VISITOR: BindParameter[str] = bindparam("visitor")


def _of(column: ColumnElement[str], *wanted: ColumnElement[Any]) -> Select[Any]:
    return select(*wanted).where(column == _VISITOR).limit(AT_MOST)


_CONSENTS = (
    _of(
        consents.c.visitor,
        *(consents.c[name] for name in ("id", "kind", "action", "privacy_policy", "notice_hash", "locale")),
        *(consents.c[name] for name in ("release", "source", "gesture", "signals")),
        consents.c.created_at.label("at"),
        consents.c.purposes,
        log_leaves.c.position,
        *(consent_details.c[name] for name in ("origin", "path", "address", "browser")),
    )
    .outerjoin(log_leaves, log_leaves.c.consent == consents.c.id)
    .outerjoin(consent_details, consent_details.c.consent == consents.c.id)
    .order_by(consents.c.seq)
)
_LETTERS = _of(
    contact_messages.c.visitor,
    contact_messages.c.created_at.label("at"),
    *(contact_messages.c[name] for name in ("id", "topic", "name", "email", "message", "locale", "state")),
).order_by(contact_messages.c.created_at)
_ANSWERS = (
    _of(contact_messages.c.visitor, contact_answers.c.message, contact_answers.c.created_at, contact_answers.c.body)
    .join(contact_answers, contact_answers.c.message == contact_messages.c.id)
    .order_by(contact_answers.c.created_at)
)
_CONVERSATIONS = _of(
    conversations.c.visitor,
    conversations.c.created_at.label("at"),
    conversations.c.last_message_at.label("last_at"),
    *(conversations.c[name] for name in ("id", "locale", "state")),
).order_by(conversations.c.created_at)
_MESSAGES = (
    _of(
        conversations.c.visitor,
        *(messages.c[name] for name in ("conversation", "seq", "created_at", "author", "body")),
    )
    .join(messages, messages.c.conversation == conversations.c.id)
    .order_by(conversations.c.created_at, messages.c.seq)
)
# Whether an address that somebody else asked for is confirmed is not this visitor's to know.
_SUBSCRIPTIONS = (
    _of(
        newsletter_requests.c.visitor,
        newsletter_requests.c.email,
        newsletter_requests.c.locale,
        newsletter_requests.c.created_at.label("asked_at"),
        subscribers.c.confirmed_at,
    )
    .outerjoin(
        subscribers,
        and_(
            subscribers.c.visitor == newsletter_requests.c.visitor,
            subscribers.c.site == newsletter_requests.c.site,
            subscribers.c.email == newsletter_requests.c.email,
        ),
    )
    .order_by(newsletter_requests.c.created_at)
)
_MAILS = _of(
    outbox.c.visitor,
    outbox.c.created_at.label("at"),
    *(outbox.c[name] for name in ("kind", "recipient", "subject", "state", "sent_at")),
).order_by(outbox.c.created_at)
_LINKS = _of(
    subscribers.c.visitor, one_time_links.c.purpose, one_time_links.c.expires_at, one_time_links.c.used_at
).join(one_time_links, one_time_links.c.subject == subscribers.c.id)


def held(connection: Connection, site: str, visitor: str) -> VisitorExport:
    records = _listed(connection, _CONSENTS, visitor, ExportedConsent)
    letters, talks = _letters(connection, visitor), _conversations(connection, visitor)
    answers = [answer for letter in letters for answer in letter.answers]
    asked = _listed(connection, _SUBSCRIPTIONS, visitor, ExportedSubscription)
    mails, secrets = (
        _listed(connection, _MAILS, visitor, ExportedMail),
        _listed(connection, _LINKS, visitor, ExportedLink),
    )
    said = [message for talk in talks for message in talk.messages]
    whole = all(len(each) < AT_MOST for each in (records, letters, answers, talks, said, asked, mails, secrets))
    chosen = [record for record in records if record.kind == "consent"]
    others = [record for record in records if record.kind != "consent"]
    return VisitorExport(site, visitor, clock.now(), whole, chosen, others, letters, talks, asked, mails, secrets)


def _letters(connection: Connection, visitor: str) -> list[ExportedContactMessage]:
    answers: defaultdict[str, list[ExportedAnswer]] = defaultdict(list)
    for row in connection.execute(_ANSWERS, {"visitor": visitor}):
        answers[row.message].append(ExportedAnswer(row.created_at, row.body))
    letters = _listed(connection, _LETTERS, visitor, ExportedContactMessage)
    return [msgspec.structs.replace(each, answers=answers[each.id]) for each in letters]


def _conversations(connection: Connection, visitor: str) -> list[ExportedConversation]:
    said: defaultdict[str, list[ExportedChatMessage]] = defaultdict(list)
    for row in connection.execute(_MESSAGES, {"visitor": visitor}):
        said[row.conversation].append(ExportedChatMessage(row.seq, row.created_at, row.author, row.body))
    talks = _listed(connection, _CONVERSATIONS, visitor, ExportedConversation)
    return [msgspec.structs.replace(each, messages=said[each.id]) for each in talks]


def _listed(connection: Connection, statement: Select[Any], visitor: str, kind: type[T]) -> list[T]:
    return [kind(**row._asdict()) for row in connection.execute(statement, {"visitor": visitor})]
