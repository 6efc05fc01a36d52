"""Lists a site's consent records in pages, finds one by its id or receipt, and exports a period as a CSV file."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Text, bindparam, or_, select, tuple_, type_coerce
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt import clock, i18n
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry
from forecourt.console.consent.context import ConsentPagesContext
from forecourt.console.consent.filters import RecordFilter, parse_filter, parse_form
from forecourt.console.pagination import split_page
from forecourt.db.tables import IS_CHOICE, consent_details, consents
from forecourt.digest import sha256_hex
from forecourt.link_secret import dated_digest
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.web import forms
from forecourt.web.csv_response import BYTE_ORDER_MARK, csv_download, csv_row

CONSENT_RECORDS = 50
RECORDS_IN_CSV = 100_000
RECORDS_PER_READ = 1000  # while a CSV file is written

CSV_COLUMNS = (
    *("record", "at", "visitor", "action", "language", "source", "gesture", "signals", "release"),
    *("privacy_policy", "agreed", "refused", "carried_over", "notice"),
)
_NAME = re.compile(r"[\x20-\x7e]{1,300}")  # a record's id, a receipt's code or address
_MICROSECONDS = type_coerce(consents.c.created_at, BigInteger)
_END = (2**62, 2**62)


def _matches_or_any(name: str) -> Any:
    """Returns the condition that a column has a value, which is not asked for where the value is empty."""
    value = bindparam(f"of_{name}", type_=Text)
    return or_(value == "", consents.c[name] == value)


_COLUMNS = (
    *("id", "created_at", "visitor", "action", "locale", "source", "gesture", "signals", "release"),
    *("privacy_policy", "purposes", "carried_over", "notice_hash", "seq"),
)
_PAGE = (
    select(*(consents.c[name] for name in _COLUMNS), _MICROSECONDS.label("microseconds"))
    .where(
        consents.c.site == bindparam("of_site"),
        IS_CHOICE,
        consents.c.created_at >= bindparam("start"),
        consents.c.created_at < bindparam("end"),
        tuple_(_MICROSECONDS, consents.c.seq) < tuple_(bindparam("before", type_=BigInteger), bindparam("before_seq")),
        _matches_or_any("action"),
        _matches_or_any("locale"),
        _matches_or_any("source"),
    )
    .order_by(consents.c.created_at.desc(), consents.c.seq.desc())
    .limit(bindparam("limit"))
)
_EXISTS = select(consents.c.id).where(consents.c.id == bindparam("record"), consents.c.site == bindparam("of_site"))
_BY_RECEIPT = (
    select(consents.c.id)
    .join(consent_details, consent_details.c.consent == consents.c.id)
    .where(
        consent_details.c.receipt_hash.in_((bindparam("dated_digest"), bindparam("digest"))),
        consents.c.site == bindparam("of_site"),
    )
)


@dataclass(frozen=True, slots=True)
class RecordRow:
    """Holds a record as far as the list and the file show it. `microseconds`: since 1970 began, as `created_at`."""

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
    purposes: Mapping[str, bool]
    carried_over: Mapping[str, str]
    notice_hash: str
    seq: int
    microseconds: int

    @property
    def cursor(self) -> str:
        """Returns where the page after this record begins, for `?before=`."""
        return f"{self.microseconds}.{self.seq}"


class RecordListPage:
    def __init__(self, context: ConsentPagesContext):
        self._context = context

    def routes(self) -> Sequence[Route]:
        return [
            self._context.route("GET", "records", self.show),
            self._context.route("GET", "records.csv", self.download_csv),
            self._context.route("POST", "find", self.find),
        ]

    async def show(self, request: Request, agent: Agent) -> Response:
        return await self._render(request, agent)

    async def find(self, request: Request, agent: Agent) -> Response:
        """Takes a form's body: a receipt's code is a secret, which addresses and histories should not hold."""
        site, _ = self._context.site(request)
        typed = (await forms.read_form(request)).get("named", "").strip()
        record = None
        if _NAME.fullmatch(typed):
            record = await self._context.database.read(lambda c: find_record(c, site, typed))
        if record is None:
            return await self._render(request, agent, typed, 404)
        return responses.redirect(f"/console/consents/{site}/records/{record}")

    async def download_csv(self, request: Request, agent: Agent) -> Response:
        """Leaves out origin, path, address and browser: here they can be erased, in a file they cannot."""
        (site, _settings), record_filter = self._context.site(request), parse_filter(request)
        await self._context.console.record(AuditEntry(agent.id, AuditAction.CONSENTS_EXPORTED, site=site))
        lines = self._csv_lines(site, record_filter, responses.language(request))
        record_event(SecurityEvent.CONSENTS_EXPORTED, agent=agent.id, site=site)
        return csv_download(lines, f"consent-records-{site}-{record_filter.since}-{record_filter.until}.csv")

    async def _render(self, request: Request, agent: Agent, search_text: str = "", status: int = 200) -> Response:
        """Renders the list. `search_text`: what no record was found by."""
        (site, _), form = self._context.site(request), parse_form(request)
        rows: Sequence[RecordRow] = []
        if record_filter := form.filter:
            rows = await self._context.database.read(lambda c: read_records(c, site, record_filter))
        page, last = split_page(rows, CONSENT_RECORDS)
        context = {
            "form": form,
            "rows": page,
            "older": last.cursor if last else "",
            "searched": search_text,
            "is_not_found": status == 404,
            "limit": RECORDS_IN_CSV,
        }
        status = max(status, form.status) if form.errors else status
        return await self._context.render_page(request, "record_list", agent, "records", status, **context)

    async def _csv_lines(self, site: str, record_filter: RecordFilter, locale: str) -> AsyncIterator[str]:
        words = i18n.words(locale)
        yield BYTE_ORDER_MARK + csv_row(words(f"console.consents.column.{name}") for name in CSV_COLUMNS)
        remaining, part = RECORDS_IN_CSV, replace(record_filter, before=None)
        while remaining:
            limit = min(RECORDS_PER_READ, remaining)
            rows = await self._context.database.read(
                lambda c, part=part, limit=limit: read_records(c, site, part, limit)  # type: ignore[misc] # mypy does not infer lambdas with defaults
            )
            yield "".join(csv_row(_csv_cells(row)) for row in rows)
            if len(rows) < limit:
                return
            remaining -= limit
            part = replace(part, before=(rows[-1].microseconds, rows[-1].seq))


def read_records(
    connection: Connection, site: str, record_filter: RecordFilter, limit: int = CONSENT_RECORDS + 1
) -> list[RecordRow]:
    """Returns records, the newest first."""
    before, before_seq = record_filter.before or _END
    params = {"of_site": site, "start": record_filter.start, "end": record_filter.end, "limit": limit}
    params |= {"before": before, "before_seq": before_seq}
    params |= {
        name: getattr(record_filter, name.removeprefix("of_")) for name in ("of_action", "of_locale", "of_source")
    }
    return [RecordRow(**row._mapping) for row in connection.execute(_PAGE, params)]


def find_record(connection: Connection, site: str, text: str) -> str | None:
    """Returns the id of the record that its id, a receipt's code or the address of a receipt names."""
    if connection.execute(_EXISTS, {"record": text, "of_site": site}).first():
        return text
    code = text.rstrip("/").rpartition("/")[2]
    digests = {"dated_digest": dated_digest(code), "digest": sha256_hex(code)}
    return connection.execute(_BY_RECEIPT, digests | {"of_site": site}).scalar_one_or_none()


def _csv_cells(row: RecordRow) -> Iterator[str]:
    yield from (row.id, clock.iso(row.created_at), row.visitor, row.action, row.locale, row.source, row.gesture)
    yield " ".join(name for name, is_sent in sorted(row.signals.items()) if is_sent)
    yield str(row.release or "")
    yield row.privacy_policy or ""
    yield " ".join(name for name in sorted(row.purposes) if row.purposes[name])
    yield " ".join(name for name in sorted(row.purposes) if not row.purposes[name])
    yield " ".join(sorted(row.carried_over))
    yield row.notice_hash
