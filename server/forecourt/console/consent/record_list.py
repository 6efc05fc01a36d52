"""The records of a site: a list in pages, one found by its id or receipt, and all of a period as a file."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from forecourt import clock, i18n
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.consent import record_queries
from forecourt.console.consent.context import ConsentPagesContext, asked, file, filtered
from forecourt.console.consent.filters import RecordFilter
from forecourt.console.consent.record_queries import AT_ONCE
from forecourt.web import forms
from forecourt.web.csv_response import BYTE_ORDER_MARK, csv_row

IN_A_FILE = 100_000  # records at most
PIECE = 1000  # of them read at once
COLUMNS = (
    *("record", "at", "visitor", "action", "language", "source", "gesture", "signals", "release"),
    *("privacy_policy", "given", "refused", "kept", "notice"),
)
_NAMED = re.compile(r"[\x20-\x7e]{1,300}")


class RecordListPage:
    def __init__(self, book: ConsentPagesContext):
        self._book = book

    async def listed(self, request: Request, agent: Agent) -> Response:
        return await self._page(request, agent)

    async def find(self, request: Request, agent: Agent) -> Response:
        """By a form's body: a receipt's code is a secret, which addresses and histories should not hold."""
        name, _ = self._book.site(request)
        typed = (await forms.read_form(request)).get("named", "").strip()
        found = None
        if _NAMED.fullmatch(typed):
            found = await self._book.database.read(lambda c: record_queries.named(c, name, typed))
        if found is None:
            return await self._page(request, agent, typed, 404)
        return responses.redirect(f"/console/consents/{name}/records/{found}")

    async def csv(self, request: Request, _: Agent) -> Response:
        """Without origin, path, address and browser: they can be erased here, and not in a file."""
        (name, _site), period = self._book.site(request), asked(request)
        return file(self._lines(name, period, responses.language(request)), f"consent-records-{name}", period)

    async def _page(self, request: Request, agent: Agent, named: str = "", status: int = 200) -> Response:
        (name, _), form = self._book.site(request), filtered(request)
        rows: list[Any] = []
        if period := form.asked:
            rows = list(await self._book.database.read(lambda c: record_queries.page(c, name, period)))
        older = cursor(rows[AT_ONCE - 1]) if len(rows) > AT_ONCE else ""
        said = {"named": named, "missed": status == 404, "limit": IN_A_FILE}
        status = max(status, form.status) if form.faults else status
        return await self._book.page(
            request, "records", agent, "records", status, form=form, rows=rows[:AT_ONCE], older=older, **said
        )

    async def _lines(self, site: str, period: RecordFilter, locale: str) -> AsyncIterator[str]:
        words = i18n.words(locale)
        yield BYTE_ORDER_MARK + csv_row(words(f"console.consents.column.{name}") for name in COLUMNS)
        left, at = IN_A_FILE, replace(period, before=None)
        while left:
            most = min(PIECE, left)
            rows = await self._book.database.read(lambda c, at=at, most=most: record_queries.page(c, site, at, most))  # type: ignore[misc] # mypy does not infer lambdas with defaults
            yield "".join(csv_row(_cells(row)) for row in rows)
            if len(rows) < most:
                return
            left, at = left - most, replace(at, before=(rows[-1].micros, rows[-1].seq))


def cursor(row: Any) -> str:
    """Where the page after `row` begins."""
    return f"{row.micros}.{row.seq}"


def _cells(row: Any) -> Iterator[str]:
    yield from (row.id, clock.iso(row.created_at), row.visitor, row.action, row.locale, row.source, row.gesture)
    yield " ".join(name for name, said in sorted(row.signals.items()) if said)
    yield str(row.release or "")
    yield row.privacy_policy or ""
    yield " ".join(name for name in sorted(row.purposes) if row.purposes[name])
    yield " ".join(name for name in sorted(row.purposes) if not row.purposes[name])
    yield " ".join(sorted(row.carried_over))
    yield row.notice_hash
