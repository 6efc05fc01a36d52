"""Choices by day, by language and by source: the page, and its numbers as a file."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from forecourt import i18n
from forecourt.console import pages
from forecourt.console.consent import bars
from forecourt.console.consent.counting import ENDED, MADE, Counted, counted
from forecourt.console.consent.sheet import HOME, Book, asked, file, filtered
from forecourt.console.model import Agent
from forecourt.console.store import waiting
from forecourt.policy.outputs.table import BEFORE, line


class Days:
    def __init__(self, book: Book):
        self._book = book

    async def sites(self, request: Request, agent: Agent) -> Response:
        sites = self._book.desk.settings.sites
        if len(sites) == 1:
            return pages.see(f"{HOME}{next(iter(sites))}/")
        number = await self._book.database.read(waiting)
        return pages.page(request, "consent/sites", agent, sites=sites, waiting=number)

    async def show(self, request: Request, agent: Agent) -> Response:
        (name, _), form = self._book.site(request), filtered(request)
        period, found = form.asked, Counted()
        if period:
            found = await self._book.database.read(lambda c: counted(c, name, period))
        columns = bars.columns(period, found.days) if period else []
        return await self._book.page(
            request,
            "days",
            agent,
            "",
            form.status,
            form=form,
            found=found,
            columns=columns,
            pieces=bars.pieces,
            made=MADE,
            ended=ENDED,
        )

    async def csv(self, request: Request, _: Agent) -> Response:
        (name, _site), period = self._book.site(request), asked(request)
        found = await self._book.database.read(lambda c: counted(c, name, period))
        return file(_lines(found, pages.language(request)), f"consent-days-{name}", period)


def _lines(found: Counted, locale: str) -> Iterator[str]:
    words = i18n.words(locale)
    headings = ("day", "language", "source", *MADE, *ENDED)
    yield BEFORE + line(words(f"console.consents.column.{name}") for name in headings)
    yield "".join(
        line([str(day), spoken, source, *(str(tally[action]) for action in (*MADE, *ENDED))])
        for (day, spoken, source), tally in found.cells
    )
