"""Shows agents the second step of their own sign-in: they switch it on, off, and get recovery codes.

Each of these asks for the password, so that a session left open changes nothing.
"""

from collections.abc import Sequence
from functools import partial

import pyotp
import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import responses, two_step
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import ConsoleContext
from forecourt.console.roles import Permission
from forecourt.console.waiting_counts import count_waiting
from forecourt.errors import TooMany
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.web import forms

TWO_STEP = "/console/two-step"
FEW_CODES = 3  # are left: the page says so


class TwoStepRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> Sequence[Route]:
        route = partial(self._context.agent_route, permission=Permission.ACCOUNT)
        return [
            route("GET", TWO_STEP, self.show),
            route("POST", TWO_STEP + "/begin", self.begin),
            route("GET", TWO_STEP + "/confirm", self.show_secret),
            route("POST", TWO_STEP + "/confirm", self.confirm),
            route("POST", TWO_STEP + "/codes", self.renew_codes),
            route("POST", TWO_STEP + "/off", self.switch_off),
        ]

    async def show(self, request: Request, agent: Agent) -> Response:
        return await self._render(request, agent)

    async def begin(self, request: Request, agent: Agent) -> Response:
        if error := await self._find_password_error(request, agent):
            return await self._render(request, agent, 422, begin_error=error)
        is_begun = await self._context.database.write(lambda c: two_step.begin_setup(c, agent.id))
        return responses.redirect(f"{TWO_STEP}/confirm" if is_begun else TWO_STEP)

    async def show_secret(self, request: Request, agent: Agent) -> Response:
        """Shows the secret as a picture for the app's camera and as text, until the app's first code is confirmed."""
        return await self._render_secret(request, agent)

    async def confirm(self, request: Request, agent: Agent) -> Response:
        code, words = (await forms.read_form(request)).get("code", ""), responses.words(request)
        try:
            await self._context.rate_limiter.hit("second_step", request, account=agent.id)
        except TooMany as error:
            return await self._render_secret(request, agent, error.status, responses.error_text(request, error))
        codes = await self._context.write(
            lambda c: two_step.confirm_setup(c, agent.id, code),
            lambda codes: AuditEntry(agent.id, AuditAction.TWO_STEP_ON) if codes else None,
        )
        if codes is None:
            return await self._render_secret(request, agent, 422, words("console.two_step.wrong_code"))
        record_event(SecurityEvent.TWO_STEP_ON, agent=agent.id)
        return await self._render_codes(request, agent, codes)

    async def renew_codes(self, request: Request, agent: Agent) -> Response:
        if error := await self._find_password_error(request, agent):
            return await self._render(request, agent, 422, codes_error=error)
        codes = await self._context.write(
            lambda c: two_step.renew_recovery_codes(c, agent.id) if two_step.is_on(c, agent.id) else None,
            lambda codes: AuditEntry(agent.id, AuditAction.RECOVERY_CODES_MADE) if codes else None,
        )
        if codes is None:
            return responses.redirect(TWO_STEP)
        record_event(SecurityEvent.RECOVERY_CODES_MADE, agent=agent.id)
        return await self._render_codes(request, agent, codes)

    async def switch_off(self, request: Request, agent: Agent) -> Response:
        if error := await self._find_password_error(request, agent):
            return await self._render(request, agent, 422, off_error=error)
        if await self._context.write(
            lambda c: two_step.switch_off(c, agent.id),
            lambda was_on: AuditEntry(agent.id, AuditAction.TWO_STEP_OFF) if was_on else None,
        ):
            record_event(SecurityEvent.TWO_STEP_OFF, agent=agent.id, user=agent.id)
        return responses.redirect(f"{TWO_STEP}?done=off")

    async def _find_password_error(self, request: Request, agent: Agent) -> str:
        """Returns the sentence about the password that was typed; blank where it is the agent's."""
        password = (await forms.read_form(request)).get("current_password", "")
        try:
            await self._context.rate_limiter.hit("password_change", request, account=agent.id)
            if await self._context.passwords.matches(agent.password_hash, password, is_known=True):
                return ""
        except TooMany as error:
            return responses.error_text(request, error)
        return responses.words(request)("console.password.wrong")

    async def _render(
        self,
        request: Request,
        agent: Agent,
        status: int = 200,
        begin_error: str = "",
        codes_error: str = "",
        off_error: str = "",
    ) -> Response:
        state, codes, waiting = await self._context.database.read(
            lambda c: (
                two_step.find_two_step(c, agent.id),
                two_step.count_recovery_codes(c, agent.id),
                count_waiting(c),
            )
        )
        return responses.render_page(
            request,
            "two_step",
            agent,
            status,
            since=state.confirmed_at if state else None,
            codes=codes,
            few_codes=FEW_CODES,
            begin_error=begin_error,
            codes_error=codes_error,
            off_error=off_error,
            is_switched_off=request.query_params.get("done") == "off",
            waiting=waiting,
        )

    async def _render_secret(self, request: Request, agent: Agent, status: int = 200, error: str = "") -> Response:
        state, waiting = await self._context.database.read(
            lambda c: (two_step.find_two_step(c, agent.id), count_waiting(c))
        )
        if state is None or state.confirmed_at:
            return responses.redirect(TWO_STEP)
        uri = pyotp.TOTP(state.secret).provisioning_uri(name=agent.email, issuer_name=self._context.mails.sender.name)
        groups = [state.secret[start : start + 4] for start in range(0, len(state.secret), 4)]
        return responses.render_page(
            request, "two_step_setup", agent, status, picture=_draw(uri), groups=groups, error=error, waiting=waiting
        )

    async def _render_codes(self, request: Request, agent: Agent, codes: Sequence[str]) -> Response:
        waiting = await self._context.database.read(count_waiting)
        return responses.render_page(request, "recovery_codes", agent, codes=codes, waiting=waiting)


def _draw(text: str) -> Markup:
    """Returns a QR code as SVG, in black on white in every look, without any style: our CSP refuses those."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(scale=4, dark="#000", light="#fff", svgclass="qr-code", lineclass=None))  # noqa: S704 - segno's own drawing
