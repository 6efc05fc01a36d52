"""Serves the chat: starting a conversation, posting messages, and the stream of its messages."""

import time
from collections.abc import AsyncIterator
from functools import partial

import msgspec
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from forecourt import clock
from forecourt.chat import actions
from forecourt.chat.model import Author, Conversation, ConversationState, Message
from forecourt.consent.actions import is_unlocked, require, visitor_topic
from forecourt.consent.context import ConsentContext
from forecourt.consent.gate import admit_visitor
from forecourt.consent.grant import Chat, Visitor
from forecourt.errors import (
    ConsentRequired,
    ConsentStale,
    ConversationClosed,
    KeyConflict,
    OriginRefused,
    TooMany,
    Unavailable,
)
from forecourt.text_types import ChatBody, Key
from forecourt.web import sse
from forecourt.web.endpoint import Endpoint
from forecourt.web.request_body import read_json
from forecourt.web.responses import json_response


class StartConversationBody(msgspec.Struct, forbid_unknown_fields=True):
    locale: Key | None = None


class StartConversationResponse(msgspec.Struct):
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
    """Is one message in the stream of events. Only a visitor's own has a `key`, by which the page recognizes it."""

    seq: int
    at: str
    author: str
    body: str
    key: str = ""


class StreamEnd(msgspec.Struct):
    """Is the last event of a stream. `reason` is withdrawn, closed or restart."""

    reason: str


class ChatRoutes:
    def __init__(self, context: ConsentContext):
        self._context = context

    def endpoints(self) -> list[Endpoint]:
        """Returns the calls of the public API."""
        base = "/v1/sites/{site}/conversations"
        gated = (OriginRefused, ConsentRequired, ConsentStale, TooMany)
        return [
            Endpoint(
                "POST",
                base,
                self.start_conversation,
                "Open a conversation, or find the open one.",
                {201: StartConversationResponse, 200: StartConversationResponse},
                StartConversationBody,
                token=True,
                refusals=gated,
            ),
            Endpoint(
                "GET",
                base + "/{id}",
                self.show_conversation,
                "Whether a conversation is open.",
                {200: ConversationResponse},
                token=True,
                refusals=(ConsentRequired, ConsentStale),
            ),
            Endpoint(
                "POST",
                base + "/{id}/messages",
                self.post_message,
                "Post a message. The same key stores it once.",
                {201: MessageResponse, 200: MessageResponse},
                MessageBody,
                token=True,
                refusals=(*gated, KeyConflict, ConversationClosed),
            ),
            Endpoint(
                "GET",
                base + "/{id}/events",
                self.stream_events,
                "Stream the messages after a sequence number.",
                {200: "text/event-stream"},
                query={"after": "the last sequence number that was received"},
                token=True,
                refusals=(ConsentRequired, ConsentStale),
            ),
        ]

    async def start_conversation(self, request: Request) -> Response:
        visitor = await admit_visitor(self._context, request, "conversation")
        body = await read_json(request, StartConversationBody)
        locale = self._context.language(request, body.locale)
        conversation, is_new = await self._context.database.write(
            lambda c: actions.start_conversation(c, require(c, visitor, Chat), locale)
        )
        return json_response(StartConversationResponse(conversation), 201 if is_new else 200)

    async def show_conversation(self, request: Request) -> Response:
        visitor, identifier = self._context.visitor(request), request.path_params["id"]
        conversation = await self._context.database.read(lambda c: _require_same_origin(c, visitor, identifier))
        return json_response(ConversationResponse(identifier, conversation.state))

    async def post_message(self, request: Request) -> Response:
        visitor = await admit_visitor(self._context, request, "message")
        conversation = request.path_params["id"]
        body = await read_json(request, MessageBody)
        stored = await self._context.database.write(
            lambda c: actions.post_message(c, require(c, visitor, Chat), conversation, body.key, body.body)
        )
        response = MessageResponse(stored.message.seq, clock.iso(stored.message.created_at))
        return json_response(response, 200 if stored.is_repeated else 201)

    async def stream_events(self, request: Request) -> Response:
        visitor, conversation = self._context.visitor(request), request.path_params["id"]
        await self._context.database.read(lambda c: _require_same_origin(c, visitor, conversation))
        return sse.event_stream(self._frames(visitor, conversation, sse.read_cursor(request)))

    async def _frames(self, visitor: Visitor, conversation: str, after: int) -> AsyncIterator[bytes]:
        """Yields the stream's frames until the visitor may no longer read it.

        It listens before it reads, so that no message is missed in between. A heartbeat reads nothing: the database
        wakes every stream when it may have missed a signal. Only after `READ_INTERVAL`, or where the last read
        failed, does it read unasked, since a consent expires without a signal.
        """
        database = self._context.database
        with database.listen(actions.conversation_topic(conversation), visitor_topic(visitor.id)) as wake_ups:
            yield sse.encode_comment("hi")
            while True:
                read_again_at = time.monotonic() + sse.READ_INTERVAL
                try:
                    messages, end = await database.read(
                        partial(self._read_next, visitor=visitor, conversation=conversation, after=after)
                    )
                except Unavailable:
                    messages, end, read_again_at = [], "", 0.0
                for message in messages:
                    yield sse.encode_event(_to_event(message), id=message.seq)
                    after = message.seq
                if end or database.hub.stopping:
                    yield sse.encode_event(StreamEnd(end or "restart"), "closed")
                    return
                while len(messages) < actions.MESSAGES_AT_ONCE and not await wake_ups.wait(sse.HEARTBEAT):
                    yield sse.encode_comment("beat")
                    if time.monotonic() >= read_again_at:
                        break

    def _read_next(
        self, connection: Connection, visitor: Visitor, conversation: str, after: int
    ) -> tuple[list[Message], str]:
        """Returns the next messages, and why the stream ends after them; empty when it goes on."""
        offer = self._context.offers.get(visitor.offer.site)
        if offer is None:  # the settings know the site no more
            return [], "closed"
        if not is_unlocked(connection, Visitor(visitor.id, offer), Chat):
            return [], "withdrawn"
        messages = actions.read_messages(connection, conversation, after)
        row = actions.find_own_conversation(connection, visitor.id, visitor.offer.site, conversation)
        is_over = row.state is ConversationState.CLOSED and len(messages) < actions.MESSAGES_AT_ONCE
        return messages, "closed" if is_over else ""


def _require_same_origin(connection: Connection, visitor: Visitor, conversation: str) -> Conversation:
    grant = require(connection, visitor, Chat)
    return actions.find_own_conversation(connection, grant.visitor, grant.site, conversation)


def _to_event(message: Message) -> ChatMessage:
    key = message.idempotency_key if message.author is Author.VISITOR else ""
    return ChatMessage(message.seq, clock.iso(message.created_at), message.author, message.body, key)
