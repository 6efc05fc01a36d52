"""One record: everything that is kept of it, where it is sealed, and the notice as it looked."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from forecourt.consent import lifetime
from forecourt.consent.log import store as log
from forecourt.consent.log.store import LogHead
from forecourt.consent.record import LASTING_ACTIONS
from forecourt.console.agents import Agent
from forecourt.console.consent import record_queries
from forecourt.console.consent.context import ConsentPagesContext
from forecourt.console.consent.filters import SOURCES
from forecourt.console.consent.rendered_notice import shown
from forecourt.errors import NotFound


@dataclass(frozen=True, slots=True)
class RecordDetails:
    """`position`: in the log, None while it is not sealed; `others`: of the same visitor, the newest first."""

    row: Any
    position: int | None
    head: LogHead
    others: Any


class RecordPage:
    def __init__(self, book: ConsentPagesContext):
        self._book = book

    async def show(self, request: Request, agent: Agent) -> Response:
        (name, _), identity = self._book.site(request), request.path_params["id"]
        found = await self._book.database.read(lambda c: _read(c, name, identity))
        notice = shown(found.row)
        return await self._book.page(
            request,
            "record",
            agent,
            "records",
            r=found.row,
            found=found,
            notice=notice,
            until=lifetime.expires_at(found.row.created_at) if found.row.action in LASTING_ACTIONS else None,
            purposes=_purposes(found.row, notice.titles if notice else {}),
            sources=SOURCES,
        )


def _read(connection: Connection, site: str, identity: str) -> RecordDetails:
    row = record_queries.one(connection, site, identity)
    if row is None:
        raise NotFound(identity)
    sealed, others = log.find_position(connection, identity), record_queries.of_visitor(connection, site, row.visitor)
    return RecordDetails(row, sealed, log.read_head(connection), others)


def _purposes(record: Any, titles: dict[str, str]) -> list[tuple[str, str, bool]]:
    """Name, title as the notice had it and in its order, and what was answered."""
    offered = [name for name in titles if name in record.offered]
    names = dict.fromkeys([*offered, *record.offered])
    return [(name, titles.get(name, ""), bool(record.purposes.get(name))) for name in names]
