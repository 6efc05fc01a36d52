"""Shows the form by which agents change their own password. That ends all their sessions, and starts one here."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import accounts, responses
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import ConsoleContext
from forecourt.console.password_rules import MIN_LENGTH
from forecourt.console.roles import Permission
from forecourt.console.session_pages import SESSIONS
from forecourt.console.sign_in import session_client
from forecourt.console.waiting_counts import count_waiting
from forecourt.errors import Invalid, TooMany
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.web import forms

PASSWORD = "/console/password"  # noqa: S105 - an address


class PasswordRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> list[Route]:
        route = partial(self._context.agent_route, permission=Permission.ACCOUNT)
        return [route("GET", PASSWORD, self.show_form), route("POST", PASSWORD, self.change)]

    async def show_form(self, request: Request, agent: Agent) -> Response:
        return await self._render(request, agent)

    async def change(self, request: Request, agent: Agent) -> Response:
        fields = await forms.read_form(request)
        wrong = responses.words(request)("console.password.wrong")
        try:
            await self._context.rate_limiter.hit("password_change", request, account=agent.id)
            current = fields.get("current_password", "")
            if not await self._context.passwords.matches(agent.password_hash, current, is_known=True):
                return await self._render(request, agent, 422, current_error=wrong)
            new_hash = await self._context.passwords.hash(fields.get("new_password", ""), (agent.email, agent.name))
        except TooMany as error:
            return await self._render(request, agent, error.status, current_error=responses.error_text(request, error))
        except Invalid as error:
            return await self._render(request, agent, 422, new_error=responses.error_text(request, error))
        limits, client = self._context.session_limits, session_client(request)
        result = await self._context.write(
            lambda c: accounts.change_password(c, agent, new_hash, limits, client),
            lambda pair: AuditEntry(agent.id, AuditAction.PASSWORD_CHANGED) if pair else None,
        )
        if result is None:
            return await self._render(request, agent, 409, current_error=wrong)
        changed, secret = result
        record_event(SecurityEvent.PASSWORD_CHANGED, agent=agent.id)
        response = responses.redirect(f"{SESSIONS}?done=password")
        self._context.session_cookie.set(response, secret)
        self._context.device_cookie.set(response, request, changed)
        return response

    async def _render(
        self, request: Request, agent: Agent, status: int = 200, current_error: str = "", new_error: str = ""
    ) -> Response:
        """Renders the form, blank: what was typed into a field of passwords is never sent back."""
        waiting = await self._context.database.read(count_waiting)
        errors = {"current_error": current_error, "new_error": new_error}
        return responses.render_page(
            request, "password", agent, status, waiting=waiting, min_length=MIN_LENGTH, **errors
        )
