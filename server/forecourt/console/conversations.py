"""Reads, answers, closes and reopens chat conversations for the pages of `threads.py`."""

from sqlalchemy import Connection, bindparam, select

from forecourt.chat import actions as chat
from forecourt.chat import store as chat_store
from forecourt.chat.model import ConversationState
from forecourt.consent import actions as consent
from forecourt.console import inbox_items
from forecourt.console.agents import Agent
from forecourt.console.threads import ChatAnswerBody, Thread, ThreadMessage, ThreadRoutes
from forecourt.db.tables import agents, messages
from forecourt.errors import NotFound

_MESSAGES = (
    select(messages.c.seq, messages.c.created_at, messages.c.author, agents.c.name, messages.c.body)
    .outerjoin(agents, agents.c.id == messages.c.agent)
    .where(messages.c.conversation == bindparam("conversation"))
    .order_by(messages.c.seq.desc())
    .limit(bindparam("limit"))
)


class ConversationRoutes(ThreadRoutes):
    base = "/console/conversations"
    form = ChatAnswerBody

    def read_thread(self, connection: Connection, identity: str, limit: int) -> Thread:
        row = chat_store.find_conversation(connection, identity)
        if row is None:
            raise NotFound(identity)
        last = _last_messages(connection, identity, limit + 1)
        is_withdrawn = consent.has_withdrawn(connection, row.visitor)
        return Thread(inbox_items.from_conversation(row), last[-limit:], len(last) > limit, is_withdrawn)

    def send_answer(self, connection: Connection, identity: str, agent: Agent, key: str, body: str) -> None:
        chat.post_reply(connection, identity, agent.id, key, body)

    def set_closed(self, connection: Connection, identity: str) -> None:
        chat.set_state(connection, identity, ConversationState.CLOSED)

    def set_open(self, connection: Connection, identity: str) -> str | None:
        """Opens the conversation again, unless the visitor has another open one; returns the id of that one."""
        row = chat_store.find_conversation(connection, identity)
        if row is None:
            raise NotFound(identity)
        open_conversation = chat_store.find_open_conversation(connection, row.visitor, row.site)
        if open_conversation not in (None, identity):
            return open_conversation
        chat.set_state(connection, identity, ConversationState.OPEN)
        return None


def _last_messages(connection: Connection, conversation: str, limit: int) -> list[ThreadMessage]:
    rows = connection.execute(_MESSAGES, {"conversation": conversation, "limit": limit}).all()
    return [
        ThreadMessage(f"m{row.seq}", row.created_at, row.author, row.name or "", row.body) for row in reversed(rows)
    ]
