"""Shows admins the audit log, by person, action and day, and sends it as CSV."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt import clock, i18n
from forecourt.console import audit_log, responses
from forecourt.console.agents import Agent
from forecourt.console.audit_log import END_OF_LOG, AuditAction, AuditEntry, AuditFilter, AuditRow
from forecourt.console.context import ConsoleContext
from forecourt.console.pagination import BEGINNING_OF_TIME, END_OF_TIME, split_page
from forecourt.console.roles import ConsoleRole, Permission
from forecourt.console.waiting_counts import count_waiting
from forecourt.decoding import decode
from forecourt.errors import Fault, Invalid
from forecourt.fault_sentence import fault_sentence
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.text_types import Token
from forecourt.web.csv_response import BYTE_ORDER_MARK, csv_download, csv_row

AUDIT_LOG = "/console/audit-log"
AUDIT_ROWS = 100  # of a page
ROWS_PER_READ = 1000  # of the file
PEOPLE_IN_FILTER = 500
_COLUMNS = ("time", "person", "person_id", "action", "about", "about_id", "site", "detail")
_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)


class AuditQuery(msgspec.Struct):
    since: date | None = None
    until: date | None = None
    person: Token | None = None
    action: AuditAction | None = None
    before: Annotated[str, Meta(pattern=r"^[0-9]{1,18}$")] | None = None


@dataclass(frozen=True)
class AuditForm:
    """Holds the form above the list: what was typed, what is wrong with it, and the filter where nothing is."""

    typed: Mapping[str, str]
    errors: Mapping[str, str]
    filter: AuditFilter | None

    @property
    def query(self) -> str:
        """Returns the filter as an address names it, without the place where a page begins."""
        names = ("since", "until", "person", "action")
        return urlencode({name: self.typed[name] for name in names if self.typed[name]})

    @property
    def is_first_page(self) -> bool:
        return not self.typed["before"]


class AuditLogRoutes:
    def __init__(self, context: ConsoleContext):
        self._context = context

    def routes(self) -> Sequence[Route]:
        route = self._context.agent_route
        return [
            route("GET", AUDIT_LOG, self.show, Permission.AUDIT_LOG),
            route("GET", AUDIT_LOG + ".csv", self.download_csv, Permission.AUDIT_LOG),
        ]

    async def show(self, request: Request, agent: Agent) -> Response:
        form, rows = _parse_form(request), list[AuditRow]()
        if audit_filter := form.filter:
            rows = await self._context.database.read(lambda c: audit_log.read_rows(c, audit_filter, AUDIT_ROWS + 1))
        people, waiting = await self._context.database.read(
            lambda c: (audit_log.list_people(c, PEOPLE_IN_FILTER), count_waiting(c))
        )
        page, last = split_page(rows, AUDIT_ROWS)
        return responses.render_page(
            request,
            "audit_log",
            agent,
            422 if form.errors else 200,
            form=form,
            rows=page,
            older=last.seq if last else 0,
            people=people,
            actions=tuple(AuditAction),
            roles=tuple(ConsoleRole),
            waiting=waiting,
        )

    async def download_csv(self, request: Request, agent: Agent) -> Response:
        audit_filter = _parse_filter(request)
        await self._context.record(AuditEntry(agent.id, AuditAction.AUDIT_LOG_EXPORTED))
        record_event(SecurityEvent.AUDIT_LOG_EXPORTED, agent=agent.id)
        lines = self._csv_lines(replace(audit_filter, before=END_OF_LOG), responses.language(request))
        return csv_download(lines, f"audit-log-{clock.now().date()}.csv")

    async def _csv_lines(self, audit_filter: AuditFilter, locale: str) -> AsyncIterator[str]:
        words, part = i18n.words(locale), audit_filter
        yield BYTE_ORDER_MARK + csv_row(words(f"console.audit_log.column.{name}") for name in _COLUMNS)
        while True:
            rows = await self._context.database.read(
                lambda c, part=part: audit_log.read_rows(c, part, ROWS_PER_READ)  # type: ignore[misc] # mypy does not infer lambdas with defaults
            )
            yield "".join(csv_row(_csv_cells(row)) for row in rows)
            if len(rows) < ROWS_PER_READ:
                return
            part = replace(part, before=rows[-1].seq)


def _csv_cells(row: AuditRow) -> Iterator[str]:
    yield from (clock.iso(row.at), row.agent_name, row.agent, row.action)
    yield from (row.subject_name, row.subject, row.site, row.detail_name or row.detail)


def _parse_form(request: Request) -> AuditForm:
    typed = defaultdict(str, _typed_fields(request))
    try:
        return AuditForm(typed, defaultdict(str), _parse_filter(request))
    except Invalid as error:
        words = responses.words(request)
        errors = {fault.path: fault_sentence(fault, words) for fault in error.faults}
        return AuditForm(typed, defaultdict(str, errors), None)


def _parse_filter(request: Request) -> AuditFilter:
    """Returns the filter in the query. Raises `Invalid` with every fault."""
    try:
        query = decode(_typed_fields(request), AuditQuery)
    except Invalid as error:
        days = ("since", "until")
        raise Invalid([Fault(each.path, "date") if each.path in days else each for each in error.faults]) from None
    if faults := [*_day_faults(query)]:
        raise Invalid(faults)
    return AuditFilter(
        datetime.combine(query.since, time(), UTC) if query.since else BEGINNING_OF_TIME,
        datetime.combine(query.until + timedelta(1), time(), UTC) if query.until else END_OF_TIME,
        query.person or "",
        query.action or "",
        int(query.before) if query.before else END_OF_LOG,
    )


def _day_faults(query: AuditQuery) -> Iterator[Fault]:
    for name, day in (("since", query.since), ("until", query.until)):
        if day and not _FIRST <= day <= _LAST:
            yield Fault(name, "date")
            return
    if query.since and query.until and query.since > query.until:
        yield Fault("until", "before_the_first")


def _typed_fields(request: Request) -> dict[str, str]:
    """Returns the fields that are not empty, each cut to 100 characters."""
    return {name: text[:100] for name, text in request.query_params.items() if text.strip()}
