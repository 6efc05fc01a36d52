"""Chat over HTTP: begin, post, and the stream of what was said."""

from collections.abc import AsyncIterator
from functools import partial

import msgspec
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from forecourt import clock
from forecourt.chat import actions
from forecourt.chat.model import Message
from forecourt.consent.actions import is_unlocked, require, visitor_topic
from forecourt.consent.context import ConsentContext
from forecourt.consent.grant import Chat, Visitor
from forecourt.errors import Closed, ConsentRequired, ConsentStale, KeyConflict, OriginRefused, TooMany, Unavailable
from forecourt.text_types import ChatBody, Key
from forecourt.web import sse
from forecourt.web.endpoint import Endpoint
from forecourt.web.origins import require_origin
from forecourt.web.rate_limits import LimitedAction
from forecourt.web.request_body import read_json
from forecourt.web.responses import json_response


class BeginBody(msgspec.Struct, forbid_unknown_fields=True):
    locale: Key | None = None


class ConversationStarted(msgspec.Struct):
    id: str


class ConversationResponse(msgspec.Struct):
    id: str
    state: str


class MessageBody(msgspec.Struct, forbid_unknown_fields=True):
    key: Key
    body: ChatBody


class MessageResponse(msgspec.Struct):
    seq: int
    at: str


class ChatMessage(msgspec.Struct, omit_defaults=True):
    seq: int
    at: str
    author: str
    body: str
    key: str = ""  # the visitor's own, so that a page knows its message again


class StreamEnd(msgspec.Struct):
    reason: str


class ChatRoutes:
    def __init__(self, desk: ConsentContext):
        self._desk = desk

    def endpoints(self) -> list[Endpoint]:
        base = "/v1/sites/{site}/conversations"
        gated = (OriginRefused, ConsentRequired, ConsentStale, TooMany)
        return [
            Endpoint(
                "POST",
                base,
                self.begin,
                "Open a conversation, or find the open one.",
                {201: ConversationStarted, 200: ConversationStarted},
                BeginBody,
                token=True,
                refusals=gated,
            ),
            Endpoint(
                "GET",
                base + "/{id}",
                self.show,
                "Whether a conversation is open.",
                {200: ConversationResponse},
                token=True,
                refusals=(ConsentRequired, ConsentStale),
            ),
            Endpoint(
                "POST",
                base + "/{id}/messages",
                self.post,
                "Say something; the same key stores once.",
                {201: MessageResponse, 200: MessageResponse},
                MessageBody,
                token=True,
                refusals=(*gated, KeyConflict, Closed),
            ),
            Endpoint(
                "GET",
                base + "/{id}/events",
                self.events,
                "What is said, from a cursor on.",
                {200: "text/event-stream"},
                query={"after": "the last seq seen"},
                token=True,
                refusals=(ConsentRequired, ConsentStale),
            ),
        ]

    async def begin(self, request: Request) -> Response:
        visitor = self._gate(request, "conversation")
        body = await read_json(request, BeginBody)
        locale = self._desk.language(request, body.locale)
        identity, fresh = await self._desk.database.write(lambda c: actions.begin(c, require(c, visitor, Chat), locale))
        return json_response(ConversationStarted(identity), 201 if fresh else 200)

    async def show(self, request: Request) -> Response:
        visitor, conversation = self._desk.visitor(request), request.path_params["id"]
        state = await self._desk.database.read(lambda c: _own(c, visitor, conversation))
        return json_response(ConversationResponse(conversation, state))

    async def post(self, request: Request) -> Response:
        visitor, conversation = self._gate(request, "message"), request.path_params["id"]
        body = await read_json(request, MessageBody)
        posted = await self._desk.database.write(
            lambda c: actions.post(c, require(c, visitor, Chat), conversation, body.key, body.body)
        )
        stored = MessageResponse(posted.message.seq, clock.iso(posted.message.at))
        return json_response(stored, 200 if posted.again else 201)

    async def events(self, request: Request) -> Response:
        visitor, conversation = self._desk.visitor(request), request.path_params["id"]
        await self._desk.database.read(lambda c: _own(c, visitor, conversation))
        return sse.event_stream(self._frames(visitor, conversation, sse.read_cursor(request)))

    def _gate(self, request: Request, action: LimitedAction) -> Visitor:
        visitor = self._desk.visitor(request)
        require_origin(request, visitor.offer.origins)
        self._desk.rate_limiter.hit(action, request, visitor=visitor.id)
        return visitor

    async def _frames(self, visitor: Visitor, conversation: str, after: int) -> AsyncIterator[bytes]:
        """Listens first, then reads, so that nothing falls between. Ends when the right to it ends."""
        database = self._desk.database
        with database.listen(actions.topic(conversation), visitor_topic(visitor.id)) as listener:
            yield sse.encode_comment("hi")
            while True:
                try:
                    said, end = await database.read(
                        partial(self._look, visitor=visitor, conversation=conversation, after=after)
                    )
                except Unavailable:
                    said, end = [], ""
                for message in said:
                    yield sse.encode_event(_event(message), id=message.seq)
                    after = message.seq
                if end or database.hub.stopping:
                    yield sse.encode_event(StreamEnd(end or "restart"), "closed")
                    return
                if len(said) < actions.BATCH and not await listener.wait(sse.HEARTBEAT):
                    yield sse.encode_comment("beat")

    def _look(
        self, connection: Connection, visitor: Visitor, conversation: str, after: int
    ) -> tuple[list[Message], str]:
        """What was said since, and why the stream ends now, if it does."""
        offer = self._desk.offers[visitor.offer.site]
        if not is_unlocked(connection, Visitor(visitor.id, offer), Chat):
            return [], "withdrawn"
        said = actions.read(connection, conversation, after)
        state = actions.own(connection, visitor.id, visitor.offer.site, conversation)
        return said, "closed" if state != "open" and len(said) < actions.BATCH else ""


def _own(connection: Connection, visitor: Visitor, conversation: str) -> str:
    grant = require(connection, visitor, Chat)
    return actions.own(connection, grant.visitor, grant.site, conversation)


def _event(message: Message) -> ChatMessage:
    key = message.key if message.author == "visitor" else ""
    return ChatMessage(message.seq, clock.iso(message.at), message.author, message.body, key)
