"""Shows one conversation with all its events, and lets agents answer, write notes, close and reopen it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from sqlalchemy import Connection, RowMapping, bindparam, func, literal, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.consent import actions as consent
from forecourt.console import assignees, departments, responses
from forecourt.console.agents import Agent, find_name
from forecourt.console.answer_form import AnswerForm, read_answer_form
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import ConsoleContext
from forecourt.console.departments import Department
from forecourt.console.roles import Permission
from forecourt.console.snooze_end import CHOICES
from forecourt.console.waiting_counts import count_waiting
from forecourt.db import tables
from forecourt.db.tables import agents, conversation_events, outbox
from forecourt.errors import (
    FILE_REFUSALS,
    ConversationClosed,
    Fault,
    Invalid,
    KeyConflict,
    NotFound,
    Refusal,
    TooLarge,
    UnseenMessages,
)
from forecourt.files.gate import FileGate
from forecourt.files.inspection import accepted_kinds
from forecourt.files.model import StoredFile, accepted_extensions
from forecourt.identifiers import new_identifier
from forecourt.mail.routing import MailRouting
from forecourt.settings.site import FileSettings
from forecourt.support import actions
from forecourt.support.answers import send_answer
from forecourt.support.model import Author, Conversation, ConversationChannel, EventKind, RatingAnswer
from forecourt.support.store import to_files
from forecourt.text_types import Body, ChatBodyOrBlank, Key
from forecourt.web import forms

BASE = "/console/conversations"
EVENTS_AT_ONCE = 200  # of one conversation; the whole of it comes on request
WHOLE_CONVERSATION_EVENTS = 5000
EVENTS_BEFORE = 20  # one that a link leads to
UNSEEN_SHOWN = 3  # messages beside an answer whose writer has not seen them; all are in the log above
_EVENT = conversation_events.c
_MAIL_KEY = literal("answer:") + _EVENT.conversation + ":" + _EVENT.idempotency_key  # as `answer_mail_key` writes it
_agent, _target = agents.alias("of_agent"), agents.alias("of_target")
_department = tables.departments.alias("of_department")
_EVENTS = (
    select(
        *(
            _EVENT[name]
            for name in ("seq", "created_at", "kind", "author", "agent", "body", "target", "until", "files")
        ),
        _agent.c.name.label("agent_name"),
        func.coalesce(_target.c.name, _department.c.name).label("target_name"),
        outbox.c.state.label("mail_state"),
    )
    .outerjoin(_agent, _agent.c.id == _EVENT.agent)
    .outerjoin(_target, _target.c.id == _EVENT.target)
    .outerjoin(_department, _department.c.id == _EVENT.target)
    .outerjoin(outbox, outbox.c.idempotency_key == _MAIL_KEY)
    .where(_EVENT.conversation == bindparam("conversation"))
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
    body: ChatBodyOrBlank
    mode: Literal["answer"] = "answer"


class MailAnswerBody(AnswerCursor, kw_only=True):
    key: Key
    body: Body
    mode: Literal["answer"] = "answer"


class NoteBody(AnswerCursor, kw_only=True):
    """Is what the answer's form sends in its other mode. Nobody need have seen anything to write a note."""

    key: Key
    body: Body
    mode: Literal["note"]


_FORMS: dict[ConversationChannel, type[ChatAnswerBody | MailAnswerBody]] = {
    ConversationChannel.CHAT: ChatAnswerBody,
    ConversationChannel.CONTACT_FORM: MailAnswerBody,
}


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """Holds one event, with the names of the agent who did it and of the one, or the department, it went to.

    `sentence`: the end of the key of its text. `mail_state`: queued, sent or failed; empty where no mail goes.
    """

    seq: int
    created_at: datetime
    kind: EventKind
    author: Author
    agent: str
    body: str
    target: str
    until: datetime | None
    agent_name: str
    target_name: str
    mail_state: str
    files: tuple[StoredFile, ...]

    @property
    def sentence(self) -> str:
        if self.kind is EventKind.WOKEN and self.agent:
            return "woken_early"
        if self.kind is EventKind.REOPENED and self.author is Author.VISITOR:
            return "reopened_by_visitor"
        if self.kind is EventKind.RATED:
            return "rated_helped" if self.target == RatingAnswer.HELPED else "rated_not_helped"
        if self.kind is EventKind.MOVED and not self.target:
            return "department_removed" if self.author is Author.SYSTEM else "moved_out"
        if self.kind is not EventKind.ASSIGNED:
            return self.kind
        if not self.target:
            return "taken_back" if self.author is Author.SYSTEM else "unassigned"
        return "taken" if self.target == self.agent else "assigned"


@dataclass(frozen=True, slots=True)
class Thread:
    """Holds a conversation with its newest events, in order.

    `is_withdrawn`: the visitor took their consent back, so answers in a chat reach nobody. `has_earlier`: there are
    events before these. `assignee` and `department` are names, blank where there is none.
    `departments` are those of the site.
    """

    conversation: Conversation
    events: Sequence[ShownEvent]
    has_earlier: bool
    is_withdrawn: bool
    assignee: str
    department: str
    departments: Sequence[Department]

    def messages_after(self, seq: int) -> list[ShownEvent]:
        return [event for event in self.events if event.kind is EventKind.MESSAGE and event.seq > seq]


class ConversationRoutes:
    def __init__(self, context: ConsoleContext, file_gate: FileGate):
        self._context, self._file_gate = context, file_gate

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
        await self._context.record_view(
            AuditEntry(agent.id, AuditAction.CONVERSATION_OPENED, request.path_params["id"])
        )
        return response

    async def show_thread(self, request: Request, agent: Agent) -> Response:
        """Answers with the events and the state, for an open page; the answer being typed is no part of it."""
        return await self._render(request, agent, "thread")

    async def redirect_from_contact(self, request: Request, _: Agent) -> Response:
        """Redirects from the address that mails of 0.4.0 and before have for a contact message."""
        return responses.redirect(f"{BASE}/{request.path_params['id']}")

    async def answer(self, request: Request, agent: Agent) -> Response:
        """Stores the answer once, however often the button is pressed: its key stays the same."""
        answer_form, identity = await read_answer_form(request, self._file_gate), request.path_params["id"]
        fields = answer_form.fields
        if fields.get("mode") == "note":
            return await self._add_note(request, agent, answer_form)
        conversation = await self._context.database.read(lambda c: actions.find_conversation(c, identity))
        form_type = _FORMS[conversation.channel]
        routing = self._mail_routing(conversation.site)
        try:
            form = forms.decode_form(fields, form_type)
            if not form.body.strip() and not answer_form.files:
                raise Invalid([Fault("body", "required")])
            files = await answer_form.inspect_files(self._file_gate, self._file_settings(conversation.site))
            await self._context.write(
                lambda c: send_answer(c, identity, agent.id, form.key, form.body, routing, form.last_seen, files),
                lambda _: AuditEntry(agent.id, AuditAction.ANSWER_SENT, identity),
            )
        except UnseenMessages as error:
            return await self._render_unseen(request, agent, fields, error)
        except (Invalid, KeyConflict, ConversationClosed, TooLarge, *FILE_REFUSALS) as error:
            return await self._render_refused(request, agent, fields, error)
        return self._after_change(request)

    async def _add_note(self, request: Request, agent: Agent, answer_form: AnswerForm) -> Response:
        """Stores the note once. It is no answer: nothing is sent, and a closed conversation takes it too."""
        fields, identity = answer_form.fields, request.path_params["id"]
        try:
            if answer_form.files:
                raise Invalid([Fault("files", "answer_only")])
            form = forms.decode_form(fields, NoteBody)
            await self._context.write(
                lambda c: actions.add_note(c, identity, agent.id, form.key, form.body),
                lambda _: AuditEntry(agent.id, AuditAction.NOTE_ADDED, identity),
            )
        except (Invalid, KeyConflict) as error:
            return await self._render_refused(request, agent, fields, error)
        return self._after_change(request)

    async def close(self, request: Request, agent: Agent) -> Response:
        identity = request.path_params["id"]
        await self._context.write(
            lambda c: actions.close(c, identity, agent.id),
            lambda _: AuditEntry(agent.id, AuditAction.CONVERSATION_CLOSED, identity),
        )
        return self._after_change(request)

    async def reopen(self, request: Request, agent: Agent) -> Response:
        identity = request.path_params["id"]
        newer = await self._context.write(
            lambda c: assignees.reopen(c, identity, agent.id),
            lambda newer: None if newer else AuditEntry(agent.id, AuditAction.CONVERSATION_REOPENED, identity),
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
        limit, oldest = WHOLE_CONVERSATION_EVENTS if is_whole else EVENTS_AT_ONCE, _parse_oldest(request)
        thread, waiting, people = await self._context.database.read(
            lambda c: (_read_thread(c, identity, limit, oldest), count_waiting(c), assignees.list_assignees(c))
        )
        settings = self._file_settings(thread.conversation.site)
        file_types = accepted_extensions(accepted_kinds(settings))
        context: dict[str, object] = {"file_settings": settings, "file_types": file_types}
        context |= {"thread": thread, "base": f"{BASE}/{identity}", "waiting": waiting, "is_whole": is_whole}
        context |= {"oldest": oldest, "assignees": people, "snooze_choices": CHOICES}
        context |= {"key": new_identifier(), "typed": "", "mode": "answer", "unseen": (), "error": "", "error_link": ""}
        context |= changes
        return responses.render_page(request, template, agent, status, **context)

    async def _render_refused(self, request: Request, agent: Agent, fields: dict[str, str], error: Refusal) -> Response:
        """Keeps what was typed, and gives a new key where the old one has stored another text."""
        if not responses.is_fragment(request):
            text, typed = responses.error_text(request, error), fields.get("body", "")
            mode = fields.get("mode", "answer")
            return await self._render(request, agent, status=error.status, error=text, typed=typed, mode=mode)
        response = responses.error_response(request, error)
        if isinstance(error, KeyConflict):
            response.headers["hx-trigger"] = _event_with_new_key("rekeyed")
        return response

    async def _render_unseen(
        self, request: Request, agent: Agent, fields: dict[str, str], error: UnseenMessages
    ) -> Response:
        """Shows what the writer has not seen beside the draft, which can be sent all the same."""
        identity = request.path_params["id"]
        thread = await self._context.database.read(lambda c: _read_thread(c, identity, EVENTS_AT_ONCE))
        unseen = [message for message in thread.messages_after(error.last_seen) if message.agent != agent.id]
        context: dict[str, Any] = {"thread": thread, "unseen": unseen[-UNSEEN_SHOWN:]}
        if responses.is_fragment(request):
            return responses.render_page(request, "unseen_messages", agent, error.status, **context)
        return await self._render(request, agent, status=error.status, typed=fields.get("body", ""), **context)

    def _after_change(self, request: Request) -> Response:
        if responses.is_fragment(request):
            return Response(status_code=204, headers={"hx-trigger": _event_with_new_key("stored")})
        return responses.redirect(f"{BASE}/{request.path_params['id']}")

    def _file_settings(self, site: str) -> FileSettings:
        """Returns which files may be sent; none where the settings no longer have the site."""
        settings = self._context.settings.sites.get(site)
        return settings.files if settings else FileSettings(per_message=0)

    def _mail_routing(self, name: str) -> MailRouting:
        """Raises `NotFound` where the settings no longer have the site: nobody could reply to the answer."""
        site = self._context.settings.sites.get(name)
        if site is None:
            raise NotFound(name)
        return MailRouting.from_settings(name, site, self._context.settings.mail_from, self._context.address)


def _event_with_new_key(event: str) -> str:
    """Returns an event for the page's script (the `HX-Trigger` header of htmx), with the key of its next answer."""
    return msgspec.json.encode({event: {"key": new_identifier()}}).decode()


def _parse_oldest(request: Request) -> int:
    """Returns the number of the event that `?from=` names, 0 for none: a link leads to it, however old it is."""
    text = request.query_params.get("from", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _read_thread(connection: Connection, identity: str, limit: int, oldest: int = 0) -> Thread:
    """Returns the conversation with its last `limit` events, or those since `oldest`. Raises `NotFound`."""
    conversation = actions.find_conversation(connection, identity)
    if oldest:
        since = conversation.last_seq - oldest + 1 + EVENTS_BEFORE
        limit = min(max(limit, since), WHOLE_CONVERSATION_EVENTS)
    rows = connection.execute(_EVENTS, {"conversation": identity, "limit": limit + 1}).mappings().all()
    events = [_to_shown(row) for row in reversed(rows)]
    is_chat = conversation.channel is ConversationChannel.CHAT
    is_withdrawn = is_chat and consent.has_withdrawn(connection, conversation.visitor)
    assignee = find_name(connection, conversation.assignee) if conversation.assignee else ""
    department = departments.find_name(connection, conversation.department) if conversation.department else ""
    of_site = departments.list_of_site(connection, conversation.site)
    return Thread(conversation, events[-limit:], len(events) > limit, is_withdrawn, assignee, department, of_site)


def _to_shown(row: RowMapping) -> ShownEvent:
    names = {name: row[name] or "" for name in ("agent_name", "target_name", "mail_state")}
    names |= {"kind": EventKind(row["kind"]), "author": Author(row["author"]), "files": to_files(row["files"])}
    return ShownEvent(**{**row, **names})
