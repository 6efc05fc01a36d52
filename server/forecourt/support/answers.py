"""Sends an agent's answer: into the chat, or by mail to who wrote by the contact form."""

from collections.abc import Sequence

from sqlalchemy import Connection

from forecourt.files.actions import store_answer_file
from forecourt.files.model import FILE_TYPES, FileOwner, NewFile
from forecourt.mail import outbox
from forecourt.mail.model import Mail, MailAttachment
from forecourt.mail.routing import MailRouting
from forecourt.support.actions import append_to_locked, get_for_update
from forecourt.support.model import Author, Conversation, ConversationChannel, EventKind, NewEvent, StoredEvent


def send_answer(
    connection: Connection,
    conversation: str,
    agent: str,
    key: str,
    body: str,
    routing: MailRouting,
    last_seen: int | None = None,
    new_files: Sequence[NewFile] = (),
) -> StoredEvent:
    """Stores the answer with its files, once for each key, and mails it where the visitor wrote by the contact form.

    `last_seen` is the number of the last message that the agent has seen.

    Raises `NotFound`, `ConversationClosed`, `UnseenMessages` where somebody wrote after that, or `KeyConflict` where
    the key stored another text before.
    """
    row = get_for_update(connection, conversation)
    owner = FileOwner(row.site, row.visitor, row.id)
    files = tuple(
        store_answer_file(connection, owner, f"{agent}/{key}/{place}", file) for place, file in enumerate(new_files)
    )
    answer = NewEvent(EventKind.MESSAGE, Author.AGENT, agent, body, idempotency_key=key, files=files)
    stored = append_to_locked(connection, row, answer, last_seen)
    if row.channel is ConversationChannel.CONTACT_FORM and not stored.is_repeated:
        outbox.put_mail(connection, _write_mail(row, key, body, routing, new_files), routing.sender)
    return stored


def answer_mail_key(conversation: str, key: str) -> str:
    """Returns the outbox's idempotency key of the mail that carries the answer with this `key`."""
    return f"answer:{conversation}:{key}"


def _write_mail(
    conversation: Conversation, key: str, body: str, routing: MailRouting, files: Sequence[NewFile]
) -> Mail:
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
        attachments=tuple(_to_attachment(file) for file in files),
    )


def _to_attachment(file: NewFile) -> MailAttachment:
    media_type = FILE_TYPES[file.kind].media_type.partition(";")[0]
    return MailAttachment(file.name, media_type, bytes(file.content))
