"""The inbox: conversations and contact messages in one list."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import actions, responses, store
from forecourt.console.context import ConsoleContext
from forecourt.console.model import SHOWN, Agent, Show


class InboxRoutes:
    def __init__(self, desk: ConsoleContext):
        self._desk = desk

    def routes(self) -> list[Route]:
        return [
            self._desk.signed_in("GET", "/console/", self.page),
            self._desk.signed_in("GET", "/console/inbox", self.rows),
            self._desk.signed_in("GET", "/console/waiting", self.waiting),
        ]

    async def page(self, request: Request, agent: Agent) -> Response:
        return await self._answer(request, agent, "inbox")

    async def rows(self, request: Request, agent: Agent) -> Response:
        """The list alone, for a page that stands."""
        return await self._answer(request, agent, "inbox_rows")

    async def waiting(self, request: Request, agent: Agent) -> Response:
        """How many wait, for the link to the inbox."""
        number = await self._desk.database.read(store.waiting)
        return responses.page(request, "waiting", agent, waiting=number)

    async def _answer(self, request: Request, agent: Agent, template: str) -> Response:
        show, before = _show(request), moment(request)
        inbox = await self._desk.database.read(lambda c: actions.inbox(c, show, before))
        return responses.page(
            request, template, agent, inbox=inbox, waiting=inbox.waiting, show=show, shown=SHOWN, before=before
        )


def _show(request: Request) -> Show:
    wanted = request.query_params.get("show")
    return next((show for show in SHOWN if show == wanted), "open")


def moment(request: Request) -> datetime | None:
    """Where a page of a list begins, by `?before=`. What is no moment is the beginning."""
    try:
        return datetime.fromisoformat(request.query_params.get("before", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
