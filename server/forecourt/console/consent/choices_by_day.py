"""Choices by day, by language and by source: the page, and its numbers as a file."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from forecourt import i18n
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.consent import chart
from forecourt.console.consent.choice_counts import ENDED, MADE, ChoiceCounts, counted
from forecourt.console.consent.context import HOME, ConsentPagesContext, asked, file, filtered
from forecourt.console.inbox_items import count_waiting
from forecourt.web.csv_response import BYTE_ORDER_MARK, csv_row


class ChoicesByDayPage:
    def __init__(self, book: ConsentPagesContext):
        self._book = book

    async def sites(self, request: Request, agent: Agent) -> Response:
        sites = self._book.desk.settings.sites
        if len(sites) == 1:
            return responses.redirect(f"{HOME}{next(iter(sites))}/")
        number = await self._book.database.read(count_waiting)
        return responses.render_page(request, "consent/sites", agent, sites=sites, waiting=number)

    async def show(self, request: Request, agent: Agent) -> Response:
        (name, _), form = self._book.site(request), filtered(request)
        period, found = form.asked, ChoiceCounts()
        if period:
            found = await self._book.database.read(lambda c: counted(c, name, period))
        columns = chart.columns(period, found.days) if period else []
        return await self._book.page(
            request,
            "days",
            agent,
            "",
            form.status,
            form=form,
            found=found,
            columns=columns,
            pieces=chart.pieces,
            made=MADE,
            ended=ENDED,
        )

    async def csv(self, request: Request, _: Agent) -> Response:
        (name, _site), period = self._book.site(request), asked(request)
        found = await self._book.database.read(lambda c: counted(c, name, period))
        return file(_lines(found, responses.language(request)), f"consent-days-{name}", period)


def _lines(found: ChoiceCounts, locale: str) -> Iterator[str]:
    words = i18n.words(locale)
    headings = ("day", "language", "source", *MADE, *ENDED)
    yield BYTE_ORDER_MARK + csv_row(words(f"console.consents.column.{name}") for name in headings)
    yield "".join(
        csv_row([str(day), spoken, source, *(str(tally[action]) for action in (*MADE, *ENDED))])
        for (day, spoken, source), tally in found.cells
    )
