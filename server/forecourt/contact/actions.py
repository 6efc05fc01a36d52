"""Does what can be done with contact messages. Sending one needs a grant; answering one is for agents."""

from sqlalchemy import Connection

from forecourt import clock
from forecourt.consent.grant import Contact, Grant
from forecourt.contact import store
from forecourt.contact.model import ContactAnswer, ContactInput, ContactMessage, ContactMessageState
from forecourt.db.notify import announce
from forecourt.digest import sha256_hex
from forecourt.errors import KeyConflict, NotFound
from forecourt.identifiers import new_identifier
from forecourt.mail import outbox
from forecourt.mail.model import Mail
from forecourt.mail.routing import MailRouting

INBOX_TOPIC = "contact"  # is announced when a message comes or changes


def send_message(
    connection: Connection, grant: Grant[Contact], form: ContactInput, routing: MailRouting
) -> tuple[str, bool]:
    """Stores the message and mails it to the site, once for each key. Returns its id, and whether it is new.

    Raises `KeyConflict` where the key stored another message before.
    """
    identifier = _keyed_identifier(grant, form.idempotency_key) if form.idempotency_key else new_identifier()
    if earlier := store.find_message(connection, identifier):
        if not _is_repeated(earlier, form):
            raise KeyConflict(form.idempotency_key)
        return identifier, False
    message = ContactMessage(
        identifier,
        grant.site,
        grant.visitor,
        grant.record,
        form.topic,
        form.name,
        form.email,
        form.message,
        form.locale,
        ContactMessageState.OPEN,
        clock.now(),
    )
    store.add_message(connection, message)
    outbox.put_mail(connection, _mail_to_site(message, routing), routing.sender)
    announce(connection, INBOX_TOPIC)
    return message.id, True


def send_answer(connection: Connection, message: str, agent: str, key: str, body: str, routing: MailRouting) -> None:
    """Stores the answer and mails it to the message's address. The same `key` again does nothing.

    The mail does not quote the message: somebody may have typed a stranger's address, to have words mailed to it.

    Raises `NotFound`.
    """
    row = store.get_for_update(connection, message)
    if row is None:
        raise NotFound(message)
    if not store.add_answer(connection, ContactAnswer(message, key, agent, body, clock.now())):
        return
    store.set_state(connection, message, ContactMessageState.ANSWERED)
    context: dict[str, object] = {"body": body, "written_on": row.created_at.date(), "site": row.site}
    mail_key = f"answer:{message}:{key}"
    mail = Mail(
        "contact_answer",
        mail_key,
        row.email,
        row.locale,
        context,
        routing.email,
        visitor=row.visitor,
        is_written_by_person=True,
    )
    outbox.put_mail(connection, mail, routing.sender)
    announce(connection, INBOX_TOPIC)


def set_state(connection: Connection, message: str, state: ContactMessageState) -> None:
    """Closes a message or opens it again. Raises `NotFound`."""
    if store.find_message(connection, message) is None:
        raise NotFound(message)
    store.set_state(connection, message, state)
    announce(connection, INBOX_TOPIC)


def _keyed_identifier(grant: Grant[Contact], key: str) -> str:
    """Returns the id that a visitor's message has under this key, so that the table itself refuses a second one."""
    return sha256_hex("\0".join((grant.site, grant.visitor, key)))[:32]


def _is_repeated(earlier: ContactMessage, form: ContactInput) -> bool:
    first = (earlier.topic, earlier.name, earlier.email, earlier.message)
    return first == (form.topic, form.name, form.email, form.message)


def _mail_to_site(message: ContactMessage, routing: MailRouting) -> Mail:
    """Returns the mail that brings the message to the site. Replying to it writes to the visitor."""
    context: dict[str, object] = {
        "topic": message.topic,
        "name": message.name,
        "email": message.email,
        "message": message.message,
        "site": message.site,
        "link": routing.console_url(f"contact/{message.id}"),
        "written_in": message.locale,
    }
    key = f"contact:{message.id}"
    return Mail("contact_message", key, routing.email, routing.locale, context, message.email, visitor=message.visitor)
