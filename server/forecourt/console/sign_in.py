"""Signs agents in, by password or by a one-time link, and out."""

import re
from functools import partial
from typing import Literal
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import accounts, agents, responses, second_step, sessions, two_step
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import HOME, ConsoleContext
from forecourt.console.passwords import needs_rehash
from forecourt.console.sessions import SessionClient
from forecourt.console.two_step import Method
from forecourt.errors import LinkExpired, TooMany
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.web import forms
from forecourt.web.client_network import client_network
from forecourt.web.problems import retry_after_header
from forecourt.web.user_agent import browser_and_platform

CODE = "/console/sign-in/code"
_CONSOLE_PATH = re.compile(r"/console/[A-Za-z0-9_/?=&.%+-]*")


class SignInRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> list[Route]:
        link = "/console/link/{secret}"
        return [
            self._context.public_route("GET", "/console/sign-in", self.show_form),
            self._context.public_route("POST", "/console/sign-in", self.sign_in),
            self._context.public_route("POST", "/console/sign-out", self.sign_out),
            self._context.public_route("GET", CODE, self.show_code_form),
            self._context.public_route("POST", CODE, self.check_code),
            self._context.public_route("GET", link, self.show_link),
            self._context.public_route("POST", link, self.use_link),
        ]

    async def show_form(self, request: Request) -> Response:
        next_page = _console_page(request.query_params.get("next", ""))
        if await self._context.read_agent(request):
            return responses.redirect(next_page)
        has_new_password = request.query_params.get("done") == "password"
        return responses.render_page(
            request, "sign_in", next_page=next_page, email="", error="", has_new_password=has_new_password
        )

    async def sign_in(self, request: Request) -> Response:
        fields = await forms.read_form(request)
        email = fields.get("email", "").replace("\0", "").strip()[:254]
        next_page = _console_page(fields.get("next", ""))
        render_form = partial(
            responses.render_page, request, "sign_in", next_page=next_page, email=email, has_new_password=False
        )
        try:
            agent = await self._check_password(request, email, fields.get("password", ""))
        except TooMany as error:
            record_event(SecurityEvent.SIGN_IN_REFUSED, account=self._context.fingerprint(email))
            response = render_form(status=error.status, error=responses.error_text(request, error))
            response.headers.update(retry_after_header(error))
            return response
        if agent and await self._has_second_step(agent):
            return await self._ask_for_code(agent, next_page)
        secret = await self._start_session(request, agent) if agent else None
        if agent is None or secret is None:
            record_event(SecurityEvent.SIGN_IN_FAILED, account=self._context.fingerprint(email))
            return render_form(status=422, error=responses.words(request)("console.wrong_password"))
        return self._begin_session(request, agent, secret, "password", next_page)

    async def show_code_form(self, request: Request) -> Response:
        next_page = _console_page(request.query_params.get("next", ""))
        try:
            await self._read_half_signed_in(request)
        except LinkExpired:
            return responses.redirect("/console/sign-in")
        return responses.render_page(request, "sign_in_code", next_page=next_page, error="")

    async def check_code(self, request: Request) -> Response:
        """Starts the session by a code of the app, or a recovery code."""
        fields, limits, client = await forms.read_form(request), self._context.session_limits, session_client(request)
        code, next_page = fields.get("code", ""), _console_page(fields.get("next", ""))
        secret = self._context.second_step_cookie.read(request)
        render_form = partial(responses.render_page, request, "sign_in_code", next_page=next_page)
        try:
            half_signed_in = await self._read_half_signed_in(request)
            await self._hit_second_step(request, half_signed_in)
            result = await self._context.write(
                lambda c: second_step.finish_second_step(c, secret, code, limits, client),
                lambda result: _describe(result[0], result[1]) if result else None,
            )
        except LinkExpired:
            return responses.redirect("/console/sign-in")
        except TooMany as error:
            response: Response = render_form(status=error.status, error=responses.error_text(request, error))
            response.headers.update(retry_after_header(error))
            return response
        if result is None:
            record_event(SecurityEvent.SECOND_STEP_FAILED, agent=half_signed_in.id)
            return render_form(status=422, error=responses.words(request)("console.two_step.wrong_code"))
        agent, second, session_secret = result
        response = self._begin_session(request, agent, session_secret, "password", next_page, second)
        self._context.second_step_cookie.delete(response)
        return response

    async def sign_out(self, request: Request) -> Response:
        response = responses.redirect("/console/sign-in")
        if session := await self._context.read_session(request):
            await self._context.write(
                lambda c: sessions.end_session(c, session.agent, session.id),
                lambda is_ended: AuditEntry(session.agent, AuditAction.SIGNED_OUT) if is_ended else None,
            )
            record_event(SecurityEvent.SIGNED_OUT, agent=session.agent)
        self._context.session_cookie.delete(response)
        return response

    async def show_link(self, request: Request) -> Response:
        """Shows a page with one button. GET and HEAD change nothing, for scanners of mails follow links too."""
        secret = request.path_params["secret"]
        await self._context.database.read(lambda c: agents.require_unused_link(c, secret))
        return responses.render_page(request, "sign_in_link")

    async def use_link(self, request: Request) -> Response:
        """Signs in. No limit counts here: a secret of 192 bits is not guessed, and a limit could lock its owner out."""
        secret, database = request.path_params["secret"], self._context.database
        await database.read(lambda c: agents.require_unused_link(c, secret))
        limits, client = self._context.session_limits, session_client(request)
        agent, session_secret = await self._context.write(
            lambda c: accounts.sign_in_by_link(c, secret, limits, client), lambda pair: _describe(pair[0], "link")
        )
        return self._begin_session(request, agent, session_secret, "link", HOME)

    async def _check_password(self, request: Request, email: str, password: str) -> Agent | None:
        """Returns the agent whose password it is, and stores it anew where its hash has become weak.

        Raises `TooMany`.
        """
        database, passwords = self._context.database, self._context.passwords
        agent = await database.read(lambda c: agents.find_agent_by_email(c, email))
        device = self._context.device_cookie.find_device(request, agent) if agent else ""
        if device:
            await self._context.rate_limiter.hit("sign_in_on_known_device", request, device=device)
        else:
            await self._context.rate_limiter.hit("sign_in", request, account=email.lower())
        stored_hash = (agent.password_hash if agent else "") or None  # whoever is invited has none yet
        if not await passwords.matches(stored_hash, password, is_known=bool(device)) or agent is None:
            return None
        if not needs_rehash(agent.password_hash):
            return agent
        new_hash = await passwords.rehash(password)
        return await database.write(lambda c: agents.replace_hash(c, agent, new_hash))

    async def _has_second_step(self, agent: Agent) -> bool:
        return await self._context.database.read(lambda c: two_step.is_on(c, agent.id))

    async def _ask_for_code(self, agent: Agent, next_page: str) -> Response:
        """Sends the browser to the form of the second step. A password that has just changed begins anew."""
        secret = await self._context.database.write(lambda c: second_step.begin_second_step(c, agent))
        if secret is None:
            return responses.redirect("/console/sign-in")
        response = responses.redirect(f"{CODE}?{urlencode({'next': next_page})}")
        self._context.second_step_cookie.set(response, secret)
        return response

    async def _read_half_signed_in(self, request: Request) -> Agent:
        secret = self._context.second_step_cookie.read(request)
        return await self._context.database.read(lambda c: second_step.find_half_signed_in(c, secret))

    async def _hit_second_step(self, request: Request, agent: Agent) -> None:
        """Counts one more code. Raises `TooMany`."""
        if device := self._context.device_cookie.find_device(request, agent):
            await self._context.rate_limiter.hit("second_step_on_known_device", request, device=device)
        else:
            await self._context.rate_limiter.hit("second_step", request, account=agent.id)

    async def _start_session(self, request: Request, agent: Agent) -> str | None:
        limits, client = self._context.session_limits, session_client(request)
        return await self._context.write(
            lambda c: accounts.sign_in(c, agent, limits, client),
            lambda secret: _describe(agent, "password") if secret else None,
        )

    def _begin_session(
        self,
        request: Request,
        agent: Agent,
        secret: str,
        method: Literal["password", "link"],
        next_page: str,
        second: Method | Literal[""] = "",
    ) -> Response:
        record_event(SecurityEvent.SIGN_IN, agent=agent.id, method=method, second_step=second)
        response = responses.redirect(next_page)
        self._context.session_cookie.set(response, secret)
        self._context.device_cookie.set(response, request, agent)
        return response


def _describe(agent: Agent, detail: Literal["password", "link"] | Method) -> AuditEntry:
    return AuditEntry(agent.id, AuditAction.SIGNED_IN, detail=detail)


def session_client(request: Request) -> SessionClient:
    return SessionClient(client_network(request), browser_and_platform(request.headers.get("user-agent", "")))


def _console_page(address: str) -> str:
    """Returns `address` where it is a page of the console, else the inbox: anybody can write the address of a link."""
    return address if _CONSOLE_PATH.fullmatch(address) else HOME
