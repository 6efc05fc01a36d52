"""Reads the inbox: a page of a tab, and how many conversations each tab has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, Select, and_, func, literal, select, text, tuple_

from forecourt import clock
from forecourt.console.inbox_filter import NO_DEPARTMENT, WAITING_TIMES, InboxFilter, InboxTab
from forecourt.console.pagination import BEGINNING_OF_TIME, END_OF_TIME, split_page
from forecourt.db.index_choice import ColumnWithoutIndex
from forecourt.db.tables import (
    IN_INBOX,
    IS_CLOSED,
    IS_SNOOZED,
    IS_WAITING,
    agents,
    conversation_events,
    conversations,
    departments,
)
from forecourt.support.model import Conversation
from forecourt.support.store import to_conversation

INBOX_ROWS = 50
EXCERPT_LENGTH = 200  # characters of a message in the inbox
COUNTED_AT_MOST = 1000  # conversations of a tab

_COLUMN = conversations.c
# Each part is what an index holds, in the order of the column. Conversations in which nothing has been said yet wait
# for nobody and are in none.
_PARTS: Mapping[InboxTab, tuple[str, Column[Any]]] = {
    "mine": (IN_INBOX, _COLUMN.last_message_at),
    "unassigned": (IN_INBOX, _COLUMN.last_message_at),
    "open": (IN_INBOX, _COLUMN.last_message_at),
    "waiting": (IS_WAITING, _COLUMN.waiting_since),
    "snoozed": (IS_SNOOZED, _COLUMN.snoozed_until),
    "closed": (IS_CLOSED, _COLUMN.last_message_at),
}
OLDEST_FIRST: frozenset[InboxTab] = frozenset({"waiting", "snoozed"})
_COUNTED: tuple[InboxTab, ...] = ("mine", "unassigned", "open", "waiting", "snoozed")


@dataclass(frozen=True, slots=True)
class InboxCursor:
    """Says after which row a page begins: its moment in the order of the tab, and its id."""

    at: datetime
    conversation: str = ""

    @classmethod
    def parse(cls, query: Mapping[str, str], tab: InboxTab) -> "InboxCursor | None":
        """Returns the cursor of an address, `MOMENT` or `MOMENT_ID`; None where that is none."""
        moment, _, conversation = query.get(cursor_name(tab), "").partition("_")
        try:
            at = datetime.fromisoformat(moment).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return cls(at, conversation[:64])

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%M:%S.%fZ}_{self.conversation}"


@dataclass(frozen=True, slots=True)
class InboxRow:
    """Holds one row of the inbox. `author`, `visitor` or `agent`, wrote the excerpt. `assignee` and `department` are
    names.
    """

    conversation: Conversation
    excerpt: str
    author: str
    assignee: str
    department: str


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Holds one page of the inbox. `next_cursor`: where the next page begins, None on the last."""

    rows: Sequence[InboxRow]
    next_cursor: InboxCursor | None


def cursor_name(tab: InboxTab) -> str:
    """Returns what the cursor is called in an address."""
    return "after" if tab in OLDEST_FIRST else "before"


def read_page(
    connection: Connection, tab: InboxTab, agent: str, inbox_filter: InboxFilter, cursor: InboxCursor | None
) -> InboxPage:
    """Returns a page of a tab: the newest first, or who waits longest, or what comes back first."""
    rows = [_to_row(row) for row in connection.execute(_select_page(tab, agent, inbox_filter, cursor)).mappings()]
    page, last = split_page(rows, INBOX_ROWS)
    return InboxPage(page, _cursor_of(last.conversation, tab) if last else None)


def count_tabs(connection: Connection, agent: str) -> dict[InboxTab, int]:
    """Returns how many conversations each tab has, at most `COUNTED_AT_MOST`. The closed ones are not counted.

    Nothing is counted by a filter: all of every index would be read for that.
    """
    counts = []
    for tab in _COUNTED:
        every = select(literal(1)).select_from(conversations).where(*_conditions(tab, agent, InboxFilter()))
        some = every.limit(COUNTED_AT_MOST).subquery()
        counts.append(select(func.count()).select_from(some).scalar_subquery())
    return dict(zip(_COUNTED, connection.execute(select(*counts)).one(), strict=True))


def _select_page(tab: InboxTab, agent: str, inbox_filter: InboxFilter, cursor: InboxCursor | None) -> Select[Any]:
    """Returns the statement. It cuts the page first, so that what is joined to it is read for its rows alone."""
    moment = _PARTS[tab][1]
    order = (moment, _COLUMN.id) if tab in OLDEST_FIRST else (moment.desc(), _COLUMN.id.desc())
    conditions = (*_conditions(tab, agent, inbox_filter), _follows(tab, cursor))
    page = select(conversations).where(*conditions).order_by(*order).limit(INBOX_ROWS + 1).subquery("page")
    is_last_message = and_(
        conversation_events.c.conversation == page.c.id, conversation_events.c.seq == page.c.last_message_seq
    )
    key = page.c[moment.name]
    return (
        select(
            page,
            conversation_events.c.body,
            conversation_events.c.author,
            agents.c.name.label("assignee_name"),
            departments.c.name.label("department_name"),
        )
        .outerjoin(conversation_events, is_last_message)
        .outerjoin(agents, agents.c.id == page.c.assignee)
        .outerjoin(departments, departments.c.id == page.c.department)
        .order_by(*((key, page.c.id) if tab in OLDEST_FIRST else (key.desc(), page.c.id.desc())))
    )


def _conditions(tab: InboxTab, agent: str, inbox_filter: InboxFilter) -> Iterator[ColumnElement[bool]]:
    # The text itself, since neither engine would know by a parameter that an index holds what is asked for.
    yield text(_PARTS[tab][0])  # type: ignore[misc]  # SQLAlchemy takes it for a condition, mypy does not
    if tab in ("mine", "unassigned"):
        yield _COLUMN.assignee == (agent if tab == "mine" else "")
    for name, column in (("site", _COLUMN.site), ("language", _COLUMN.locale), ("channel", _COLUMN.channel)):
        if value := getattr(inbox_filter, name):
            yield ColumnWithoutIndex(column) == value
    if inbox_filter.department:
        value = "" if inbox_filter.department == NO_DEPARTMENT else inbox_filter.department
        yield ColumnWithoutIndex(_COLUMN.department) == value
    if inbox_filter.waiting:
        yield _COLUMN.waiting_since <= clock.now() - WAITING_TIMES[inbox_filter.waiting]


def _follows(tab: InboxTab, cursor: InboxCursor | None) -> ColumnElement[bool]:
    key = tuple_(_PARTS[tab][1], _COLUMN.id)
    if tab not in OLDEST_FIRST:
        start = cursor or InboxCursor(END_OF_TIME)
        return key < tuple_(literal(start.at, _COLUMN.created_at.type), start.conversation)
    start = cursor or InboxCursor(BEGINNING_OF_TIME)
    # An address of 0.4.0 names no row: its page begins after the moment.
    at = start.at if start.conversation else min(start.at, END_OF_TIME - timedelta(seconds=1)) + timedelta(0, 0, 1)
    return key > tuple_(literal(at, _COLUMN.created_at.type), start.conversation)


def _cursor_of(conversation: Conversation, tab: InboxTab) -> InboxCursor:
    moment: datetime = getattr(conversation, _PARTS[tab][1].name)
    return InboxCursor(moment, conversation.id)


def _to_row(row: RowMapping) -> InboxRow:
    excerpt = " ".join((row["body"] or "").split())[:EXCERPT_LENGTH]
    return InboxRow(
        to_conversation(row),
        excerpt,
        row["author"] or "",
        *(row[f"{name}_name"] or "" for name in ("assignee", "department")),
    )
