"""Objections as agents see them: the list by state, and one, to answer it or to open it again."""

from datetime import UTC, datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt import clock
from forecourt.console import responses
from forecourt.console.context import ConsoleContext
from forecourt.console.inbox import moment
from forecourt.console.model import ROWS, Agent
from forecourt.console.store import waiting as inbox_waiting
from forecourt.errors import Invalid
from forecourt.objections import actions, store
from forecourt.objections.model import ObjectionState
from forecourt.policy.context import SiteContext
from forecourt.text_types import Body
from forecourt.web import forms

BASE = "/console/objections"
_NEWEST = datetime.max.replace(tzinfo=UTC)


class AnswerBody(msgspec.Struct):
    body: Body


class ObjectionConsoleRoutes:
    """`about`: the sites as they stand, for the addresses that answers go out under."""

    def __init__(self, desk: ConsoleContext, about: SiteContext):
        self._desk, self._about = desk, about

    def routes(self) -> list[Route]:
        one = BASE + "/{id}"
        return [
            self._desk.signed_in("GET", BASE, self.listed),
            self._desk.signed_in("GET", one, self.show),
            self._desk.signed_in("POST", one + "/resolve", self.resolve),
            self._desk.signed_in("POST", one + "/reopen", self.reopen),
        ]

    async def listed(self, request: Request, agent: Agent) -> Response:
        state, before = _state(request), moment(request)
        until = before or _NEWEST
        rows, waiting = await self._desk.database.read(
            lambda c: (store.listed(c, state, until, ROWS + 1), inbox_waiting(c))
        )
        shown, older = rows[:ROWS], rows[ROWS - 1].at if len(rows) > ROWS else None
        return responses.page(
            request,
            "objections",
            agent,
            rows=shown,
            older=older,
            waiting=waiting,
            before=before,
            state=state,
            states=tuple(ObjectionState),
            today=clock.now().date(),
        )

    async def show(self, request: Request, agent: Agent) -> Response:
        return await self._page(request, agent)

    async def resolve(self, request: Request, agent: Agent) -> Response:
        """Of two at once one is told, with what they typed kept."""
        fields, identity = await forms.read_form(request), request.path_params["id"]
        try:
            body = forms.decode_form(fields, AnswerBody).body
        except Invalid as error:
            return await self._page(request, agent, 422, fields.get("body", ""), responses.said(request, error))
        found, _ = await self._desk.database.read(lambda c: actions.one(c, identity))
        at = self._about.live_sites.get(found.site)
        desk = actions.ObjectionMailRouting(at, self._about.sender(at), self._about.address)
        if await self._desk.database.write(lambda c: actions.resolve(c, identity, agent.id, body, desk)):
            return responses.see(f"{BASE}/{identity}")
        return await self._page(request, agent, 409, body)

    async def reopen(self, request: Request, agent: Agent) -> Response:
        identity = request.path_params["id"]
        if await self._desk.database.write(lambda c: actions.reopen(c, identity)):
            return responses.see(f"{BASE}/{identity}")
        said = responses.words(request)("console.objection.not_reopened")
        return await self._page(request, agent, 409, said=said)

    async def _page(
        self, request: Request, agent: Agent, status: int = 200, typed: str = "", said: str = ""
    ) -> Response:
        identity = request.path_params["id"]
        (found, answers), waiting = await self._desk.database.read(
            lambda c: (actions.one(c, identity), inbox_waiting(c))
        )
        if typed and not said:
            said = responses.words(request)(f"console.objection.meanwhile.{found.state}")
        context = {"o": found, "answers": answers, "base": f"{BASE}/{identity}", "today": clock.now().date()}
        return responses.page(request, "objection", agent, status, typed=typed, said=said, waiting=waiting, **context)


def _state(request: Request) -> ObjectionState:
    """What is no state is the open ones."""
    wanted = request.query_params.get("show")
    return next((state for state in ObjectionState if state == wanted), ObjectionState.OPEN)
