"""Searches all that was said: messages, notes, subjects, and with whom."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.context import ConsoleContext
from forecourt.console.roles import Permission
from forecourt.console.search_queries import RANKED, ResultPage, SearchFields, search
from forecourt.console.waiting_counts import count_waiting
from forecourt.decoding import decode
from forecourt.errors import Fault, Invalid
from forecourt.fault_sentence import fault_sentence
from forecourt.support.model import ConversationChannel, ConversationState

SEARCH = "/console/search"
_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)
_FILTERS = ("person", "since", "until", "channel", "site", "state", "order")
_FIELDS = ("q", *_FILTERS, "before", "skip")


@dataclass(frozen=True, slots=True)
class SearchForm:
    """Holds the form above the results: what was typed, and what is wrong with it."""

    typed: Mapping[str, str]
    errors: Mapping[str, str]

    @property
    def query(self) -> str:
        """Returns the search as an address names it, without the place where a page begins."""
        return urlencode({name: self.typed[name] for name in ("q", *_FILTERS) if self.typed[name]})

    @property
    def is_filtered(self) -> bool:
        return any(self.typed[name] for name in _FILTERS)


class SearchRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> list[Route]:
        return [partial(self._context.agent_route, permission=Permission.INBOX)("GET", SEARCH, self.show)]

    async def show(self, request: Request, agent: Agent) -> Response:
        typed = defaultdict(str, _typed_fields(request))
        page, errors = None, dict[str, str]()
        try:
            fields = _parse_fields(typed, self._context.settings.sites)
            if typed["q"] or typed["person"]:
                page = await self._search(fields, agent)
        except Invalid as error:
            words = responses.words(request)
            errors = {fault.path: fault_sentence(fault, words) for fault in error.faults}
        return await self._render(request, agent, SearchForm(typed, defaultdict(str, errors)), page)

    async def _search(self, fields: SearchFields, agent: Agent) -> ResultPage:
        page = await self._context.database.read(lambda c: search(c, fields))
        await self._context.record_view(AuditEntry(agent.id, AuditAction.SEARCHED))
        return page

    async def _render(self, request: Request, agent: Agent, form: SearchForm, page: ResultPage | None) -> Response:
        return responses.render_page(
            request,
            "search",
            agent,
            422 if form.errors else 200,
            form=form,
            page=page,
            is_first_page=not form.typed["before"],
            sites=sorted(self._context.settings.sites),
            channels=tuple(ConversationChannel),
            states=tuple(ConversationState),
            ranked=RANKED,
            waiting=await self._context.database.read(count_waiting),
        )


def _parse_fields(values: Mapping[str, str], sites: Mapping[str, object]) -> SearchFields:
    """Raises `Invalid` with every fault."""
    try:
        fields = decode(dict(values), SearchFields)
    except Invalid as error:
        days = ("since", "until")
        raise Invalid([Fault(each.path, "date") if each.path in days else each for each in error.faults]) from None
    if fields.site and fields.site not in sites:
        raise Invalid([Fault("site", "choice")])
    if faults := [*_day_faults(fields)]:
        raise Invalid(faults)
    return fields


def _day_faults(fields: SearchFields) -> Iterator[Fault]:
    for name, day in (("since", fields.since), ("until", fields.until)):
        if day and not _FIRST <= day <= _LAST:
            yield Fault(name, "date")
            return
    if fields.since and fields.until and fields.since > fields.until:
        yield Fault("until", "before_the_first")


def _typed_fields(request: Request) -> dict[str, str]:
    """Returns the fields that are not empty. What an address has besides them is none of the search's."""
    return {name: text.strip() for name, text in request.query_params.items() if name in _FIELDS and text.strip()}
