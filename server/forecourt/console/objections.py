"""Shows objections to agents: a list by state, and one objection, to answer it or to open it again."""

from functools import partial

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt import clock
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import ConsoleContext
from forecourt.console.pagination import END_OF_TIME, parse_before, split_page
from forecourt.console.roles import Permission
from forecourt.console.waiting_counts import count_waiting
from forecourt.errors import Invalid
from forecourt.objections import actions, store
from forecourt.objections.model import ObjectionState
from forecourt.policy.context import SiteContext
from forecourt.text_types import Body
from forecourt.web import forms

OBJECTION_ROWS = 50

BASE = "/console/objections"


class ObjectionAnswerBody(msgspec.Struct):
    body: Body


class ObjectionConsoleRoutes:
    """Needs the policies of the sites for the names and addresses that answers go out under."""

    def __init__(self, context: ConsoleContext, site_context: SiteContext):
        self._context, self._site_context = context, site_context

    def routes(self) -> list[Route]:
        path, route = BASE + "/{id}", partial(self._context.agent_route, permission=Permission.OBJECTIONS)
        return [
            route("GET", BASE, self.show_list),
            route("GET", path, self.show_objection),
            route("POST", path + "/resolve", self.resolve),
            route("POST", path + "/reopen", self.reopen),
        ]

    async def show_list(self, request: Request, agent: Agent) -> Response:
        state, before = _parse_state(request), parse_before(request)
        rows, waiting = await self._context.database.read(
            lambda c: (store.find_page(c, state, before or END_OF_TIME, OBJECTION_ROWS + 1), count_waiting(c))
        )
        page, last = split_page(rows, OBJECTION_ROWS)
        return responses.render_page(
            request,
            "objections",
            agent,
            rows=page,
            older=last.created_at if last else None,
            waiting=waiting,
            before=before,
            state=state,
            states=tuple(ObjectionState),
            today=clock.now().date(),
        )

    async def show_objection(self, request: Request, agent: Agent) -> Response:
        response = await self._render(request, agent)
        await self._context.record_view(AuditEntry(agent.id, AuditAction.OBJECTION_OPENED, request.path_params["id"]))
        return response

    async def resolve(self, request: Request, agent: Agent) -> Response:
        """Answers and closes the objection. Where somebody else did so first, what was typed is kept on the page."""
        fields, identity = await forms.read_form(request), request.path_params["id"]
        try:
            body = forms.decode_form(fields, ObjectionAnswerBody).body
        except Invalid as error:
            return await self._render(request, agent, 422, fields.get("body", ""), responses.error_text(request, error))
        details = await self._context.database.read(lambda c: actions.find_objection(c, identity))
        live_site = self._site_context.live_sites.get(details.objection.site)
        routing = self._site_context.mail_routing(live_site)
        if await self._context.write(
            lambda c: actions.resolve_objection(c, identity, agent.id, body, live_site, routing),
            lambda is_first: AuditEntry(agent.id, AuditAction.OBJECTION_ANSWERED, identity) if is_first else None,
        ):
            return responses.redirect(f"{BASE}/{identity}")
        return await self._render(request, agent, 409, body)

    async def reopen(self, request: Request, agent: Agent) -> Response:
        identity = request.path_params["id"]
        if await self._context.write(
            lambda c: actions.reopen_objection(c, identity),
            lambda is_open: AuditEntry(agent.id, AuditAction.OBJECTION_REOPENED, identity) if is_open else None,
        ):
            return responses.redirect(f"{BASE}/{identity}")
        error = responses.words(request)("console.objection.reopen_refused")
        return await self._render(request, agent, 409, error=error)

    async def _render(
        self, request: Request, agent: Agent, status: int = 200, typed_text: str = "", error: str = ""
    ) -> Response:
        identity = request.path_params["id"]
        details, waiting = await self._context.database.read(
            lambda c: (actions.find_objection(c, identity), count_waiting(c))
        )
        if typed_text and not error:
            error = responses.words(request)(f"console.objection.conflict.{details.objection.state}")
        context = {"objection": details.objection, "answers": details.answers, "base": f"{BASE}/{identity}"}
        context |= {"today": clock.now().date(), "typed": typed_text, "error": error, "waiting": waiting}
        return responses.render_page(request, "objection", agent, status, **context)


def _parse_state(request: Request) -> ObjectionState:
    """Returns the state that `?show=` names; anything else is the open ones."""
    name = request.query_params.get("show")
    return next((state for state in ObjectionState if state == name), ObjectionState.OPEN)
