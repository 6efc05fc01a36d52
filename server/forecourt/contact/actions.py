"""Sends a contact message: a conversation that begins with a form and is answered by mail. It needs a grant."""

from collections.abc import Sequence

from sqlalchemy import Connection

from forecourt import clock
from forecourt.consent.grant import Contact, Grant
from forecourt.contact.model import ContactInput
from forecourt.digest import sha256_hex
from forecourt.errors import KeyConflict
from forecourt.files.actions import find_named
from forecourt.files.model import FileOwner, StoredFile
from forecourt.identifiers import new_identifier
from forecourt.mail import outbox
from forecourt.mail.model import Mail
from forecourt.mail.routing import MailRouting
from forecourt.support import store
from forecourt.support.actions import append_event
from forecourt.support.model import Author, Conversation, ConversationChannel, EventKind, NewEvent


def send_message(
    connection: Connection, grant: Grant[Contact], form: ContactInput, routing: MailRouting
) -> tuple[str, bool]:
    """Stores the message and mails it to the site, once for each key. Returns its id, and whether it is new.

    Raises `KeyConflict` where the key stored another message before.
    """
    identifier = _keyed_identifier(grant, form.idempotency_key) if form.idempotency_key else new_identifier()
    if earlier := store.find_conversation(connection, identifier):
        if not _is_repeated(connection, earlier, form):
            raise KeyConflict(form.idempotency_key)
        return identifier, False
    files = find_named(connection, form.file_ids, FileOwner(grant.site, grant.visitor))
    conversation = _new_conversation(identifier, grant, form)
    store.add_conversation(connection, conversation)
    append_event(connection, identifier, NewEvent(EventKind.MESSAGE, Author.VISITOR, body=form.message, files=files))
    outbox.put_mail(connection, _mail_to_site(conversation, form.message, files, routing), routing.sender)
    return identifier, True


def _new_conversation(identifier: str, grant: Grant[Contact], form: ContactInput) -> Conversation:
    now = clock.now()
    return Conversation(
        identifier,
        grant.site,
        ConversationChannel.CONTACT_FORM,
        grant.visitor,
        grant.record,
        form.locale,
        form.topic,
        form.name,
        form.email,
        created_at=now,
        last_message_at=now,
    )


def _keyed_identifier(grant: Grant[Contact], key: str) -> str:
    """Returns the id that a visitor's message has under this key, so that the table itself refuses a second one."""
    return sha256_hex("\0".join((grant.site, grant.visitor, key)))[:32]


def _is_repeated(connection: Connection, earlier: Conversation, form: ContactInput) -> bool:
    message = store.find_event(connection, earlier.id, 1)
    file_ids = tuple(file.id for file in message.files) if message else ()
    first = (earlier.topic, earlier.name, earlier.email, message and message.body, file_ids)
    return first == (form.topic, form.name, form.email, form.message, form.file_ids)


def _mail_to_site(conversation: Conversation, message: str, files: Sequence[StoredFile], routing: MailRouting) -> Mail:
    """Returns the mail that brings the message to the site. Replying to it writes to the visitor.

    It names the files, which stay in the console.
    """
    context: dict[str, object] = {
        "topic": conversation.topic,
        "name": conversation.name,
        "email": conversation.email,
        "message": message,
        "files": [file.name for file in files],
        "site": conversation.site,
        "link": routing.console_url(f"conversations/{conversation.id}"),
        "written_in": conversation.locale,
    }
    key = f"contact:{conversation.id}"
    return Mail(
        "contact_message",
        key,
        routing.email,
        routing.locale,
        context,
        conversation.email,
        visitor=conversation.visitor,
    )
