"""What can be done in a chat. A visitor's every step takes their grant, and reaches only their own conversation."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from forecourt import clock
from forecourt.chat import store
from forecourt.chat.model import Author, Message, StoredMessage
from forecourt.consent.actions import has_withdrawn
from forecourt.consent.grant import Chat, Grant
from forecourt.db.notify import announce
from forecourt.errors import Closed, KeyConflict, NotFound
from forecourt.identifiers import new_identifier
from forecourt.mail import outbox
from forecourt.mail.model import Mail, Sender

INBOX = "chat"  # announced when any conversation changes
BATCH = 100  # messages read at once


def topic(conversation: str) -> str:
    return f"conversation:{conversation}"


def begin(connection: Connection, grant: Grant[Chat], locale: str) -> tuple[str, bool]:
    """The visitor's open conversation, and whether it was made just now."""
    if standing := store.open_of(connection, grant.visitor, grant.site):
        return standing, False
    identity, now = new_identifier(), clock.now()
    row = {"id": identity, "site": grant.site, "visitor": grant.visitor, "consent": grant.record, "locale": locale}
    store.add(connection, row | {"state": "open", "last_seq": 0, "at": now, "last_at": now})
    return identity, True


def own(connection: Connection, visitor: str, site: str, conversation: str) -> str:
    """The state of the visitor's conversation. Raises `NotFound` where it is another's or nobody's."""
    found = store.of_visitor(connection, conversation, visitor, site)
    if found is None:
        raise NotFound(conversation)
    return str(found.state)


def post(connection: Connection, grant: Grant[Chat], conversation: str, key: str, body: str) -> StoredMessage:
    """Stores a visitor's message once. Raises `NotFound`, `Closed`, or `KeyConflict` for one key with two bodies."""
    own(connection, grant.visitor, grant.site, conversation)
    return _append(connection, conversation, "visitor", key, body, None)


def reply(connection: Connection, conversation: str, agent: str, key: str, body: str) -> StoredMessage:
    """Stores an agent's message once, and ends the visitor's waiting. Raises as `post` does."""
    return _append(connection, conversation, "agent", key, body, agent)


def read(connection: Connection, conversation: str, after: int) -> list[Message]:
    """Up to `BATCH` messages after `after`, in order."""
    return store.after(connection, conversation, after, BATCH)


def set_state(connection: Connection, conversation: str, state: str) -> None:
    """`closed`, or `open` again. Raises `NotFound`."""
    if store.held(connection, conversation) is None:
        raise NotFound(conversation)
    store.set_state(connection, conversation, state)
    announce(connection, topic(conversation))
    announce(connection, INBOX)


@dataclass(frozen=True, slots=True)
class UnansweredAlert:
    """Whom to tell of a chat that waits, and after how long."""

    site: str
    email: str
    sender: Sender
    locale: str
    console: str
    after: timedelta


def alert_unanswered(connection: Connection, alarm: UnansweredAlert) -> int:
    """Mails the site's address once for each chat that has waited too long; a withdrawn one is nobody's any more.

    Returns how many were due.
    """
    now = clock.now()
    waiting = store.unanswered(connection, alarm.site, now - alarm.after)
    for each in waiting:
        store.mark_alerted(connection, each.id, now)
        if has_withdrawn(connection, each.visitor):
            continue
        first = store.last(connection, each.id, each.last_seq)
        context: dict[str, object] = {
            "site": alarm.site,
            "minutes": max(1, int((now - each.waiting_since).total_seconds() // 60)),
            "body": first.body if first else "",
            "link": f"{alarm.console}/conversations/{each.id}",
        }
        dedupe = f"unanswered:{each.id}:{each.waiting_since.isoformat()}"
        mail = Mail("unanswered", dedupe, alarm.email, alarm.locale, context, visitor=each.visitor)
        outbox.put(connection, mail, alarm.sender)
    return len(waiting)


def _append(
    connection: Connection, conversation: str, author: Author, key: str, body: str, agent: str | None
) -> StoredMessage:
    held = store.held(connection, conversation)
    if held is None:
        raise NotFound(conversation)
    if known := store.by_key(connection, conversation, author, key):
        if known.body != body:
            raise KeyConflict(key)
        return StoredMessage(known, again=True)
    if held.state != "open":
        raise Closed(conversation)
    message = Message(held.last_seq + 1, clock.now(), author, body, key)
    row = {"conversation": conversation, "seq": message.seq, "key": key, "author": author, "agent": agent}
    store.add_message(connection, row | {"body": body, "at": message.at}, held.waiting_since or message.at)
    announce(connection, topic(conversation))
    announce(connection, INBOX)
    return StoredMessage(message, again=False)
