"""Taking a company or a service out of the draft, asked for once more before it is done."""

from datetime import date
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.policy import form_fields
from forecourt.console.policy.draft_session import DraftOvertaken, DraftSession, DraftState, page
from forecourt.console.policy.edit_form import EditForm
from forecourt.errors import NotFound
from forecourt.policy import drafts

T = TypeVar("T")


class RemovalPage(Generic[T]):
    def __init__(self, bench: DraftSession, sheet: EditForm[T]):
        self._bench = bench
        self._sheet = sheet

    async def ask(self, request: Request, agent: Agent) -> Response:
        return self._page(request, agent, await self._bench.work(request))

    async def remove(self, request: Request, agent: Agent) -> Response:
        work, sent = await self._bench.work(request), await form_fields.read(request)
        name = request.path_params["id"]
        day, ends = _day(form_fields.first(sent, "removed")), form_fields.first(sent, "how") == "day"
        if ends and day is None:
            return self._page(request, agent, work, 422, responses.words(request)("error.field.date"))
        if not ends and self._sheet.uses(work, name):
            return self._page(request, agent, work, 409)
        try:
            value = self._found(work, name)
            ending = self._sheet.ended(value, day) if day and ends else None
            await self._bench.put(work.name, agent, self._sheet.part(name), form_fields.first(sent, "seen"), ending)
        except DraftOvertaken as error:
            said = responses.words(request)("error.policy_moved")
            return self._page(request, agent, error.work, 409, said)
        return responses.redirect(f"{work.base}{self._sheet.here}?done={'saved' if ends else 'removed'}")

    def _page(self, request: Request, agent: Agent, work: DraftState, status: int = 200, said: str = "") -> Response:
        name = request.path_params["id"]
        value = self._found(work, name)
        context = {
            "value": value,
            "seen": drafts.fingerprint(value),
            "uses": self._sheet.uses(work, name),
            "said": said,
        }
        ends = self._sheet.can_end and self._sheet.part(name).of(work.standing.policy) is not None
        return page(request, "remove", agent, work, self._sheet.here, status, ends=ends, **context)

    def _found(self, work: DraftState, name: str) -> T:
        """Raises `NotFound`."""
        value = self._sheet.part(name).of(work.policy)
        if value is None:
            raise NotFound(name)
        return value


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
