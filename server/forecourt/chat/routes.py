"""Serves the chat: starting a conversation, posting messages, and the stream of its messages."""

import msgspec
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from forecourt import clock
from forecourt.chat import actions
from forecourt.chat.message_source import MessageSource
from forecourt.consent.actions import require
from forecourt.consent.context import ConsentContext
from forecourt.consent.gate import admit_visitor
from forecourt.consent.grant import Chat, Visitor
from forecourt.errors import (
    ConsentRequired,
    ConsentStale,
    ConversationClosed,
    Fault,
    Invalid,
    KeyConflict,
    OriginRefused,
    TooMany,
)
from forecourt.files.actions import per_message_rule
from forecourt.support.model import Conversation, ConversationState, RatingAnswer, StoredEvent
from forecourt.text_types import ChatBodyOrBlank, FileIds, Key, RatingSentence
from forecourt.web import sse
from forecourt.web.endpoint import Endpoint
from forecourt.web.event_stream import EventStreamResponse
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
    body: ChatBodyOrBlank
    files: FileIds = []
    reopen: bool = False  # opens the conversation again where it is closed


class RatingBody(msgspec.Struct, forbid_unknown_fields=True):
    """Says whether the visitor was helped, and why if they like."""

    key: Key
    helped: bool
    sentence: RatingSentence = ""


class MessageResponse(msgspec.Struct):
    seq: int
    at: str


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
                "Post a message, with files that were uploaded before. The same key stores it once.",
                {201: MessageResponse, 200: MessageResponse},
                MessageBody,
                token=True,
                refusals=(*gated, KeyConflict, ConversationClosed),
            ),
            Endpoint(
                "POST",
                base + "/{id}/rating",
                self.rate_conversation,
                "Say whether the conversation helped. The same key stores it once.",
                {201: MessageResponse, 200: MessageResponse},
                RatingBody,
                token=True,
                refusals=(*gated, KeyConflict),
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
        return json_response(ConversationResponse(identifier, _public_state(conversation)))

    async def post_message(self, request: Request) -> Response:
        visitor = await admit_visitor(self._context, request, "message")
        conversation = request.path_params["id"]
        settings = self._context.live_site(request).settings.files
        body = await read_json(request, MessageBody, {"files": per_message_rule(settings)})
        if not body.body.strip() and not body.files:
            raise Invalid([Fault("body", "required")])
        message = (conversation, body.key, body.body, body.files, body.reopen)
        return _stored_response(
            await self._context.database.write(lambda c: actions.post_message(c, require(c, visitor, Chat), *message))
        )

    async def rate_conversation(self, request: Request) -> Response:
        visitor = await admit_visitor(self._context, request, "message")
        body = await read_json(request, RatingBody)
        rating = RatingAnswer.HELPED if body.helped else RatingAnswer.NOT_HELPED
        about = (request.path_params["id"], body.key, rating, body.sentence.strip())
        return _stored_response(
            await self._context.database.write(
                lambda c: actions.rate_conversation(c, require(c, visitor, Chat), *about)
            )
        )

    async def stream_events(self, request: Request) -> Response:
        visitor, conversation = self._context.visitor(request), request.path_params["id"]
        await self._context.database.read(lambda c: _require_same_origin(c, visitor, conversation))
        source = MessageSource(self._context, visitor, conversation, sse.read_cursor(request))
        return EventStreamResponse(self._context.database.hub, source)


def _stored_response(stored_event: StoredEvent) -> Response:
    event = stored_event.event
    response = MessageResponse(event.seq, clock.iso(event.created_at))
    return json_response(response, 200 if stored_event.is_repeated else 201)


def _require_same_origin(connection: Connection, visitor: Visitor, conversation: str) -> Conversation:
    grant = require(connection, visitor, Chat)
    return actions.find_own_conversation(connection, grant.visitor, grant.site, conversation)


def _public_state(conversation: Conversation) -> str:
    """Returns `open` or `closed`. Whether agents have put it aside is theirs to know."""
    return "closed" if conversation.state is ConversationState.CLOSED else "open"
