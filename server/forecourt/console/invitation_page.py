"""Shows whoever was invited the form by which they choose their name and password, and signs them in."""

from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import invitations, responses
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import HOME, ConsoleContext
from forecourt.console.password_rules import MIN_LENGTH
from forecourt.console.sign_in import session_client
from forecourt.errors import Invalid
from forecourt.fault_sentence import fault_sentence
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.text_types import Name
from forecourt.web import forms


class NameBody(msgspec.Struct):
    name: Name


class InvitationRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> Sequence[Route]:
        path, route = "/console/invitation/{secret}", self._context.public_route
        return [route("GET", path, self.show_form), route("POST", path, self.accept)]

    async def show_form(self, request: Request) -> Response:
        """Shows the form. GET and HEAD change nothing, for scanners of mails follow links too."""
        return self._render(request, await self._read_agent(request), {}, {})

    async def accept(self, request: Request) -> Response:
        secret, fields = request.path_params["secret"], await forms.read_form(request)
        agent = await self._read_agent(request)
        try:
            name = forms.decode_form({"name": fields.get("name", "")}, NameBody).name
            password = await self._context.passwords.hash(fields.get("password", ""), (agent.email, name))
        except Invalid as error:
            words = responses.words(request)
            errors = {fault.path: fault_sentence(fault, words) for fault in error.faults}
            return self._render(request, agent, fields, errors, 422)
        limits, client = self._context.session_limits, session_client(request)
        agent, session = await self._context.write(
            lambda c: invitations.accept_invitation(c, secret, name, password, limits, client),
            lambda pair: AuditEntry(pair[0].id, AuditAction.INVITATION_ACCEPTED),
        )
        record_event(SecurityEvent.SIGN_IN, agent=agent.id, method="invitation")
        response = responses.redirect(HOME)
        self._context.session_cookie.set(response, session)
        self._context.device_cookie.set(response, request, agent)
        return response

    async def _read_agent(self, request: Request) -> Agent:
        secret = request.path_params["secret"]
        return await self._context.database.read(lambda c: invitations.find_invited_agent(c, secret))

    def _render(
        self, request: Request, agent: Agent, fields: dict[str, str], errors: dict[str, str], status: int = 200
    ) -> Response:
        """Renders the form. What was typed as a password is never sent back."""
        context = {"person": agent, "name": fields.get("name", ""), "errors": errors, "min_length": MIN_LENGTH}
        return responses.render_page(request, "invitation", None, status, **context)
