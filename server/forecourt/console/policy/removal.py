"""Removes a company or an engagement from the draft, or ends it on a day, after asking once more."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.policy.draft_session import DraftOvertaken, DraftSession, DraftState, render_page
from forecourt.console.policy.forms import form_fields
from forecourt.console.policy.forms.edit_form import EditForm
from forecourt.console.policy.forms.local_dates import date_locale, format_day, parse_day
from forecourt.errors import NotFound
from forecourt.policy import drafts

T = TypeVar("T")


class RemovalPage(Generic[T]):
    def __init__(self, session: DraftSession, form: EditForm[T]):
        self._session = session
        self._form = form

    def routes(self) -> Sequence[Route]:
        return self._session.form_routes(f"{self._form.tab}/{{id}}/remove", self.ask, self.remove)

    async def ask(self, request: Request, agent: Agent) -> Response:
        return self._render(request, agent, await self._session.read_state(request))

    async def remove(self, request: Request, agent: Agent) -> Response:
        state, posted_fields = await self._session.read_state(request), await form_fields.read_fields(request)
        name, version = request.path_params["id"], form_fields.first_value(posted_fields, "version")
        day = parse_day(form_fields.first_value(posted_fields, "removed"), _date_locale(request))
        ends = form_fields.first_value(posted_fields, "how") == "day"
        if ends and day is None:
            example = format_day(state.edition.day, _date_locale(request))
            error = responses.words(request)("error.field.day", example=example)
            return self._render(request, agent, state, 422, error, form_fields.first_value(posted_fields, "removed"))
        if not ends and self._form.find_uses(state, name, responses.words(request)):
            return self._render(request, agent, state, 409)
        try:
            value = self._require(state, name)
            with_end = self._form.with_end(value, day) if day and ends else None
            await self._session.save_part(state.name, agent, self._form.lens(name), version, with_end)
        except DraftOvertaken as error:
            return self._render(request, agent, error.state, 409, responses.words(request)("error.policy_moved"))
        return responses.redirect(f"{state.base}{self._form.tab}?done={'saved' if ends else 'removed'}")

    def _render(
        self, request: Request, agent: Agent, state: DraftState, status: int = 200, error: str = "", typed_day: str = ""
    ) -> Response:
        name = request.path_params["id"]
        value = self._require(state, name)
        # What was never published is removed; what readers have seen ends on a day.
        can_end = self._form.can_end and self._form.lens(name).get(state.release.policy) is not None
        locale, words = _date_locale(request), responses.words(request)
        end = self._form.get_end(value)
        context = {
            "name": name,
            "label": self._form.label_of(value, state, words.locale),
            "version": drafts.fingerprint(value),
            "can_end": can_end,
            "error": error,
            "uses": self._form.find_uses(state, name, words),
            "end": typed_day or (format_day(end, locale) if end else ""),
            "date_example": format_day(state.edition.day, locale),
        }
        return render_page(request, "removal", agent, state, self._form.tab, status, **context)

    def _require(self, state: DraftState, name: str) -> T:
        """Returns the part with this id. Raises `NotFound`."""
        value = self._form.lens(name).get(state.policy)
        if value is None:
            raise NotFound(name)
        return value


def _date_locale(request: Request) -> str:
    return date_locale(request, responses.language(request))
