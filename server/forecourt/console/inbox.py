"""Shows the inbox: chats and contact messages in one list, the newest first.

What waits is listed the other way round, since who has waited longest comes first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.context import ConsoleContext
from forecourt.console.pagination import BEGINNING_OF_TIME, END_OF_TIME, parse_cursor, split_page
from forecourt.console.roles import Permission
from forecourt.console.waiting_counts import IS_WAITING, WaitingCounts, count_waiting
from forecourt.db.tables import conversation_events, conversations
from forecourt.policy.store import list_unpublished
from forecourt.support.model import Conversation, ConversationState
from forecourt.support.store import to_conversation

INBOX_ROWS = 50
EXCERPT_LENGTH = 200  # characters of a message in the inbox

InboxTab = Literal["open", "waiting", "closed"]
TABS: tuple[InboxTab, ...] = ("open", "waiting", "closed")

# Conversations in which nothing has been said yet have no last message, so they wait for nobody and are not shown.
_IS_LAST_MESSAGE = and_(
    conversation_events.c.conversation == conversations.c.id,
    conversation_events.c.seq == conversations.c.last_message_seq,
)
_SELECT = (
    select(conversations, conversation_events.c.body, conversation_events.c.author)
    .join(conversation_events, _IS_LAST_MESSAGE)
    .limit(bindparam("limit"))
)
_SELECT_NEWEST = _SELECT.where(conversations.c.last_message_at < bindparam("cursor")).order_by(
    conversations.c.last_message_at.desc()
)
_IS_CLOSED = conversations.c.state == ConversationState.CLOSED
_SELECT_TAB: dict[InboxTab, Select[Any]] = {
    "open": _SELECT_NEWEST.where(~_IS_CLOSED),
    "waiting": _SELECT.where(IS_WAITING, conversations.c.waiting_since > bindparam("cursor")).order_by(
        conversations.c.waiting_since
    ),
    "closed": _SELECT_NEWEST.where(_IS_CLOSED),
}


@dataclass(frozen=True, slots=True)
class InboxRow:
    """Holds one row of the inbox. `author` wrote the excerpt: `visitor` or `agent`."""

    conversation: Conversation
    excerpt: str
    author: str


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Holds one page of the inbox. `next_cursor`: where the next page begins, None on the last."""

    rows: Sequence[InboxRow]
    next_cursor: datetime | None
    waiting: WaitingCounts


class InboxRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> list[Route]:
        route = partial(self._context.agent_route, permission=Permission.INBOX)
        return [
            route("GET", "/console/", self.show_page),
            route("GET", "/console/inbox", self.show_rows),
            route("GET", "/console/waiting", self.show_waiting_count),
        ]

    async def show_page(self, request: Request, agent: Agent) -> Response:
        """Shows the inbox. Who may edit policies is told first of those that are not published yet."""
        sites = self._context.settings.sites if agent.has(Permission.POLICY) else ()
        unpublished_sites = await self._context.database.read(lambda c: list_unpublished(c, sites))
        return await self._render(request, agent, "inbox", unpublished_sites)

    async def show_rows(self, request: Request, agent: Agent) -> Response:
        """Answers with the list alone, for an open page that refreshes it."""
        return await self._render(request, agent, "inbox_rows")

    async def show_waiting_count(self, request: Request, agent: Agent) -> Response:
        """Answers with the text of the link to the inbox, which says how many wait."""
        waiting = await self._context.database.read(count_waiting)
        return responses.render_page(request, "inbox_link", agent, waiting=waiting)

    async def _render(
        self, request: Request, agent: Agent, template: str, unpublished_sites: Sequence[str] = ()
    ) -> Response:
        tab = _parse_tab(request)
        cursor_name = "after" if tab == "waiting" else "before"
        cursor = parse_cursor(request, cursor_name)
        inbox = await self._context.database.read(lambda c: read_inbox(c, tab, cursor))
        return responses.render_page(
            request,
            template,
            agent,
            inbox=inbox,
            waiting=inbox.waiting,
            tab=tab,
            tabs=TABS,
            cursor=cursor,
            cursor_name=cursor_name,
            sites=sorted(self._context.settings.sites),
            unpublished_sites=unpublished_sites,
        )


def read_inbox(connection: Connection, tab: InboxTab, cursor: datetime | None) -> InboxPage:
    """Returns items of a tab: those that have waited longest, of those since `cursor`; else the newest before it."""
    is_oldest_first = tab == "waiting"
    params = {"cursor": cursor or (BEGINNING_OF_TIME if is_oldest_first else END_OF_TIME), "limit": INBOX_ROWS + 1}
    rows = [_to_row(row) for row in connection.execute(_SELECT_TAB[tab], params).mappings()]
    page, last = split_page(rows, INBOX_ROWS)
    next_cursor = _cursor_of(last.conversation, is_oldest_first) if last else None
    return InboxPage(page, next_cursor, count_waiting(connection))


def _cursor_of(conversation: Conversation, is_oldest_first: bool) -> datetime:
    last_message_at = conversation.last_message_at
    return conversation.waiting_since or last_message_at if is_oldest_first else last_message_at


def _to_row(row: RowMapping) -> InboxRow:
    return InboxRow(to_conversation(row), _excerpt(row["body"]), row["author"])


def _parse_tab(request: Request) -> InboxTab:
    """Returns the tab that `?show=` names; anything else is the open ones."""
    name = request.query_params.get("show")
    return next((tab for tab in TABS if tab == name), "open")


def _excerpt(body: str) -> str:
    """Returns the beginning of a message in one line."""
    return " ".join(body.split())[:EXCERPT_LENGTH]
