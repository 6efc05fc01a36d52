"""Signing in, by password or by a one-time link, and out."""

import re
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import actions, responses, store
from forecourt.console.context import ConsoleContext
from forecourt.console.model import Agent
from forecourt.console.passwords import needs_rehash
from forecourt.errors import TooMany
from forecourt.web import forms
from forecourt.web.problems import retry_after_header

HOME = "/console/"
_OURS = re.compile(r"/console/[A-Za-z0-9_/?=&.%+-]*")


class SignInRoutes:
    def __init__(self, desk: ConsoleContext):
        self._desk = desk

    def routes(self) -> list[Route]:
        link = "/console/link/{secret}"
        return [
            self._desk.open("GET", "/console/sign-in", self.ask),
            self._desk.open("POST", "/console/sign-in", self.sign_in),
            self._desk.open("POST", "/console/sign-out", self.sign_out),
            self._desk.open("GET", link, self.link),
            self._desk.open("POST", link, self.use_link),
        ]

    async def ask(self, request: Request) -> Response:
        wanted = _safe(request.query_params.get("next", ""))
        if await self._desk.agent(request):
            return responses.see(wanted)
        return responses.page(request, "sign_in", next=wanted, email="", said="")

    async def sign_in(self, request: Request) -> Response:
        fields = await forms.read_form(request)
        email, wanted = fields.get("email", "").replace("\0", "").strip()[:254], _safe(fields.get("next", ""))
        again = partial(responses.page, request, "sign_in", next=wanted, email=email)
        try:
            self._desk.limits.hit("sign_in", request, account=email.lower())
        except TooMany as error:
            response = again(status=error.status, said=responses.said(request, error))
            response.headers.update(retry_after_header(error))
            return response
        agent = await self._known(email.lower(), fields.get("password", ""))
        if agent is None:
            return again(status=422, said=responses.words(request)("console.not_known"))
        return self._begin(agent, wanted)

    async def sign_out(self, request: Request) -> Response:
        response = responses.see("/console/sign-in")
        self._desk.sessions.end(response)
        return response

    async def link(self, request: Request) -> Response:
        """A page with one button. GET and HEAD change nothing: scanners follow links."""
        await self._desk.database.read(lambda c: actions.look_at_link(c, request.path_params["secret"]))
        return responses.page(request, "link")

    async def use_link(self, request: Request) -> Response:
        self._desk.limits.hit("sign_in", request)
        agent = await self._desk.database.write(lambda c: actions.use_link(c, request.path_params["secret"]))
        return self._begin(agent, HOME)

    async def _known(self, email: str, password: str) -> Agent | None:
        database, passwords = self._desk.database, self._desk.passwords
        agent = await database.read(lambda c: store.agent_by_email(c, email))
        if not await passwords.match(agent.password if agent else None, password) or agent is None:
            return None
        if not needs_rehash(agent.password):
            return agent
        fresh = await passwords.rehash(password)
        return await database.write(lambda c: actions.set_password(c, agent, fresh))

    def _begin(self, agent: Agent, wanted: str) -> Response:
        response = responses.see(wanted)
        self._desk.sessions.begin(response, agent)
        return response


def _safe(wanted: str) -> str:
    """Only to a page of the console: `next` stands in an address that anybody can write."""
    return wanted if _OURS.fullmatch(wanted) else HOME
