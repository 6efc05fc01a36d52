"""Shows the form by which somebody asks for a new password, and the one that the mailed link opens."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import password_reset, responses
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import ConsoleContext
from forecourt.console.password_rules import MIN_LENGTH
from forecourt.errors import Invalid, TooMany
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.web import forms
from forecourt.web.problems import retry_after_header

FORGOTTEN_PASSWORD = "/console/forgotten-password"  # noqa: S105 - an address
_NEW_PASSWORD = "/console/new-password/{secret}"  # noqa: S105 - an address


class PasswordResetRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> Sequence[Route]:
        route = self._context.public_route
        return [
            route("GET", FORGOTTEN_PASSWORD, self.show_request),
            route("POST", FORGOTTEN_PASSWORD, self.request_link),
            route("GET", _NEW_PASSWORD, self.show_form),
            route("POST", _NEW_PASSWORD, self.set_password),
        ]

    async def show_request(self, request: Request) -> Response:
        return responses.render_page(request, "forgotten_password", email="", is_sent=False, error="")

    async def request_link(self, request: Request) -> Response:
        """Answers the same for every address, and mails the link where an agent has it."""
        fields = await forms.read_form(request)
        email = fields.get("email", "").replace("\0", "").strip()[:254]
        account = self._context.fingerprint(email)
        try:
            await self._context.rate_limiter.hit("password_reset", request)
        except TooMany as error:
            text = responses.error_text(request, error)
            response = responses.render_page(
                request, "forgotten_password", None, error.status, email=email, is_sent=False, error=text
            )
            response.headers.update(retry_after_header(error))
            return response
        mails, locale = self._context.mails, responses.language(request)
        await self._context.database.write(lambda c: password_reset.request_reset(c, email, mails, locale))
        record_event(SecurityEvent.PASSWORD_RESET_REQUESTED, account=account)
        return responses.render_page(request, "forgotten_password", email=email, is_sent=True, error="")

    async def show_form(self, request: Request) -> Response:
        """Shows the form. GET and HEAD change nothing, for scanners of mails follow links too."""
        return self._render_form(request, await self._read_agent(request))

    async def set_password(self, request: Request) -> Response:
        secret, fields = request.path_params["secret"], await forms.read_form(request)
        agent = await self._read_agent(request)
        try:
            password = await self._context.passwords.hash(fields.get("password", ""), (agent.email, agent.name))
        except Invalid as error:
            return self._render_form(request, agent, 422, responses.error_text(request, error))
        await self._context.write(
            lambda c: password_reset.reset_password(c, secret, password),
            lambda agent: AuditEntry(agent.id, AuditAction.PASSWORD_RESET),
        )
        record_event(SecurityEvent.PASSWORD_RESET, agent=agent.id)
        response = responses.redirect("/console/sign-in?done=password")
        self._context.session_cookie.delete(response)
        return response

    async def _read_agent(self, request: Request) -> Agent:
        secret = request.path_params["secret"]
        return await self._context.database.read(lambda c: password_reset.find_reset_agent(c, secret))

    def _render_form(self, request: Request, agent: Agent, status: int = 200, error: str = "") -> Response:
        """Renders the form, blank: what was typed as a password is never sent back."""
        return responses.render_page(
            request, "new_password", None, status, person=agent, error=error, min_length=MIN_LENGTH
        )
