"""What can be done with contact messages. Writing one takes a grant; answering one is an agent's."""

from dataclasses import dataclass

from sqlalchemy import Connection

from forecourt import clock
from forecourt.consent.grant import Contact, Grant
from forecourt.contact import store
from forecourt.contact.model import ContactMessage
from forecourt.db.notify import announce
from forecourt.errors import NotFound
from forecourt.identifiers import new_identifier
from forecourt.mail import outbox
from forecourt.mail.model import Mail, Sender
from forecourt.settings.site import SiteSettings

INBOX = "contact"  # announced when a message comes or changes


@dataclass(frozen=True, slots=True)
class ContactMailRouting:
    """Who gets the mail, from which sender, in which language, and where the console is."""

    email: str
    sender: Sender
    locale: str
    console: str


def desk_of(site: SiteSettings, mail_from: str, address: str) -> ContactMailRouting:
    """`address`: where browsers reach Forecourt."""
    return ContactMailRouting(site.email, Sender(site.controller, mail_from), site.locale, f"{address}/console")


def send(connection: Connection, grant: Grant[Contact], written: ContactMessage, desk: ContactMailRouting) -> str:
    """Stores the message and puts its mail to the site's address into the outbox. Returns its id."""
    identity = new_identifier()
    values = {"topic": written.topic, "name": written.name, "email": written.email, "message": written.message}
    row = {"id": identity, "site": grant.site, "visitor": grant.visitor, "consent": grant.record, **values}
    store.add(connection, row | {"locale": written.locale, "state": "open", "at": clock.now()})
    link = f"{desk.console}/contact/{identity}"
    context: dict[str, object] = {**values, "site": grant.site, "link": link, "written_in": written.locale}
    mail = Mail(
        "contact", f"contact:{identity}", desk.email, desk.locale, context, written.email, visitor=grant.visitor
    )
    outbox.put(connection, mail, desk.sender)
    announce(connection, INBOX)
    return identity


def answer(connection: Connection, message: str, agent: str, key: str, body: str, desk: ContactMailRouting) -> None:
    """Keeps the answer and mails it to who wrote. The same `key` again does nothing. Raises `NotFound`."""
    found = store.held(connection, message)
    if found is None:
        raise NotFound(message)
    row = {"message": message, "key": key, "agent": agent, "body": body, "at": clock.now()}
    if not store.add_answer(connection, row):
        return
    store.set_state(connection, message, "answered")
    context = {"name": found.name, "body": body, "asked": found.message, "site": found.site}
    mail = Mail(
        "answer", f"answer:{message}:{key}", found.email, found.locale, context, desk.email, visitor=found.visitor
    )
    outbox.put(connection, mail, desk.sender)
    announce(connection, INBOX)


def set_state(connection: Connection, message: str, state: str) -> None:
    """`closed`, or `open` again. Raises `NotFound`."""
    if store.one(connection, message) is None:
        raise NotFound(message)
    store.set_state(connection, message, state)
    announce(connection, INBOX)
