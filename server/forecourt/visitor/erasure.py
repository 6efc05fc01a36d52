"""Erases all data stored about one visitor, and says what has to stay (GDPR 17)."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import BindParameter, ColumnElement, Connection, Delete, Select, and_, bindparam, delete, func, select

from forecourt import clock
from forecourt.consent import termination
from forecourt.consent.record import Source
from forecourt.db.tables import (
    consent_details,
    consents,
    conversation_events,
    conversations,
    file_chunks,
    files,
    outbox,
    search_documents,
    visitors,
)
from forecourt.db.write_ahead_log import truncate_wal_after_commit
from forecourt.mail.confirmation_mail_limits import COUNTED_FOR
from forecourt.mail.model import OutboxState
from forecourt.newsletter import actions as newsletter
from forecourt.newsletter import store as newsletter_store
from forecourt.newsletter.model import MAIL_KINDS
from forecourt.support.actions import announce_inbox
from forecourt.support.model import Author, ConversationChannel, EventKind

_VISITOR: BindParameter[str] = bindparam("visitor")
_RECORDS = select(consents.c.id).where(consents.c.visitor == _VISITOR)
_CONVERSATIONS = select(conversations.c.id).where(conversations.c.visitor == _VISITOR)
_IS_CHAT = conversations.c.channel == ConversationChannel.CHAT
_IS_MESSAGE = conversation_events.c.kind == EventKind.MESSAGE
_IS_ANSWER = and_(_IS_MESSAGE, conversation_events.c.author == Author.AGENT)
_OF_VISITOR = outbox.c.visitor == _VISITOR
# How many mails the newsletter sent would reveal whether others asked for an address, and whether its owner confirmed.
_IS_OWN_BUSINESS = outbox.c.kind.not_in(MAIL_KINDS)
_COUNT_DELIVERED = select(func.count()).where(_OF_VISITOR, _IS_OWN_BUSINESS, outbox.c.state == OutboxState.SENT)
_COUNT_RECORDS = select(func.count()).select_from(consents).where(consents.c.visitor == _VISITOR)


def _delete_events(conversation: Select[tuple[str]], *conditions: ColumnElement[bool]) -> Delete:
    return delete(conversation_events).where(conversation_events.c.conversation.in_(conversation), *conditions)


def _delete_conversations(*conditions: ColumnElement[bool]) -> Delete:
    return delete(conversations).where(conversations.c.visitor == _VISITOR, *conditions)


# By kind, in the order in which rows may be deleted: those that refer to others first.
_DELETE = {
    "files": delete(files).where(files.c.visitor == _VISITOR),
    "mails": delete(outbox).where(_OF_VISITOR, _IS_OWN_BUSINESS),
    "contact_answers": _delete_events(_CONVERSATIONS.where(~_IS_CHAT), _IS_ANSWER),
    "messages": _delete_events(_CONVERSATIONS.where(_IS_CHAT), _IS_MESSAGE),
    "contact_messages": _delete_conversations(~_IS_CHAT),
    "conversations": _delete_conversations(_IS_CHAT),
    "consent_details": delete(consent_details).where(consent_details.c.consent.in_(_RECORDS)),
    "visitors": delete(visitors).where(visitors.c.id == _VISITOR),
}
# What is not counted: the bytes of files, the newsletter's mails, what agents noted and did, a contact message's own
# text, which is counted as its conversation, and by which words all of it was found.
_DELETE_UNCOUNTED = (
    delete(file_chunks).where(file_chunks.c.file.in_(select(files.c.id).where(files.c.visitor == _VISITOR))),
    delete(search_documents).where(search_documents.c.conversation.in_(_CONVERSATIONS)),
    delete(outbox).where(_OF_VISITOR, ~_IS_OWN_BUSINESS),
    _delete_events(_CONVERSATIONS.where(_IS_CHAT), ~_IS_MESSAGE),
    _delete_events(_CONVERSATIONS.where(~_IS_CHAT), ~_IS_ANSWER),
)


@dataclass(frozen=True, slots=True)
class ErasureResult:
    """Holds the number of rows of each kind: those that were erased, and those that have to stay."""

    erased: dict[str, int]
    remaining: dict[str, int]


def erase(connection: Connection, visitor: str, required: Collection[str], source: Source) -> ErasureResult:
    """Erases a visitor's data. `required` are the names of the purposes that need no consent.

    The record of it is appended first: its lock keeps every gated write out until all is erased. A newsletter's
    subscription that rests on the visitor's consent goes too, but is not counted: whether its owner confirmed it is
    theirs to know.
    """
    termination.erase(connection, visitor, required, source)
    _lock_conversations(connection, visitor)
    remaining = {
        "records": connection.execute(_COUNT_RECORDS, {"visitor": visitor}).scalar_one(),
        "suppressions": newsletter_store.count_recent_requests(connection, visitor, clock.now() - COUNTED_FOR),
        "delivered_mails": connection.execute(_COUNT_DELIVERED, {"visitor": visitor}).scalar_one(),
    }
    for statement in _DELETE_UNCOUNTED:
        connection.execute(statement, {"visitor": visitor})
    requests = newsletter.end_for_visitor(connection, visitor)
    erased = {kind: connection.execute(statement, {"visitor": visitor}).rowcount for kind, statement in _DELETE.items()}
    erased["newsletter_requests"] = requests
    truncate_wal_after_commit(connection)
    announce_inbox(connection)
    return ErasureResult(erased, {kind: count for kind, count in remaining.items() if count})


def _lock_conversations(connection: Connection, visitor: str) -> None:
    """Locks the visitor's conversations, which an agent may be answering at this moment.

    The answer is either committed before, and erased too, or finds nothing to answer.
    """
    connection.execute(_CONVERSATIONS.with_for_update(), {"visitor": visitor})
