"""Signs agents in, by password or by a one-time link, and out."""

import re
from functools import partial
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import agents, responses
from forecourt.console.agents import Agent
from forecourt.console.context import ConsoleContext
from forecourt.console.passwords import needs_rehash
from forecourt.errors import TooMany
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.web import forms
from forecourt.web.problems import retry_after_header

HOME = "/console/"
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
        return responses.render_page(request, "sign_in", next_page=next_page, email="", error="")

    async def sign_in(self, request: Request) -> Response:
        fields = await forms.read_form(request)
        email = fields.get("email", "").replace("\0", "").strip()[:254]
        next_page = _console_page(fields.get("next", ""))
        render_form = partial(responses.render_page, request, "sign_in", next_page=next_page, email=email)
        try:
            await self._context.limits.hit("sign_in", request, account=email.lower())
        except TooMany as error:
            record_event(SecurityEvent.SIGN_IN_REFUSED, account=self._context.fingerprint(email))
            response = render_form(status=error.status, error=responses.error_text(request, error))
            response.headers.update(retry_after_header(error))
            return response
        agent = await self._check_password(email, fields.get("password", ""))
        if agent is None:
            record_event(SecurityEvent.SIGN_IN_FAILED, account=self._context.fingerprint(email))
            return render_form(status=422, error=responses.words(request)("console.wrong_password"))
        return self._begin_session(agent, "password", next_page)

    async def sign_out(self, request: Request) -> Response:
        response = responses.redirect("/console/sign-in")
        if agent := await self._context.read_agent(request):
            record_event(SecurityEvent.SIGNED_OUT, agent=agent.id)
        self._context.sessions.end(response)
        return response

    async def show_link(self, request: Request) -> Response:
        """Shows a page with one button. GET and HEAD change nothing, for scanners of mails follow links too."""
        secret = request.path_params["secret"]
        await self._context.database.read(lambda c: agents.require_unused_link(c, secret))
        return responses.render_page(request, "sign_in_link")

    async def use_link(self, request: Request) -> Response:
        await self._context.limits.hit("sign_in", request)
        secret = request.path_params["secret"]
        agent = await self._context.database.write(lambda c: agents.use_sign_in_link(c, secret))
        return self._begin_session(agent, "link", HOME)

    async def _check_password(self, email: str, password: str) -> Agent | None:
        """Returns the agent whose password it is, and stores it anew where its hash has become weak."""
        database, passwords = self._context.database, self._context.passwords
        agent = await database.read(lambda c: agents.find_agent_by_email(c, email))
        if not await passwords.matches(agent.password_hash if agent else None, password) or agent is None:
            return None
        if not needs_rehash(agent.password_hash):
            return agent
        new_hash = await passwords.rehash(password)
        return await database.write(lambda c: agents.set_password(c, agent, new_hash))

    def _begin_session(self, agent: Agent, method: Literal["password", "link"], next_page: str) -> Response:
        record_event(SecurityEvent.SIGN_IN, agent=agent.id, method=method)
        response = responses.redirect(next_page)
        self._context.sessions.begin(response, agent)
        return response


def _console_page(address: str) -> str:
    """Returns `address` where it is a page of the console, else the inbox: anybody can write the address of a link."""
    return address if _CONSOLE_PATH.fullmatch(address) else HOME
