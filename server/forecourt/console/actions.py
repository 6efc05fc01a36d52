"""What agents can do, and who is one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from forecourt import clock, one_time_links
from forecourt.chat import actions as chat
from forecourt.chat import store as chat_store
from forecourt.consent import actions as consent
from forecourt.console import store
from forecourt.console.model import LINK, ROWS, SAID, Agent, Inbox, InboxItem, Show, Thread, ThreadMessage, page
from forecourt.console.passwords import PasswordHash
from forecourt.contact import actions as contact
from forecourt.contact import store as contact_store
from forecourt.email_address import to_mailbox
from forecourt.errors import Closed, Fault, Gone, Invalid, KeyConflict, NotFound
from forecourt.identifiers import new_identifier

_NEWEST = datetime.max.replace(tzinfo=UTC)


def add_agent(connection: Connection, email: str, name: str, password: PasswordHash) -> str:
    """A new agent's id, or the known one's, who gets this name and password. Raises `Invalid`.

    A new password ends the sessions that the old one opened.
    """
    address = to_mailbox(email)
    if address is None:
        raise Invalid([Fault("email", "email")])
    known = store.agent_by_email(connection, address.lower())
    if known:
        store.set_agent(connection, known.id, name, password.value)
        return known.id
    made = Agent(new_identifier(), address.lower(), name, password.value)
    store.add_agent(connection, made, clock.now())
    return made.id


def agent_of(connection: Connection, email: str) -> str | None:
    """The agent's id by their address."""
    found = store.agent_by_email(connection, email.lower())
    return found.id if found else None


def sign_in_link(connection: Connection, agent: str, life: timedelta) -> str:
    """The secret of a link that signs `agent` in once: `/console/link/SECRET`."""
    return one_time_links.make(connection, LINK, agent, life)


def look_at_link(connection: Connection, secret: str) -> None:
    """Changes nothing. Raises `Gone` where it would sign nobody in."""
    _, used = one_time_links.subject(connection, LINK, secret)
    if used:
        raise Gone(LINK)


def use_link(connection: Connection, secret: str) -> Agent:
    """Once. Raises `Gone`."""
    found = store.agent(connection, one_time_links.use_once(connection, LINK, secret))
    if found is None:
        raise Gone(LINK)
    return found


def set_password(connection: Connection, agent: Agent, password: PasswordHash) -> Agent:
    store.set_agent(connection, agent.id, agent.name, password.value)
    return Agent(agent.id, agent.email, agent.name, password.value)


def inbox(connection: Connection, show: Show, before: datetime | None) -> Inbox:
    """Conversations and contact messages as one list, the newest first."""
    until = before or _NEWEST
    rows = store.conversations_shown(connection, show, until, ROWS + 1)
    rows += store.letters_shown(connection, show, until, ROWS + 1)
    rows.sort(key=lambda row: row.item.at, reverse=True)
    shown, older = page(rows)
    return Inbox(shown, older, store.waiting(connection))


def conversation(connection: Connection, identity: str, most: int = SAID) -> Thread:
    """Raises `NotFound`."""
    row = chat_store.one(connection, identity)
    if row is None:
        raise NotFound(identity)
    said = store.said(connection, identity, most + 1)
    return Thread(store.chat(row), said[-most:], len(said) > most, consent.has_withdrawn(connection, row.visitor))


def letter(connection: Connection, identity: str, most: int = SAID) -> Thread:
    """A contact message and its answers. Raises `NotFound`."""
    row = contact_store.one(connection, identity)
    if row is None:
        raise NotFound(identity)
    first = ThreadMessage("asked", row.at, "visitor", "", row.message)
    said = store.answers(connection, identity, most + 1)
    return Thread(store.letter(row), [first, *said[-most:]], len(said) > most, withdrawn=False)


def reply(connection: Connection, identity: str, agent: Agent, key: str, body: str) -> None:
    """Raises `NotFound`, `Closed`, or `KeyConflict` where `key` stored another text before."""
    chat.reply(connection, identity, agent.id, key, body)


def answer(
    connection: Connection, identity: str, agent: Agent, key: str, body: str, desk: contact.ContactMailRouting
) -> None:
    """Keeps the answer to a contact message and mails it. Raises as `reply` does."""
    item = letter(connection, identity).item
    known = next((each.body for each in contact_store.answers(connection, identity) if each.key == key), None)
    if known not in (None, body):
        raise KeyConflict(key)
    if item.state == "closed" and known is None:
        raise Closed(identity)
    contact.answer(connection, identity, agent.id, key, body, desk)


def close(connection: Connection, item: InboxItem) -> None:
    _setter(item)(connection, item.id, "closed")


def reopen(connection: Connection, item: InboxItem) -> str | None:
    """Undoes closing. Of a visitor's conversations one is open at a time: the id of that one, where it is another."""
    if item.kind == "conversation":
        standing = chat_store.open_of(connection, item.visitor, item.site)
        if standing not in (None, item.id):
            return standing
    answered = item.kind == "contact" and contact_store.answers(connection, item.id)
    _setter(item)(connection, item.id, "answered" if answered else "open")
    return None


def _setter(item: InboxItem) -> Callable[[Connection, str, str], None]:
    return chat.set_state if item.kind == "conversation" else contact.set_state
