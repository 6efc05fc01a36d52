"""Shows one conversation or contact message with its messages, and lets agents answer, close and reopen it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ClassVar

import msgspec
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import ConsoleContext
from forecourt.console.inbox_items import InboxItem, count_waiting
from forecourt.console.roles import Permission
from forecourt.errors import ConversationClosed, Invalid, KeyConflict, Refusal
from forecourt.identifiers import new_identifier
from forecourt.text_types import Body, ChatBody, Key
from forecourt.web import forms

THREAD_MESSAGES = 200  # of one thread at once; the whole thread comes on request
WHOLE_THREAD_MESSAGES = 5000


class ChatAnswerBody(msgspec.Struct):
    key: Key
    body: ChatBody


class MailAnswerBody(msgspec.Struct):
    key: Key
    body: Body


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """Holds one message. `author`: visitor or agent. `mail_state`: queued, sent or failed; empty where no mail goes."""

    id: str
    at: datetime
    author: str
    agent_name: str
    body: str
    mail_state: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """Holds an item with its newest messages, in order.

    `is_withdrawn`: the visitor took their consent back, so answers in a chat reach nobody. `has_earlier`: there are
    messages before these.
    """

    item: InboxItem
    messages: Sequence[ThreadMessage]
    has_earlier: bool
    is_withdrawn: bool


class ThreadRoutes(ABC):
    """Holds what both kinds of thread share; a subclass says how a thread is read and an answer is sent.

    `base`: the address, followed by the thread's id. `form`: what an answer may be.
    """

    base: ClassVar[str]
    form: ClassVar[type[ChatAnswerBody | MailAnswerBody]]

    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> list[Route]:
        path, route = self.base + "/{id}", partial(self._context.agent_route, permission=Permission.INBOX)
        return [
            route("GET", path, self.show_page),
            route("GET", path + "/thread", self.show_thread),
            route("POST", path + "/answers", self.answer),
            route("POST", path + "/close", self.close),
            route("POST", path + "/reopen", self.reopen),
        ]

    @abstractmethod
    def read_thread(self, connection: Connection, identity: str, limit: int) -> Thread:
        """Returns the thread with its last `limit` messages. Raises `NotFound`."""

    @abstractmethod
    def send_answer(self, connection: Connection, identity: str, agent: Agent, key: str, body: str) -> None:
        """Stores the answer once a key.

        Raises `NotFound`, `ConversationClosed`, or `KeyConflict` for one key with two texts.
        """

    @abstractmethod
    def set_closed(self, connection: Connection, identity: str) -> None:
        """Closes the thread. Raises `NotFound`."""

    @abstractmethod
    def set_open(self, connection: Connection, identity: str) -> str | None:
        """Undoes closing, or returns the id of another thread that keeps this one closed. Raises `NotFound`."""

    async def show_page(self, request: Request, agent: Agent) -> Response:
        response = await self._render(request, agent)
        await self._context.record_view(AuditEntry(agent.id, AuditAction.THREAD_OPENED, request.path_params["id"]))
        return response

    async def show_thread(self, request: Request, agent: Agent) -> Response:
        """Answers with the messages and the state, for an open page; the answer being typed is no part of it."""
        return await self._render(request, agent, "thread")

    async def answer(self, request: Request, agent: Agent) -> Response:
        """Stores the answer once, however often the button is pressed: its key stays the same."""
        fields, identity = await forms.read_form(request), request.path_params["id"]
        try:
            form = forms.decode_form(fields, self.form)
            await self._context.write(
                lambda c: self.send_answer(c, identity, agent, form.key, form.body),
                lambda _: AuditEntry(agent.id, AuditAction.ANSWER_SENT, identity),
            )
        except (Invalid, KeyConflict, ConversationClosed) as error:
            return await self._render_refused(request, agent, fields, error)
        return self._after_change(request)

    async def close(self, request: Request, agent: Agent) -> Response:
        identity = request.path_params["id"]
        await self._context.write(
            lambda c: self.set_closed(c, identity), lambda _: AuditEntry(agent.id, AuditAction.THREAD_CLOSED, identity)
        )
        return self._after_change(request)

    async def reopen(self, request: Request, agent: Agent) -> Response:
        identity = request.path_params["id"]
        newer = await self._context.write(
            lambda c: self.set_open(c, identity),
            lambda newer: None if newer else AuditEntry(agent.id, AuditAction.THREAD_REOPENED, identity),
        )
        if newer is None:
            return self._after_change(request)
        error = responses.words(request)("console.newer_conversation")
        context = {"error": error, "error_link": f"{self.base}/{newer}"}
        if responses.is_fragment(request):
            return responses.render_page(request, "error_fragment", agent, 409, **context)
        return await self._render(request, agent, status=409, **context)

    async def _render(
        self, request: Request, agent: Agent, template: str = "thread_page", status: int = 200, **changes: object
    ) -> Response:
        identity, is_whole = request.path_params["id"], request.query_params.get("whole") == "1"
        limit = WHOLE_THREAD_MESSAGES if is_whole else THREAD_MESSAGES
        thread, waiting = await self._context.database.read(
            lambda c: (self.read_thread(c, identity, limit), count_waiting(c))
        )
        context = {"thread": thread, "base": f"{self.base}/{identity}", "waiting": waiting, "is_whole": is_whole}
        context |= {"key": new_identifier(), "typed": "", "error": "", "error_link": "", **changes}
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

    def _after_change(self, request: Request) -> Response:
        if responses.is_fragment(request):
            return Response(status_code=204, headers={"hx-trigger": _event_with_new_key("stored")})
        return responses.redirect(f"{self.base}/{request.path_params['id']}")


def _event_with_new_key(event: str) -> str:
    """Returns an event for the page's script (the `HX-Trigger` header of htmx), with the key of its next answer."""
    return msgspec.json.encode({event: {"key": new_identifier()}}).decode()
