"""Reads, answers by mail, closes and reopens contact messages for the pages of `threads.py`."""

from sqlalchemy import Connection, bindparam, literal, select

from forecourt.console import inbox_items
from forecourt.console.agents import Agent
from forecourt.console.threads import MailAnswerBody, Thread, ThreadMessage, ThreadRoutes
from forecourt.contact import actions as contact
from forecourt.contact import store as contact_store
from forecourt.contact.model import ContactMessageState
from forecourt.db.tables import agents, contact_answers, outbox
from forecourt.errors import ConversationClosed, KeyConflict, NotFound
from forecourt.mail.routing import MailRouting

_MAIL_OF_ANSWER = literal("answer:") + contact_answers.c.message + ":" + contact_answers.c.idempotency_key
_ANSWERS = (
    select(
        contact_answers.c.idempotency_key,
        contact_answers.c.created_at,
        agents.c.name,
        contact_answers.c.body,
        outbox.c.state,
    )
    .outerjoin(agents, agents.c.id == contact_answers.c.agent)
    .outerjoin(outbox, outbox.c.idempotency_key == _MAIL_OF_ANSWER)
    .where(contact_answers.c.message == bindparam("message"))
    .order_by(contact_answers.c.created_at.desc())
    .limit(bindparam("limit"))
)


class ContactMessageRoutes(ThreadRoutes):
    base = "/console/contact"
    form = MailAnswerBody

    def read_thread(self, connection: Connection, identity: str, limit: int) -> Thread:
        """Returns the contact message itself, which always comes first, and its last `limit` answers."""
        row = contact_store.find_message(connection, identity)
        if row is None:
            raise NotFound(identity)
        message = ThreadMessage("asked", row.created_at, "visitor", "", row.message)
        last = _last_answers(connection, identity, limit + 1)
        item = inbox_items.from_contact_message(row)
        return Thread(item, [message, *last[-limit:]], len(last) > limit, is_withdrawn=False)

    def send_answer(self, connection: Connection, identity: str, agent: Agent, key: str, body: str) -> None:
        row = contact_store.find_message(connection, identity)
        if row is None:
            raise NotFound(identity)
        routing = self._mail_routing(row.site)
        answers = contact_store.find_answers(connection, identity)
        stored_body = next((answer.body for answer in answers if answer.idempotency_key == key), None)
        if stored_body not in (None, body):
            raise KeyConflict(key)
        if row.state is ContactMessageState.CLOSED and stored_body is None:
            raise ConversationClosed(identity)
        contact.send_answer(connection, identity, agent.id, key, body, routing)

    def set_closed(self, connection: Connection, identity: str) -> None:
        contact.set_state(connection, identity, ContactMessageState.CLOSED)

    def set_open(self, connection: Connection, identity: str) -> str | None:
        has_answers = bool(contact_store.find_answers(connection, identity))
        contact.set_state(
            connection, identity, ContactMessageState.ANSWERED if has_answers else ContactMessageState.OPEN
        )
        return None

    def _mail_routing(self, name: str) -> MailRouting:
        """Raises `NotFound` where the settings no longer have the site: nobody could reply to the answer."""
        site = self._context.settings.sites.get(name)
        if site is None:
            raise NotFound(name)
        return MailRouting.from_settings(name, site, self._context.settings.mail_from, self._context.address)


def _last_answers(connection: Connection, message: str, limit: int) -> list[ThreadMessage]:
    rows = connection.execute(_ANSWERS, {"message": message, "limit": limit}).all()
    return [
        ThreadMessage(f"a{row.idempotency_key}", row.created_at, "agent", row.name or "", row.body, row.state or "")
        for row in reversed(rows)
    ]
