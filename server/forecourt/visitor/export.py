"""Exports all data stored about one visitor (GDPR 15 and 20).

Agents' names are left out, since they are personal data of the agents.
"""

from collections import defaultdict
from datetime import datetime
from typing import TypeVar

import msgspec
from sqlalchemy import BindParameter, Connection, Executable, and_, bindparam, case, select

from forecourt import clock
from forecourt.consent.record import RecordKind
from forecourt.db.tables import (
    consent_details,
    consents,
    conversation_events,
    conversations,
    files,
    log_leaves,
    newsletter_requests,
    outbox,
)
from forecourt.newsletter.model import MAIL_KINDS
from forecourt.support.model import Author, ConversationChannel, ConversationState, EventKind, RatingAnswer

RowT = TypeVar("RowT")
ROWS_PER_LIST = 5000  # more than a person writes before retention deletes it


class ExportedConsent(msgspec.Struct):
    """Holds one record. `position` is its number in the sealed log, once it is sealed.

    The last four fields are personal, and null once they are erased.
    """

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
    signals: dict[str, bool]
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


class ExportedRating(msgspec.Struct):
    at: datetime
    helped: bool
    sentence: str


class ExportedConversation(msgspec.Struct):
    id: str
    at: datetime
    last_at: datetime
    locale: str
    state: str
    messages: list[ExportedChatMessage] = []
    ratings: list[ExportedRating] = []


class ExportedFile(msgspec.Struct):
    """Holds a file without its bytes. `path` is where the token gets them; empty while no message carries it."""

    id: str
    name: str
    kind: str
    size: int
    at: datetime
    conversation: str
    path: str


class ExportedNewsletterRequest(msgspec.Struct):
    """Holds a visitor's own request. Whether the owner of the address confirmed it is the owner's to know."""

    email: str
    locale: str
    requested_at: datetime


class ExportedMail(msgspec.Struct):
    """Holds a mail without its text. The newsletter's mails are left out: they belong to the owner of the address."""

    kind: str
    recipient: str
    subject: str
    state: str
    at: datetime
    sent_at: datetime | None


class VisitorExport(msgspec.Struct):
    """Holds all data stored about a visitor. `complete` is false where a list was cut at `ROWS_PER_LIST`.

    Following changes, objections and a confirmed newsletter belong to an address, which no token proves. The links in
    its mails show and end them.
    """

    site: str
    visitor: str
    at: datetime
    complete: bool
    consents: list[ExportedConsent]
    acknowledgements: list[ExportedConsent]
    contact: list[ExportedContactMessage]
    conversations: list[ExportedConversation]
    files: list[ExportedFile]
    newsletter_requests: list[ExportedNewsletterRequest]
    mails: list[ExportedMail]


_VISITOR: BindParameter[str] = bindparam("visitor")
_CONSENTS = (
    select(
        *(consents.c[name] for name in ("id", "kind", "action", "purposes", "privacy_policy", "notice_hash", "locale")),
        *(consents.c[name] for name in ("release", "source", "gesture", "signals")),
        consents.c.created_at.label("at"),
        log_leaves.c.position,
        *(consent_details.c[name] for name in ("origin", "path", "address", "browser")),
    )
    .outerjoin(log_leaves, log_leaves.c.record == consents.c.id)
    .outerjoin(consent_details, consent_details.c.consent == consents.c.id)
    .where(consents.c.visitor == _VISITOR)
    .order_by(consents.c.seq)
    .limit(ROWS_PER_LIST)
)
_IS_CHAT = conversations.c.channel == ConversationChannel.CHAT
_IS_FIRST_EVENT = and_(conversation_events.c.conversation == conversations.c.id, conversation_events.c.seq == 1)
_CONTACT_MESSAGES = (
    select(
        conversations.c.created_at.label("at"),
        *(conversations.c[name] for name in ("id", "topic", "name", "email", "locale", "state")),
        conversation_events.c.body.label("message"),
    )
    .join(conversation_events, _IS_FIRST_EVENT)
    .where(conversations.c.visitor == _VISITOR, ~_IS_CHAT)
    .order_by(conversations.c.created_at)
    .limit(ROWS_PER_LIST)
)
# Notes and what agents did with a conversation are theirs, and left out as their names are.
_MESSAGES = (
    select(*(conversation_events.c[name] for name in ("conversation", "seq", "created_at", "author", "body")))
    .join(conversations, conversation_events.c.conversation == conversations.c.id)
    .where(conversations.c.visitor == _VISITOR, conversation_events.c.kind == EventKind.MESSAGE)
    .order_by(conversations.c.created_at, conversation_events.c.conversation, conversation_events.c.seq)
    .limit(ROWS_PER_LIST)
)
_ANSWERS = _MESSAGES.where(~_IS_CHAT, conversation_events.c.author == Author.AGENT)
_CHAT_MESSAGES = _MESSAGES.where(_IS_CHAT)
_RATINGS = (
    select(*(conversation_events.c[name] for name in ("conversation", "created_at", "target", "body")))
    .join(conversations, conversation_events.c.conversation == conversations.c.id)
    .where(conversations.c.visitor == _VISITOR, conversation_events.c.kind == EventKind.RATED)
    .order_by(conversation_events.c.created_at)
    .limit(ROWS_PER_LIST)
)
_IS_CLOSED = conversations.c.state == ConversationState.CLOSED
_CONVERSATIONS = (
    select(
        conversations.c.created_at.label("at"),
        conversations.c.last_message_at.label("last_at"),
        conversations.c.id,
        conversations.c.locale,
        case((_IS_CLOSED, "closed"), else_="open").label("state"),  # as the public API says it
    )
    .where(conversations.c.visitor == _VISITOR, _IS_CHAT)
    .order_by(conversations.c.created_at)
    .limit(ROWS_PER_LIST)
)
_FILES = (
    select(files.c.created_at.label("at"), *(files.c[name] for name in ("id", "name", "kind", "size", "conversation")))
    .where(files.c.visitor == _VISITOR)
    .order_by(files.c.created_at)
    .limit(ROWS_PER_LIST)
)
_NEWSLETTER_REQUESTS = (
    select(*(newsletter_requests.c[name] for name in ("email", "locale", "requested_at")))
    .where(newsletter_requests.c.visitor == _VISITOR)
    .order_by(newsletter_requests.c.requested_at)
    .limit(ROWS_PER_LIST)
)
_MAILS = (
    select(
        outbox.c.created_at.label("at"),
        *(outbox.c[name] for name in ("kind", "recipient", "subject", "state", "sent_at")),
    )
    .where(outbox.c.visitor == _VISITOR, outbox.c.kind.not_in(MAIL_KINDS))
    .order_by(outbox.c.created_at)
    .limit(ROWS_PER_LIST)
)


def export_visitor(connection: Connection, site: str, visitor: str) -> VisitorExport:
    """Returns all data stored about a visitor of a site."""
    records = _read(connection, _CONSENTS, visitor, ExportedConsent)
    contact, chats = _read_contact_messages(connection, visitor), _read_conversations(connection, visitor)
    answers = [answer for message in contact for answer in message.answers]
    chat_messages = [message for conversation in chats for message in conversation.messages]
    own_files = _read_files(connection, site, visitor)
    requests = _read(connection, _NEWSLETTER_REQUESTS, visitor, ExportedNewsletterRequest)
    mails = _read(connection, _MAILS, visitor, ExportedMail)
    lengths = [len(records), len(contact), len(answers), len(chats), len(chat_messages)]
    lengths += [len(own_files), len(requests), len(mails)]
    return VisitorExport(
        site=site,
        visitor=visitor,
        at=clock.now(),
        complete=max(lengths) < ROWS_PER_LIST,
        consents=[record for record in records if record.kind == RecordKind.CONSENT],
        acknowledgements=[record for record in records if record.kind != RecordKind.CONSENT],
        contact=contact,
        conversations=chats,
        files=own_files,
        newsletter_requests=requests,
        mails=mails,
    )


def _read_contact_messages(connection: Connection, visitor: str) -> list[ExportedContactMessage]:
    answers: defaultdict[str, list[ExportedAnswer]] = defaultdict(list)
    for row in connection.execute(_ANSWERS, {"visitor": visitor}):
        answers[row.conversation].append(ExportedAnswer(row.created_at, row.body))
    contact = _read(connection, _CONTACT_MESSAGES, visitor, ExportedContactMessage)
    return [msgspec.structs.replace(message, answers=answers[message.id]) for message in contact]


def _read_conversations(connection: Connection, visitor: str) -> list[ExportedConversation]:
    chat_messages: defaultdict[str, list[ExportedChatMessage]] = defaultdict(list)
    for row in connection.execute(_CHAT_MESSAGES, {"visitor": visitor}):
        message = ExportedChatMessage(row.seq, row.created_at, row.author, row.body)
        chat_messages[row.conversation].append(message)
    ratings: defaultdict[str, list[ExportedRating]] = defaultdict(list)
    for row in connection.execute(_RATINGS, {"visitor": visitor}):
        ratings[row.conversation].append(ExportedRating(row.created_at, row.target == RatingAnswer.HELPED, row.body))
    chats = _read(connection, _CONVERSATIONS, visitor, ExportedConversation)
    return [msgspec.structs.replace(chat, messages=chat_messages[chat.id], ratings=ratings[chat.id]) for chat in chats]


def _read_files(connection: Connection, site: str, visitor: str) -> list[ExportedFile]:
    rows = connection.execute(_FILES, {"visitor": visitor}).mappings()
    return [ExportedFile(**row, path=_file_path(site, row["conversation"], row["id"])) for row in rows]


def _file_path(site: str, conversation: str, identifier: str) -> str:
    return f"/v1/sites/{site}/conversations/{conversation}/files/{identifier}" if conversation else ""


def _read(connection: Connection, statement: Executable, visitor: str, row_type: type[RowT]) -> list[RowT]:
    rows = connection.execute(statement, {"visitor": visitor}).mappings()
    return [row_type(**row) for row in rows]
