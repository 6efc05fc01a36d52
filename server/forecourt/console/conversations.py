"""Shows one conversation with its messages, and lets agents answer, close and reopen it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from sqlalchemy import Connection, bindparam, literal, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.consent import actions as consent
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import ConsoleContext
from forecourt.console.roles import Permission
from forecourt.console.waiting_counts import count_waiting
from forecourt.db.tables import agents, conversation_events, outbox
from forecourt.errors import ConversationClosed, Invalid, KeyConflict, NotFound, Refusal, UnseenMessages
from forecourt.identifiers import new_identifier
from forecourt.mail.routing import MailRouting
from forecourt.support import actions
from forecourt.support.answers import send_answer
from forecourt.support.model import Conversation, ConversationChannel, EventKind
from forecourt.text_types import Body, ChatBody, Key
from forecourt.web import forms

BASE = "/console/conversations"
MESSAGES_AT_ONCE = 200  # of one conversation; the whole of it comes on request
WHOLE_CONVERSATION_MESSAGES = 5000
UNSEEN_SHOWN = 3  # messages beside an answer whose writer has not seen them; all are in the log above
_EVENT = conversation_events.c
_MAIL_KEY = literal("answer:") + _EVENT.conversation + ":" + _EVENT.idempotency_key  # as `answer_mail_key` writes it
_MESSAGES = (
    select(_EVENT.seq, _EVENT.created_at, _EVENT.author, _EVENT.agent, agents.c.name, _EVENT.body, outbox.c.state)
    .outerjoin(agents, agents.c.id == _EVENT.agent)
    .outerjoin(outbox, outbox.c.idempotency_key == _MAIL_KEY)
    .where(_EVENT.conversation == bindparam("conversation"), _EVENT.kind == EventKind.MESSAGE)
    .order_by(_EVENT.seq.desc())
    .limit(bindparam("limit"))
)


Cursor = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,9}$")]


class AnswerCursor(msgspec.Struct):
    """Says what an answer's writer has seen.

    `seen`: the number of the last message that the page showed. `anyway`: that of the last one they were then told of,
    and send the answer all the same.
    """

    seen: Cursor
    anyway: Cursor = "0"

    @property
    def last_seen(self) -> int:
        return max(int(self.seen), int(self.anyway))


class ChatAnswerBody(AnswerCursor, kw_only=True):
    key: Key
    body: ChatBody


class MailAnswerBody(AnswerCursor, kw_only=True):
    key: Key
    body: Body


_FORMS: dict[ConversationChannel, type[ChatAnswerBody | MailAnswerBody]] = {
    ConversationChannel.CHAT: ChatAnswerBody,
    ConversationChannel.CONTACT_FORM: MailAnswerBody,
}


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """Holds one message. `author`: visitor or agent. `mail_state`: queued, sent or failed; empty where no mail goes."""

    seq: int
    at: datetime
    author: str
    agent: str
    agent_name: str
    body: str
    mail_state: str


@dataclass(frozen=True, slots=True)
class Thread:
    """Holds a conversation with its newest messages, in order.

    `is_withdrawn`: the visitor took their consent back, so answers in a chat reach nobody. `has_earlier`: there are
    messages before these.
    """

    conversation: Conversation
    messages: Sequence[ShownMessage]
    has_earlier: bool
    is_withdrawn: bool


class ConversationRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> list[Route]:
        path, route = BASE + "/{id}", partial(self._context.agent_route, permission=Permission.INBOX)
        return [
            route("GET", path, self.show_page),
            route("GET", path + "/thread", self.show_thread),
            route("POST", path + "/answers", self.answer),
            route("POST", path + "/close", self.close),
            route("POST", path + "/reopen", self.reopen),
            route("GET", "/console/contact/{id}", self.redirect_from_contact),
        ]

    async def show_page(self, request: Request, agent: Agent) -> Response:
        response = await self._render(request, agent)
        await self._context.record_view(AuditEntry(agent.id, AuditAction.THREAD_OPENED, request.path_params["id"]))
        return response

    async def show_thread(self, request: Request, agent: Agent) -> Response:
        """Answers with the messages and the state, for an open page; the answer being typed is no part of it."""
        return await self._render(request, agent, "thread")

    async def redirect_from_contact(self, request: Request, _: Agent) -> Response:
        """Redirects from the address that mails of 0.4.0 and before have for a contact message."""
        return responses.redirect(f"{BASE}/{request.path_params['id']}")

    async def answer(self, request: Request, agent: Agent) -> Response:
        """Stores the answer once, however often the button is pressed: its key stays the same."""
        fields, identity = await forms.read_form(request), request.path_params["id"]
        conversation = await self._context.database.read(lambda c: actions.find_conversation(c, identity))
        form_type = _FORMS[conversation.channel]
        routing = self._mail_routing(conversation.site)
        try:
            form = forms.decode_form(fields, form_type)
            await self._context.write(
                lambda c: send_answer(c, identity, agent.id, form.key, form.body, routing, form.last_seen),
                lambda _: AuditEntry(agent.id, AuditAction.ANSWER_SENT, identity),
            )
        except UnseenMessages as error:
            return await self._render_unseen(request, agent, fields, error)
        except (Invalid, KeyConflict, ConversationClosed) as error:
            return await self._render_refused(request, agent, fields, error)
        return self._after_change(request)

    async def close(self, request: Request, agent: Agent) -> Response:
        identity = request.path_params["id"]
        await self._context.write(
            lambda c: actions.close(c, identity, agent.id),
            lambda _: AuditEntry(agent.id, AuditAction.THREAD_CLOSED, identity),
        )
        return self._after_change(request)

    async def reopen(self, request: Request, agent: Agent) -> Response:
        identity = request.path_params["id"]
        newer = await self._context.write(
            lambda c: actions.reopen(c, identity, agent.id),
            lambda newer: None if newer else AuditEntry(agent.id, AuditAction.THREAD_REOPENED, identity),
        )
        if newer is None:
            return self._after_change(request)
        error = responses.words(request)("console.newer_conversation")
        context = {"error": error, "error_link": f"{BASE}/{newer}"}
        if responses.is_fragment(request):
            return responses.render_page(request, "error_fragment", agent, 409, **context)
        return await self._render(request, agent, status=409, **context)

    async def _render(
        self, request: Request, agent: Agent, template: str = "thread_page", status: int = 200, **changes: object
    ) -> Response:
        identity, is_whole = request.path_params["id"], request.query_params.get("whole") == "1"
        limit = WHOLE_CONVERSATION_MESSAGES if is_whole else MESSAGES_AT_ONCE
        thread, waiting = await self._context.database.read(
            lambda c: (_read_thread(c, identity, limit), count_waiting(c))
        )
        context = {"thread": thread, "base": f"{BASE}/{identity}", "waiting": waiting, "is_whole": is_whole}
        context |= {"key": new_identifier(), "typed": "", "unseen": (), "error": "", "error_link": "", **changes}
        return responses.render_page(request, template, agent, status, **context)

    async def _render_refused(self, request: Request, agent: Agent, fields: dict[str, str], error: Refusal) -> Response:
        """Keeps what was typed, and gives a new key where the old one has stored another text."""
        if not responses.is_fragment(request):
            text, typed = responses.error_text(request, error), fields.get("body", "")
            return await self._render(request, agent, status=error.status, error=text, typed=typed)
        response = responses.error_response(request, error)
        if isinstance(error, KeyConflict):
            response.headers["hx-trigger"] = _event_with_new_key("rekeyed")
        return response

    async def _render_unseen(
        self, request: Request, agent: Agent, fields: dict[str, str], error: UnseenMessages
    ) -> Response:
        """Shows what the writer has not seen beside the draft, which can be sent all the same."""
        identity = request.path_params["id"]
        thread = await self._context.database.read(lambda c: _read_thread(c, identity, MESSAGES_AT_ONCE))
        unseen = [message for message in thread.messages if message.seq > error.last_seen and message.agent != agent.id]
        context: dict[str, Any] = {"thread": thread, "unseen": unseen[-UNSEEN_SHOWN:]}
        if responses.is_fragment(request):
            return responses.render_page(request, "unseen_messages", agent, error.status, **context)
        return await self._render(request, agent, status=error.status, typed=fields.get("body", ""), **context)

    def _after_change(self, request: Request) -> Response:
        if responses.is_fragment(request):
            return Response(status_code=204, headers={"hx-trigger": _event_with_new_key("stored")})
        return responses.redirect(f"{BASE}/{request.path_params['id']}")

    def _mail_routing(self, name: str) -> MailRouting:
        """Raises `NotFound` where the settings no longer have the site: nobody could reply to the answer."""
        site = self._context.settings.sites.get(name)
        if site is None:
            raise NotFound(name)
        return MailRouting.from_settings(name, site, self._context.settings.mail_from, self._context.address)


def _event_with_new_key(event: str) -> str:
    """Returns an event for the page's script (the `HX-Trigger` header of htmx), with the key of its next answer."""
    return msgspec.json.encode({event: {"key": new_identifier()}}).decode()


def _read_thread(connection: Connection, identity: str, limit: int) -> Thread:
    """Returns the conversation with its last `limit` messages. Raises `NotFound`."""
    conversation = actions.find_conversation(connection, identity)
    rows = connection.execute(_MESSAGES, {"conversation": identity, "limit": limit + 1}).all()
    messages = [
        ShownMessage(row.seq, row.created_at, row.author, row.agent, row.name or "", row.body, row.state or "")
        for row in reversed(rows)
    ]
    is_chat = conversation.channel is ConversationChannel.CHAT
    is_withdrawn = is_chat and consent.has_withdrawn(connection, conversation.visitor)
    return Thread(conversation, messages[-limit:], len(messages) > limit, is_withdrawn)
