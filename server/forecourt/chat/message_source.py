"""Reads what a visitor's stream sends: the messages after a cursor, for as long as the visitor may read them."""

import msgspec
from sqlalchemy import Connection

from forecourt import clock
from forecourt.chat import actions
from forecourt.consent.actions import is_unlocked, visitor_topic
from forecourt.consent.context import ConsentContext
from forecourt.consent.grant import Chat, Visitor
from forecourt.errors import Unavailable
from forecourt.files.model import StoredFile
from forecourt.support.actions import conversation_topic
from forecourt.support.model import Author, ConversationEvent
from forecourt.web import sse
from forecourt.web.event_stream import Batch


class ChatMessage(msgspec.Struct, omit_defaults=True):
    """Is one message in the stream of events. Only a visitor's own has a `key`, by which the page recognizes it."""

    seq: int
    at: str
    author: str
    body: str
    key: str = ""
    files: tuple[StoredFile, ...] = ()


class StreamEnd(msgspec.Struct):
    """Is the last event of a stream. `reason` is withdrawn, closed or restart."""

    reason: str


class MessageSource:
    """Implements `EventSource` for one visitor's conversation. `after` is the number of the last message sent."""

    __slots__ = ("_after", "_context", "_conversation", "_visitor")

    def __init__(self, context: ConsentContext, visitor: Visitor, conversation: str, after: int):
        self._context, self._visitor, self._conversation, self._after = context, visitor, conversation, after

    @property
    def topics(self) -> tuple[str, str]:
        return conversation_topic(self._conversation), visitor_topic(self._visitor.id)

    async def read(self, is_woken: bool) -> Batch:
        """Returns the next messages. Where the database is away, they are read at the next heartbeat."""
        database, is_read = self._context.database, True
        try:
            messages, reason = await database.read(self._read_next)
        except Unavailable:
            messages, reason, is_read = [], "", False
        events, count = _encode_messages(messages)
        self._after = messages[count - 1].seq if count else self._after
        has_more = count < len(messages) or count == actions.MESSAGES_AT_ONCE
        if database.hub.stopping or (reason and not has_more):
            end = StreamEnd("restart" if has_more else reason or "restart")
            return Batch(events + sse.encode_event(end, "closed"), is_last=True)
        return Batch(events, has_more=has_more, read_at_next_beat=not is_read)

    def _read_next(self, connection: Connection) -> tuple[list[ConversationEvent], str]:
        """Returns the next messages, and why the stream ends after them; empty when it goes on."""
        site = self._visitor.offer.site
        offer = self._context.offers.get(site)
        if offer is None:  # the settings know the site no more
            return [], "closed"
        if not is_unlocked(connection, Visitor(self._visitor.id, offer), Chat):
            return [], "withdrawn"
        messages, is_open = actions.read_messages(connection, self._visitor.id, site, self._conversation, self._after)
        return messages, "" if is_open else "closed"


def _encode_messages(messages: list[ConversationEvent]) -> tuple[bytes, int]:
    """Returns the events of so many of the messages as `sse.BATCH_BYTES` takes, one at least, and how many they are."""
    events, size = [], 0
    for message in messages:
        if size >= sse.BATCH_BYTES:
            break
        events.append(sse.encode_event(_to_event(message), id=message.seq))
        size += len(events[-1])
    return b"".join(events), len(events)


def _to_event(message: ConversationEvent) -> ChatMessage:
    key = message.idempotency_key or "" if message.author is Author.VISITOR else ""
    return ChatMessage(message.seq, clock.iso(message.created_at), message.author, message.body, key, message.files)
