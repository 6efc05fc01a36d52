"""Wake-ups for the pages an agent has open. They say "look"; what is to be seen is fetched."""

from collections.abc import AsyncIterator

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.chat import actions as chat
from forecourt.chat import store as chat_store
from forecourt.consent import actions as consent
from forecourt.console.context import ConsoleContext
from forecourt.contact import actions as contact
from forecourt.errors import SignInRequired, Unavailable
from forecourt.web import sse

# Of a conversation: what was said last, its state, whether consent was withdrawn.
Version = tuple[int, str, bool] | None


class LiveUpdateRoutes:
    def __init__(self, desk: ConsoleContext):
        self._desk = desk

    def routes(self) -> list[Route]:
        return [self._desk.open("GET", "/console/events", self.events)]

    async def events(self, request: Request) -> Response:
        """`inbox` when anything changed, `conversation` when the one of `?conversation=` did."""
        if await self._desk.agent(request) is None:
            raise SignInRequired("no session")
        conversation = request.query_params.get("conversation", "")[:64]
        topics = [chat.INBOX, contact.INBOX]
        if found := await self._desk.database.read(lambda c: chat_store.one(c, conversation)):
            topics += [chat.topic(conversation), consent.visitor_topic(found.visitor)]
        return sse.event_stream(self.frames(request, conversation, topics))

    async def frames(self, request: Request, conversation: str, topics: list[str]) -> AsyncIterator[bytes]:
        """Listens first, then looks, so that nothing falls between. Ends when the right to it ends."""
        hub, seen, woken = self._desk.database.hub, None, True
        with hub.listen(*topics) as listener:
            yield sse.encode_comment("hi")
            while not hub.stopping:
                try:
                    version = await self._look(request, conversation)
                except Unavailable:
                    version = seen
                except SignInRequired:
                    return
                if woken:
                    yield sse.encode_event({}, "inbox")
                if version != seen:
                    yield sse.encode_event({}, "conversation")
                seen, woken = version, await listener.wait(sse.HEARTBEAT)
                if not woken:
                    yield sse.encode_comment("beat")

    async def _look(self, request: Request, conversation: str) -> Version:
        """Raises `SignInRequired` once the session has ended."""
        if await self._desk.agent(request) is None:
            raise SignInRequired("the session has ended")
        return await self._desk.database.read(lambda c: _version(c, conversation))


def _version(connection: Connection, conversation: str) -> Version:
    row = chat_store.one(connection, conversation)
    return (row.last_seq, row.state, consent.has_withdrawn(connection, row.visitor)) if row else None
