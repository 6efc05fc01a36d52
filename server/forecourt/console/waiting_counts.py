"""Counts what waits for agents."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from forecourt.db.tables import conversations, objections
from forecourt.objections.model import ObjectionState
from forecourt.support.model import ConversationState

IS_WAITING = and_(conversations.c.state == ConversationState.OPEN, conversations.c.waiting_since.is_not(None))
_COUNT_WAITING = select(
    select(func.count()).select_from(conversations).where(IS_WAITING).scalar_subquery(),
    select(func.count()).select_from(objections).where(objections.c.state == ObjectionState.OPEN).scalar_subquery(),
)


@dataclass(frozen=True, slots=True)
class WaitingCounts:
    """Counts what waits for an answer over all sites, for the links that every page of the console has.

    `inbox` counts conversations.
    """

    inbox: int
    objections: int


def count_waiting(connection: Connection) -> WaitingCounts:
    inbox, open_objections = connection.execute(_COUNT_WAITING).one()
    return WaitingCounts(inbox, open_objections)
