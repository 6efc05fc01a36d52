"""Shows the inbox: conversations and contact messages in one list, the newest first.

What waits is listed the other way round, since who has waited longest comes first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, or_, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.chat.model import Conversation, ConversationState
from forecourt.console import inbox_items, responses
from forecourt.console.agents import Agent
from forecourt.console.context import ConsoleContext
from forecourt.console.inbox_items import (
    IS_OPEN_CONVERSATION,
    IS_WAITING_CONTACT_MESSAGE,
    IS_WAITING_CONVERSATION,
    InboxItem,
    WaitingCounts,
    count_waiting,
)
from forecourt.console.pagination import BEGINNING_OF_TIME, END_OF_TIME, parse_cursor, split_page
from forecourt.console.roles import Permission
from forecourt.contact.model import ContactMessage, ContactMessageState
from forecourt.db.tables import contact_messages, conversations, messages

INBOX_ROWS = 50
EXCERPT_LENGTH = 200  # characters of a message in the inbox

InboxTab = Literal["open", "waiting", "closed"]
TABS: tuple[InboxTab, ...] = ("open", "waiting", "closed")

# Conversations in which nothing has been said yet have no last message, so they wait for nobody and are not shown.
_CONVERSATIONS = (
    select(conversations, messages.c.body, messages.c.author)
    .join(messages, and_(messages.c.conversation == conversations.c.id, messages.c.seq == conversations.c.last_seq))
    .limit(bindparam("limit"))
)
_NEWEST_CONVERSATIONS = _CONVERSATIONS.where(conversations.c.last_message_at < bindparam("cursor")).order_by(
    conversations.c.last_message_at.desc()
)
_CONVERSATIONS_OF: dict[InboxTab, Select[Any]] = {
    "open": _NEWEST_CONVERSATIONS.where(IS_OPEN_CONVERSATION),
    "waiting": _CONVERSATIONS.where(
        IS_WAITING_CONVERSATION, conversations.c.waiting_since > bindparam("cursor")
    ).order_by(conversations.c.waiting_since),
    "closed": _NEWEST_CONVERSATIONS.where(conversations.c.state == "closed"),
}
_CONTACT_MESSAGES = select(contact_messages).limit(bindparam("limit"))
_NEWEST_CONTACT_MESSAGES = _CONTACT_MESSAGES.where(contact_messages.c.created_at < bindparam("cursor")).order_by(
    contact_messages.c.created_at.desc()
)
_CONTACT_MESSAGES_OF: dict[InboxTab, Select[Any]] = {
    "open": _NEWEST_CONTACT_MESSAGES.where(or_(IS_WAITING_CONTACT_MESSAGE, contact_messages.c.state == "answered")),
    "waiting": _CONTACT_MESSAGES.where(
        IS_WAITING_CONTACT_MESSAGE, contact_messages.c.created_at > bindparam("cursor")
    ).order_by(contact_messages.c.created_at),
    "closed": _NEWEST_CONTACT_MESSAGES.where(contact_messages.c.state == "closed"),
}


@dataclass(frozen=True, slots=True)
class InboxRow:
    """Holds one row of the inbox. `author` wrote the excerpt: `visitor` or `agent`."""

    item: InboxItem
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
        return await self._render(request, agent, "inbox")

    async def show_rows(self, request: Request, agent: Agent) -> Response:
        """Answers with the list alone, for an open page that refreshes it."""
        return await self._render(request, agent, "inbox_rows")

    async def show_waiting_count(self, request: Request, agent: Agent) -> Response:
        """Answers with the text of the link to the inbox, which says how many wait."""
        waiting = await self._context.database.read(count_waiting)
        return responses.render_page(request, "inbox_link", agent, waiting=waiting)

    async def _render(self, request: Request, agent: Agent, template: str) -> Response:
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
        )


def read_inbox(connection: Connection, tab: InboxTab, cursor: datetime | None) -> InboxPage:
    """Returns items of a tab: those that have waited longest, of those since `cursor`; else the newest before it."""
    is_oldest_first = tab == "waiting"
    params = {"cursor": cursor or (BEGINNING_OF_TIME if is_oldest_first else END_OF_TIME), "limit": INBOX_ROWS + 1}
    rows = [_conversation_row(row) for row in connection.execute(_CONVERSATIONS_OF[tab], params).mappings()]
    rows += [_contact_message_row(row) for row in connection.execute(_CONTACT_MESSAGES_OF[tab], params).mappings()]
    rows.sort(key=_waiting_since if is_oldest_first else _newest_at, reverse=not is_oldest_first)
    page, last = split_page(rows, INBOX_ROWS)
    next_cursor = (_waiting_since if is_oldest_first else _newest_at)(last) if last else None
    return InboxPage(page, next_cursor, count_waiting(connection))


def _newest_at(row: InboxRow) -> datetime:
    return row.item.at


def _waiting_since(row: InboxRow) -> datetime:
    return row.item.waiting_since or row.item.at


def _conversation_row(row: RowMapping) -> InboxRow:
    columns = {name: row[name] for name in conversations.c.keys()}  # noqa: SIM118 - the values are columns
    conversation = Conversation(**columns | {"state": ConversationState(row["state"])})
    return InboxRow(inbox_items.from_conversation(conversation), _excerpt(row["body"]), row["author"])


def _contact_message_row(row: RowMapping) -> InboxRow:
    message = ContactMessage(**{**row, "state": ContactMessageState(row["state"])})
    return InboxRow(inbox_items.from_contact_message(message), _excerpt(message.message), "visitor")


def _parse_tab(request: Request) -> InboxTab:
    """Returns the tab that `?show=` names; anything else is the open ones."""
    name = request.query_params.get("show")
    return next((tab for tab in TABS if tab == name), "open")


def _excerpt(body: str) -> str:
    """Returns the beginning of a message in one line."""
    return " ".join(body.split())[:EXCERPT_LENGTH]
