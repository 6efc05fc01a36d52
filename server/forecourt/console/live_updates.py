"""Wakes the pages an agent has open when something changes. An event says only "look"; the page then fetches."""

from collections.abc import Sequence

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.consent import actions as consent
from forecourt.console.context import ConsoleContext
from forecourt.console.roles import Permission
from forecourt.errors import RoleRefused, SignInRequired, Unavailable
from forecourt.support import actions, store
from forecourt.web import sse
from forecourt.web.event_stream import Batch, EventStreamResponse

# Of a conversation: the number of its last event, and whether the consent was withdrawn.
Version = tuple[int, bool] | None


class LiveUpdateRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> list[Route]:
        return [self._context.public_route("GET", "/console/events", self.stream_events)]

    async def stream_events(self, request: Request) -> Response:
        """Sends `inbox` when anything changed, and `conversation` when the one of `?conversation=` did."""
        await self._context.require_agent(request, Permission.INBOX)
        conversation = request.query_params.get("conversation", "")[:64]
        topics = [actions.INBOX_TOPIC]
        if row := await self._context.database.read(lambda c: store.find_conversation(c, conversation)):
            topics += [actions.conversation_topic(conversation), consent.visitor_topic(row.visitor)]
        source = ChangeSource(self._context, self._context.session_cookie.read(request), conversation, topics)
        return EventStreamResponse(self._context.database.hub, source)


class ChangeSource:
    """Implements `EventSource` for one page of an agent, until the session ends. `secret` is the session's."""

    __slots__ = ("_context", "_conversation", "_is_inbox_changed", "_secret", "_version", "topics")

    def __init__(self, context: ConsoleContext, secret: str, conversation: str, topics: Sequence[str]):
        self._context, self._secret, self._conversation, self.topics = context, secret, conversation, topics
        self._version: Version = None
        self._is_inbox_changed = False

    async def read(self, is_woken: bool) -> Batch:
        """Returns what to look at. Nothing can be looked at while the database is away, so that comes later."""
        self._is_inbox_changed |= is_woken
        if self._context.database.hub.stopping:
            return Batch(is_last=True)
        try:
            version = await self._read_version()
        except Unavailable:
            return Batch(read_at_next_beat=True)
        except (SignInRequired, RoleRefused):
            return Batch(is_last=True)
        events = sse.encode_event({}, "inbox") if self._is_inbox_changed else b""
        events += sse.encode_event({}, "conversation") if version != self._version else b""
        self._version, self._is_inbox_changed = version, False
        return Batch(events, read_at_next_beat=True)

    async def _read_version(self) -> Version:
        """Raises `SignInRequired` once the session has ended, and `RoleRefused` once the agent has another role."""
        await self._context.require_agent_of(self._secret, Permission.INBOX)
        return await self._context.database.read(lambda c: _version(c, self._conversation))


def _version(connection: Connection, conversation: str) -> Version:
    row = store.find_conversation(connection, conversation)
    return (row.last_seq, consent.has_withdrawn(connection, row.visitor)) if row else None
