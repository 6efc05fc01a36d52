"""What every console route leans on: who is signed in, from where requests may come, and how a refusal looks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import responses, store
from forecourt.console.model import Agent
from forecourt.console.passwords import PasswordChecker
from forecourt.console.sessions import COOKIE, Sessions, holds
from forecourt.db.database import Database
from forecourt.errors import Refused, SignInRequired
from forecourt.settings.server import Settings
from forecourt.web.csrf import require_same_origin
from forecourt.web.rate_limits import RateLimiter

Handler = Callable[[Request], Awaitable[Response]]
AgentHandler = Callable[[Request, Agent], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class ConsoleContext:
    database: Database
    sessions: Sessions
    passwords: PasswordChecker
    limits: RateLimiter
    settings: Settings
    address: str  # where browsers reach Forecourt

    def open(self, method: str, path: str, handler: Handler) -> Route:
        """A route for anybody, from pages of ours where it changes something."""

        async def answer(request: Request) -> Response:
            try:
                require_same_origin(request, self.address)
                return await handler(request)
            except Refused as error:
                return responses.refusal(request, error)

        return Route(path, answer, methods=[method])

    def signed_in(self, method: str, path: str, handler: AgentHandler) -> Route:
        """A route for agents. Pages send others to sign in; what a page fetches by itself answers 403."""

        async def answer(request: Request) -> Response:
            agent = await self.agent(request)
            if agent is not None:
                return await handler(request, agent)
            if responses.is_fragment(request):
                raise SignInRequired("no session")
            return _elsewhere(request)

        return self.open(method, path, answer)

    async def agent(self, request: Request) -> Agent | None:
        claim = self.sessions.claim(request)
        if claim is None:
            return None
        found = await self.database.read(lambda c: store.agent(c, claim[0]))
        return found if holds(found, claim[1]) else None


def _elsewhere(request: Request) -> Response:
    """To sign in. A browser that follows a link in a mail keeps a Strict cookie back: our own page asks once more."""
    arriving = request.headers.get("sec-fetch-site") in ("cross-site", "same-site") and COOKIE not in request.cookies
    if arriving and request.method == "GET":
        return responses.page(request, "arriving")
    if request.method != "GET":
        return responses.see("/console/sign-in")
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return responses.see("/console/sign-in?" + urlencode({"next": wanted}))
