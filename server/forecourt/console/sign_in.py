"""Signs agents in, by password or by a one-time link, and out."""

import re
from functools import partial
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import accounts, agents, responses, sessions
from forecourt.console.agents import Agent
from forecourt.console.context import HOME, ConsoleContext
from forecourt.console.passwords import needs_rehash
from forecourt.console.sessions import SessionClient
from forecourt.errors import TooMany
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.web import forms
from forecourt.web.client_network import client_network
from forecourt.web.problems import retry_after_header
from forecourt.web.user_agent import browser_and_platform

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
        secret = await self._start_session(request, agent) if agent else None
        if agent is None or secret is None:
            record_event(SecurityEvent.SIGN_IN_FAILED, account=self._context.fingerprint(email))
            return render_form(status=422, error=responses.words(request)("console.wrong_password"))
        return self._begin_session(request, agent, secret, "password", next_page)

    async def sign_out(self, request: Request) -> Response:
        response = responses.redirect("/console/sign-in")
        if session := await self._context.read_session(request):
            await self._context.database.write(lambda c: sessions.end_session(c, session.agent, session.id))
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
        agent, session_secret = await database.write(lambda c: accounts.sign_in_by_link(c, secret, limits, client))
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

    async def _start_session(self, request: Request, agent: Agent) -> str | None:
        limits, client = self._context.session_limits, session_client(request)
        return await self._context.database.write(lambda c: accounts.sign_in(c, agent, limits, client))

    def _begin_session(
        self, request: Request, agent: Agent, secret: str, method: Literal["password", "link"], next_page: str
    ) -> Response:
        record_event(SecurityEvent.SIGN_IN, agent=agent.id, method=method)
        response = responses.redirect(next_page)
        self._context.session_cookie.set(response, secret)
        self._context.device_cookie.set(response, request, agent)
        return response


def session_client(request: Request) -> SessionClient:
    return SessionClient(client_network(request), browser_and_platform(request.headers.get("user-agent", "")))


def _console_page(address: str) -> str:
    """Returns `address` where it is a page of the console, else the inbox: anybody can write the address of a link."""
    return address if _CONSOLE_PATH.fullmatch(address) else HOME
