"""Gives every console page the signed-in agent, the origin check and the look of an error page."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import responses, sessions
from forecourt.console.agents import Agent, find_agent
from forecourt.console.audit_log import AuditEntry, append_entry
from forecourt.console.console_mails import ConsoleMails
from forecourt.console.device_cookie import DeviceCookie
from forecourt.console.host_cookie import HostCookie
from forecourt.console.passwords import PasswordChecker
from forecourt.console.roles import Permission, home_page
from forecourt.console.sessions import Session, SessionLimits
from forecourt.db.database import Database
from forecourt.errors import Refusal, RoleRefused, SignInRequired, Unavailable
from forecourt.settings.server import Settings
from forecourt.signing_keys import Fingerprints
from forecourt.web.csrf import require_same_origin
from forecourt.web.rate_limiter import RateLimiter

Handler = Callable[[Request], Awaitable[Response]]
AgentHandler = Callable[[Request, Agent], Awaitable[Response]]
T = TypeVar("T")
HOME = "/console/"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ConsoleContext:
    """Holds what console pages share. `address`: where browsers reach Forecourt, without a slash at the end."""

    database: Database
    session_cookie: HostCookie
    device_cookie: DeviceCookie
    second_step_cookie: HostCookie
    session_limits: SessionLimits
    passwords: PasswordChecker
    rate_limiter: RateLimiter
    settings: Settings
    address: str
    fingerprints: Fingerprints
    mails: ConsoleMails

    def fingerprint(self, email: str) -> str:
        """Returns a keyed hash of an address as typed, for the security log: equal for equal addresses, and no more."""
        return self.fingerprints(email.lower())[0][:16]

    def public_route(self, method: str, path: str, handler: Handler) -> Route:
        """Returns a route for anybody. A request that changes something must come from a page of Forecourt's own."""

        async def handle(request: Request) -> Response:
            try:
                require_same_origin(request, self.address)
                return await handler(request)
            except Refusal as error:
                return responses.error_response(request, error)

        return Route(path, handle, methods=[method])

    def agent_route(self, method: str, path: str, handler: AgentHandler, permission: Permission) -> Route:
        """Returns a route for agents whose role has the permission; agents of other roles are refused.

        It sends others to sign in; what a page's script fetches answers 403 then.
        """

        async def handle(request: Request) -> Response:
            agent = await self.read_agent(request)
            if agent is None:
                return self._ask_to_sign_in(request)
            if not agent.has(permission):
                return _refuse_role(request, agent)
            return await handler(request, agent)

        return self.public_route(method, path, handle)

    async def require_agent(self, request: Request, permission: Permission) -> Agent:
        return await self.require_agent_of(self.session_cookie.read(request), permission)

    async def require_agent_of(self, secret: str, permission: Permission) -> Agent:
        """Returns whose session has that secret, for what is no page. Raises `SignInRequired` and `RoleRefused`."""
        agent = await self.find_signed_in(secret)
        if agent is None:
            raise SignInRequired("no session")
        if not agent.has(permission):
            raise RoleRefused(agent.role)
        return agent

    async def write(self, job: Callable[[Connection], T], describe: Callable[[T], AuditEntry | None]) -> T:
        """Carries the job out, and appends what `describe` makes of its result to the audit log: both, or neither."""

        def write(connection: Connection) -> T:
            result = job(connection)
            if entry := describe(result):
                append_entry(connection, entry)
            return result

        return await self.database.write(write)

    async def record(self, entry: AuditEntry) -> None:
        """Appends what is about to be done to the audit log. Without that it must not be done."""
        await self.database.write(lambda c: append_entry(c, entry))

    async def record_view(self, entry: AuditEntry) -> None:
        """Appends what somebody looked at to the audit log. A full disk keeps nobody from reading."""
        try:
            await self.record(entry)
        except Unavailable:
            _log.warning("the audit log misses that %s did %s %s", entry.agent, entry.action, entry.subject)

    async def read_agent(self, request: Request) -> Agent | None:
        return await self.find_signed_in(self.session_cookie.read(request))

    async def find_signed_in(self, secret: str) -> Agent | None:
        """Returns whose session has that secret, and notes now and then that the session is in use."""
        session = await self._find_session(secret)
        if session is None:
            return None
        if sessions.is_use_due(session):
            with suppress(Unavailable):  # a full disk keeps nobody from reading
                await self.database.write(lambda c: sessions.note_use(c, session))
        return await self.database.read(lambda c: find_agent(c, session.agent))

    async def read_session(self, request: Request) -> Session | None:
        return await self._find_session(self.session_cookie.read(request))

    async def _find_session(self, secret: str) -> Session | None:
        if not secret:
            return None
        return await self.database.read(lambda c: sessions.find_session(c, secret, self.session_limits))

    def _ask_to_sign_in(self, request: Request) -> Response:
        """Redirects to the sign-in page. Raises `SignInRequired` where a page's script asks.

        A browser that follows a link in a mail sends no `SameSite=Strict` cookie: a page of ours, which loads itself
        once more, gets it.
        """
        if responses.is_fragment(request):
            raise SignInRequired("no session")
        is_from_elsewhere = request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
        if is_from_elsewhere and self.session_cookie.name not in request.cookies and request.method == "GET":
            return responses.render_page(request, "cookie_reload")
        if request.method != "GET":
            return responses.redirect("/console/sign-in")
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return responses.redirect("/console/sign-in?" + urlencode({"next": path}))


def _refuse_role(request: Request, agent: Agent) -> Response:
    """Refuses a page that the agent's role does not include. Who asks for the console itself comes to their work."""
    if request.url.path == HOME and request.method == "GET" and not responses.is_fragment(request):
        return responses.redirect(home_page(agent.role))
    raise RoleRefused(agent.role)
