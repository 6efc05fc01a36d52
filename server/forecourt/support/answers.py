"""Sends an agent's answer: into the chat, or by mail to who wrote by the contact form."""

from sqlalchemy import Connection

from forecourt.errors import NotFound
from forecourt.mail import outbox
from forecourt.mail.model import Mail
from forecourt.mail.routing import MailRouting
from forecourt.support import store
from forecourt.support.actions import append_event
from forecourt.support.model import Author, Conversation, ConversationChannel, EventKind, NewEvent, StoredEvent


def send_answer(
    connection: Connection,
    conversation: str,
    agent: str,
    key: str,
    body: str,
    routing: MailRouting,
    last_seen: int | None = None,
) -> StoredEvent:
    """Stores the answer, once for each key, and mails it where the visitor wrote by the contact form.

    `last_seen` is the number of the last message that the agent has seen.

    Raises `NotFound`, `ConversationClosed`, `UnseenMessages` where somebody wrote after that, or `KeyConflict` where
    the key stored another text before.
    """
    answer = NewEvent(EventKind.MESSAGE, Author.AGENT, agent, body, idempotency_key=key)
    stored = append_event(connection, conversation, answer, last_seen)
    row = store.find_conversation(connection, conversation)
    if row is None:
        raise NotFound(conversation)
    if row.channel is ConversationChannel.CONTACT_FORM and not stored.is_repeated:
        outbox.put_mail(connection, _write_mail(row, key, body, routing), routing.sender)
    return stored


def answer_mail_key(conversation: str, key: str) -> str:
    """Returns the outbox's idempotency key of the mail that carries the answer with this `key`."""
    return f"answer:{conversation}:{key}"


def _write_mail(conversation: Conversation, key: str, body: str, routing: MailRouting) -> Mail:
    """Returns the mail.

    It does not quote the message: somebody may have typed a stranger's address, to have words mailed to it.
    """
    context: dict[str, object] = {
        "body": body,
        "written_on": conversation.created_at.date(),
        "site": conversation.site,
    }
    return Mail(
        "contact_answer",
        answer_mail_key(conversation.id, key),
        conversation.email,
        conversation.locale,
        context,
        routing.email,
        visitor=conversation.visitor,
        is_written_by_person=True,
    )
