"""Shows agents where they are signed in, and ends sessions: one, or all but the one that asks."""

from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import responses, sessions
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import ConsoleContext
from forecourt.console.roles import Permission
from forecourt.console.waiting_counts import count_waiting
from forecourt.logs.security_log import SecurityEvent, record_event

SESSIONS = "/console/sessions"


class SessionRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> list[Route]:
        route = partial(self._context.agent_route, permission=Permission.ACCOUNT)
        return [
            route("GET", SESSIONS, self.show_list),
            route("POST", SESSIONS + "/end-others", self.end_others),
            route("POST", SESSIONS + "/{id}/end", self.end),
        ]

    async def show_list(self, request: Request, agent: Agent) -> Response:
        current, limits = await self._context.read_session(request), self._context.session_limits
        rows, waiting = await self._context.database.read(
            lambda c: (sessions.list_sessions(c, agent.id, limits), count_waiting(c))
        )
        return responses.render_page(
            request,
            "sessions",
            agent,
            rows=rows,
            current=current.id if current else "",
            has_new_password=request.query_params.get("done") == "password",
            waiting=waiting,
        )

    async def end(self, request: Request, agent: Agent) -> Response:
        """Ends one session of the agent's own. One that has ended already, or is another agent's, changes nothing."""
        identity = request.path_params["id"]
        return await self._end(agent, lambda c: int(sessions.end_session(c, agent.id, identity)))

    async def end_others(self, request: Request, agent: Agent) -> Response:
        current = await self._context.read_session(request)
        own_session = current.id if current else ""
        return await self._end(agent, lambda c: sessions.end_sessions(c, agent.id, except_session=own_session))

    async def _end(self, agent: Agent, job: Callable[[Connection], int]) -> Response:
        if count := await self._context.write(
            job, lambda count: AuditEntry(agent.id, AuditAction.SESSIONS_ENDED, detail=str(count)) if count else None
        ):
            record_event(SecurityEvent.SESSIONS_ENDED, agent=agent.id, count=count)
        return responses.redirect(SESSIONS)
