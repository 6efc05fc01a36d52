"""Wakes the pages an agent has open when something changes. An event says only "look"; the page then fetches."""

from collections.abc import AsyncIterator

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.chat import actions as chat
from forecourt.chat import store as chat_store
from forecourt.consent import actions as consent
from forecourt.console.context import ConsoleContext
from forecourt.console.roles import Permission
from forecourt.contact import actions as contact
from forecourt.errors import RoleRefused, SignInRequired, Unavailable
from forecourt.web import sse

# Of a conversation: the number of its last message, its state, and whether the consent was withdrawn.
Version = tuple[int, str, bool] | None


class LiveUpdateRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> list[Route]:
        return [self._context.public_route("GET", "/console/events", self.stream_events)]

    async def stream_events(self, request: Request) -> Response:
        """Sends `inbox` when anything changed, and `conversation` when the one of `?conversation=` did."""
        await self._context.require_agent(request, Permission.INBOX)
        conversation = request.query_params.get("conversation", "")[:64]
        topics = [chat.INBOX_TOPIC, contact.INBOX_TOPIC]
        if row := await self._context.database.read(lambda c: chat_store.find_conversation(c, conversation)):
            topics += [chat.conversation_topic(conversation), consent.visitor_topic(row.visitor)]
        return sse.event_stream(self.frames(request, conversation, topics))

    async def frames(self, request: Request, conversation: str, topics: list[str]) -> AsyncIterator[bytes]:
        """Listens first and reads then, so that no change is missed between. Ends when the session does."""
        hub, last_version, is_woken = self._context.database.hub, None, True
        with hub.listen(*topics) as listener:
            yield sse.encode_comment("hi")
            while not hub.stopping:
                try:
                    version = await self._read_version(request, conversation)
                except Unavailable:
                    version = last_version
                except (SignInRequired, RoleRefused):
                    return
                if is_woken:
                    yield sse.encode_event({}, "inbox")
                if version != last_version:
                    yield sse.encode_event({}, "conversation")
                last_version, is_woken = version, await listener.wait(sse.HEARTBEAT)
                if not is_woken:
                    yield sse.encode_comment("beat")

    async def _read_version(self, request: Request, conversation: str) -> Version:
        """Raises `SignInRequired` once the session has ended, and `RoleRefused` once the agent has another role."""
        await self._context.require_agent(request, Permission.INBOX)
        return await self._context.database.read(lambda c: _version(c, conversation))


def _version(connection: Connection, conversation: str) -> Version:
    row = chat_store.find_conversation(connection, conversation)
    return (row.last_seq, row.state, consent.has_withdrawn(connection, row.visitor)) if row else None
