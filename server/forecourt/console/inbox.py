"""Shows the inbox: chats and contact messages in one list, by tab, filtered by what its address says."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import assignees, departments, responses
from forecourt.console.agents import Agent
from forecourt.console.bulk_actions import FIELDS_AT_MOST, BulkChange, BulkResult
from forecourt.console.context import ConsoleContext
from forecourt.console.inbox_filter import TABS, FilterChoices, inbox_query, parse_tab
from forecourt.console.inbox_queries import (
    COUNTED_AT_MOST,
    OLDEST_FIRST,
    InboxCursor,
    count_tabs,
    cursor_name,
    read_page,
)
from forecourt.console.roles import Permission
from forecourt.console.snooze_end import CHOICES
from forecourt.console.waiting_counts import count_waiting
from forecourt.policy.store import list_unpublished
from forecourt.web import forms


class InboxRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context
        self._choices = FilterChoices.from_settings(context.settings)

    def routes(self) -> list[Route]:
        route = partial(self._context.agent_route, permission=Permission.INBOX)
        return [
            route("GET", "/console/", self.show_page),
            route("GET", "/console/inbox", self.show_rows),
            route("GET", "/console/waiting", self.show_waiting_count),
            route("POST", "/console/bulk", self.change_many),
        ]

    async def show_page(self, request: Request, agent: Agent) -> Response:
        """Shows the inbox. Who may edit policies is told first of those that are not published yet."""
        sites = self._context.settings.sites if agent.has(Permission.POLICY) else ()
        unpublished_sites = await self._context.database.read(lambda c: list_unpublished(c, sites))
        return await self._render_whole(request, agent, unpublished_sites=unpublished_sites)

    async def show_rows(self, request: Request, agent: Agent) -> Response:
        """Answers with the list alone, for an open page that refreshes it."""
        return await self._render(request, agent, "inbox_rows")

    async def show_waiting_count(self, request: Request, agent: Agent) -> Response:
        """Answers with the text of the link to the inbox, which says how many wait."""
        waiting = await self._context.database.read(count_waiting)
        return responses.render_page(request, "inbox_link", agent, waiting=waiting)

    async def change_many(self, request: Request, agent: Agent) -> Response:
        """Does one thing to all ticked conversations, and says what was done and what could not be."""
        pairs = await forms.read_form_pairs(request, FIELDS_AT_MOST)
        change = BulkChange.from_form(pairs, agent)
        result = await self._context.database.write(change.carry_out)
        if not responses.is_fragment(request):
            return await self._render_whole(request, agent, bulk=result)
        choices, _ = await self._read_choices()
        tab, inbox_filter = parse_tab(request.query_params), choices.parse(request.query_params)
        context: dict[str, Any] = {"bulk": result, "tab": tab, "filter": inbox_filter, "query": inbox_query}
        response = responses.render_page(request, "bulk_result", agent, **context)
        response.headers["hx-trigger"] = "inbox, bulk-done"
        return response

    async def _render_whole(
        self, request: Request, agent: Agent, unpublished_sites: Sequence[str] = (), bulk: BulkResult | None = None
    ) -> Response:
        people = await self._context.database.read(assignees.list_assignees)
        return await self._render(
            request,
            agent,
            "inbox",
            sites=sorted(self._context.settings.sites),
            unpublished_sites=unpublished_sites,
            assignees=people,
            snooze_choices=CHOICES,
            bulk=bulk,
        )

    async def _render(self, request: Request, agent: Agent, template: str, **more: Any) -> Response:
        context = await self._read_inbox(request, agent)
        return responses.render_page(request, template, agent, **context, **more)

    async def _read_choices(self) -> tuple[FilterChoices, dict[str, str]]:
        """Returns what can be filtered by, and the names of departments by their ids."""
        rows = await self._context.database.read(departments.list_departments)
        names = {row.id: row.name for row in rows}
        return self._choices.with_departments(list(names)), names

    async def _read_inbox(self, request: Request, agent: Agent) -> dict[str, Any]:
        """Returns what the list's template needs."""
        query = request.query_params
        choices, names = await self._read_choices()
        tab, inbox_filter = parse_tab(query), choices.parse(query)
        cursor = InboxCursor.parse(query, tab)
        inbox, counts, waiting = await self._context.database.read(
            lambda c: (
                read_page(c, tab, agent.id, inbox_filter, cursor),
                {} if inbox_filter else count_tabs(c, agent.id),
                count_waiting(c),
            )
        )
        return {
            "inbox": inbox,
            "counts": counts,
            "counted_at_most": COUNTED_AT_MOST,
            "waiting": waiting,
            "tab": tab,
            "tabs": TABS,
            "cursor": cursor,
            "cursor_name": cursor_name(tab),
            "is_oldest_first": tab in OLDEST_FIRST,
            "filter": inbox_filter,
            "choices": choices.values,
            "department_names": names,
            "query": inbox_query,
        }
