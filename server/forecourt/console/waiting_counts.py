"""Counts what waits for agents."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from forecourt.db.tables import IS_WAITING, conversations, objections
from forecourt.objections.model import ObjectionState

_COUNT_WAITING = select(
    select(func.count()).select_from(conversations).where(text(IS_WAITING)).scalar_subquery(),
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
