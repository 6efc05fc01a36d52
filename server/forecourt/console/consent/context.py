"""What the pages about consents share: the site, what was asked, the frame around them, and files to take along."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from forecourt import clock
from forecourt.consent.offer import ConsentOffer
from forecourt.consent.record import Action
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.consent.filters import SOURCES, RecordFilter, typed, wanted
from forecourt.console.context import ConsoleContext
from forecourt.console.inbox_items import count_waiting
from forecourt.db.database import Database
from forecourt.errors import Invalid, NotFound
from forecourt.settings.site import SiteSettings
from forecourt.web.csv_response import csv_download

HOME = "/console/consents/"


@dataclass(frozen=True)
class ConsentPagesContext:
    """Holds what the pages share. `offers` maps a site to what it asks for now."""

    desk: ConsoleContext
    offers: Mapping[str, ConsentOffer]

    @property
    def database(self) -> Database:
        return self.desk.database

    def site(self, request: Request) -> tuple[str, SiteSettings]:
        """The one that the path names. Raises `NotFound`."""
        name = request.path_params["site"]
        if name not in self.desk.settings.sites:
            raise NotFound(name)
        return name, self.desk.settings.sites[name]

    async def page(
        self, request: Request, template: str, agent: Agent, here: str, status: int = 200, **context: object
    ) -> Response:
        name, site = self.site(request)
        waiting = await self.database.read(count_waiting)
        frame = {"site": name, "about": site, "base": f"{HOME}{name}/", "here": here, "waiting": waiting}
        return responses.render_page(request, f"consent/{template}", agent, status, **frame, **context)


@dataclass(frozen=True)
class FilterForm:
    """The form above a page: what was typed into it, what is wrong with that, and what is asked where nothing is."""

    typed: Mapping[str, str]
    faults: Mapping[str, str]
    asked: RecordFilter | None
    sources = SOURCES
    actions = tuple(Action)

    @property
    def status(self) -> int:
        return 422 if self.faults else 200


def filtered(request: Request) -> FilterForm:
    """Nothing is repaired: where a field is wrong, the page says so and shows nothing else."""
    said = typed(request.query_params)
    try:
        found = asked(request)
    except Invalid as error:
        tell = responses.words(request)
        faults = {fault.path: tell(fault.text_key, **fault.params) for fault in error.faults}
        return FilterForm(defaultdict(str, said), defaultdict(str, faults), None)
    shown = {**said, "since": str(found.since), "until": str(found.until)}
    return FilterForm(defaultdict(str, shown), defaultdict(str), found)


def asked(request: Request) -> RecordFilter:
    """Raises `Invalid` with every fault."""
    return wanted(typed(request.query_params), clock.now().date())


def file(pieces: Iterator[str] | AsyncIterator[str], name: str, period: RecordFilter) -> Response:
    """A table to keep. `name`: ASCII without quotes."""
    return csv_download(pieces, f"{name}-{period.since}-{period.until}.csv")
