"""Shows one consent record: all that is stored of it, where the log has sealed it, and the notice as it looked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.consent import lifetime
from forecourt.consent.log import store as log
from forecourt.consent.log.store import LogHead
from forecourt.consent.record import LASTING_ACTIONS
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.consent.context import ConsentPagesContext
from forecourt.console.consent.filters import SOURCES
from forecourt.console.consent.rendered_notice import AnsweredNotice, render_notice
from forecourt.db.tables import consent_details, consents, notices
from forecourt.errors import NotFound

RECORDS_OF_VISITOR = 20  # on the page of one record

_COLUMNS = (
    *("id", "created_at", "visitor", "action", "locale", "source", "gesture", "signals", "release", "privacy_policy"),
    *("offered", "purposes", "carried_over", "notice_hash", "commitment"),
)
_RECORD = (
    select(
        *(consents.c[name] for name in _COLUMNS),
        *(consent_details.c[name] for name in ("origin", "path", "address", "browser")),
        notices.c.content.label("notice_content"),
    )
    .outerjoin(consent_details, consent_details.c.consent == consents.c.id)
    .outerjoin(notices, notices.c.hash == consents.c.notice_hash)
    .where(consents.c.id == bindparam("record"), consents.c.site == bindparam("of_site"))
)
_OF_VISITOR = (
    select(consents.c.id, consents.c.action, consents.c.created_at)
    .where(
        consents.c.visitor == bindparam("of_visitor"),
        consents.c.site == bindparam("of_site"),
        consents.c.kind.in_(("consent", "acknowledgement")),
    )
    .order_by(consents.c.seq.desc())
    .limit(RECORDS_OF_VISITOR)
)


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """Holds a record, its details and the content of its notice.

    `origin`, `path`, `address` and `browser` are None where they were erased or never stored, `notice_content` where
    the notice is not stored.
    """

    id: str
    created_at: datetime
    visitor: str
    action: str
    locale: str
    source: str
    gesture: str
    signals: Mapping[str, bool]
    release: int | None
    privacy_policy: str | None
    offered: Sequence[str]
    purposes: Mapping[str, bool]
    carried_over: Mapping[str, str]
    notice_hash: str
    commitment: str
    origin: str | None
    path: str | None
    address: str | None
    browser: str | None
    notice_content: str | None

    @property
    def answered_notice(self) -> AnsweredNotice | None:
        if self.notice_content is None:
            return None
        return AnsweredNotice(self.notice_hash, self.notice_content, self.source, self.signals, self.carried_over)


@dataclass(frozen=True, slots=True)
class RecordOfVisitor:
    id: str
    action: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RecordDetails:
    """Holds what the page shows. `position`: in the log, None while it is not sealed. `others`: newest first."""

    record: ShownRecord
    position: int | None
    head: LogHead
    others: Sequence[RecordOfVisitor]


class RecordPage:
    def __init__(self, context: ConsentPagesContext):
        self._context = context

    def routes(self) -> Sequence[Route]:
        return [self._context.route("GET", "records/{id}", self.show)]

    async def show(self, request: Request, agent: Agent) -> Response:
        (site, _), identity = self._context.site(request), request.path_params["id"]
        details = await self._context.database.read(lambda c: _read_details(c, site, identity))
        entry = AuditEntry(agent.id, AuditAction.CONSENT_RECORD_OPENED, identity, site)
        await self._context.console.record_view(entry)
        record, answered = details.record, details.record.answered_notice
        notice = render_notice(answered) if answered else None
        is_lasting = record.action in LASTING_ACTIONS
        context = {
            "record": record,
            "details": details,
            "notice": notice,
            "expires_at": lifetime.expires_at(record.created_at) if is_lasting else None,
            "purposes": _answered_purposes(record, notice.titles if notice else {}),
            "carried_over": {name: date.fromisoformat(at[:10]) for name, at in record.carried_over.items()},
            "sources": SOURCES,
        }
        return await self._context.render_page(request, "record_page", agent, "records", 200, **context)


def _read_details(connection: Connection, site: str, identity: str) -> RecordDetails:
    row = connection.execute(_RECORD, {"record": identity, "of_site": site}).one_or_none()
    if row is None:
        raise NotFound(identity)
    record = ShownRecord(**row._mapping)
    others = connection.execute(_OF_VISITOR, {"of_visitor": record.visitor, "of_site": site})
    return RecordDetails(
        record,
        log.find_position(connection, identity),
        log.read_head(connection),
        [RecordOfVisitor(**other._mapping) for other in others],
    )


def _answered_purposes(record: ShownRecord, titles: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """Returns name, title and answer of each purpose that was offered, in the order of the notice."""
    in_notice = [name for name in titles if name in record.offered]
    names = dict.fromkeys([*in_notice, *record.offered])
    return [(name, titles.get(name, ""), bool(record.purposes.get(name))) for name in names]
