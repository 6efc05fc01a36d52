"""What the pages about consents share: the site, what was asked, the frame around them, and files to take along."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from forecourt import clock
from forecourt.consent.model import Offer
from forecourt.console import pages, store
from forecourt.console.consent.wanted import Action, Source, Wanted, typed, wanted
from forecourt.console.desk import Desk
from forecourt.console.model import Agent
from forecourt.db.database import Database
from forecourt.errors import Invalid, NotFound
from forecourt.settings.site import Site

HOME = "/console/consents/"
MEDIA_TYPE = "text/csv; charset=utf-8; header=present"


@dataclass(frozen=True)
class Book:
    """`offer`: what a site asks just now."""

    desk: Desk
    offer: Callable[[str], Offer]

    @property
    def database(self) -> Database:
        return self.desk.database

    def site(self, request: Request) -> tuple[str, Site]:
        """The one that the path names. Raises `NotFound`."""
        name = request.path_params["site"]
        if name not in self.desk.settings.sites:
            raise NotFound(name)
        return name, self.desk.settings.sites[name]

    async def page(
        self, request: Request, template: str, agent: Agent, here: str, status: int = 200, **context: object
    ) -> Response:
        name, site = self.site(request)
        waiting = await self.database.read(store.waiting)
        frame = {"site": name, "about": site, "base": f"{HOME}{name}/", "here": here, "waiting": waiting}
        return pages.page(request, f"consent/{template}", agent, status, **frame, **context)


@dataclass(frozen=True)
class Filter:
    """The form above a page: what was typed into it, what is wrong with that, and what is asked where nothing is."""

    typed: Mapping[str, str]
    faults: Mapping[str, str]
    asked: Wanted | None
    sources = get_args(Source)
    actions = get_args(Action)

    @property
    def status(self) -> int:
        return 422 if self.faults else 200


def filtered(request: Request) -> Filter:
    """Nothing is repaired: where a field is wrong, the page says so and shows nothing else."""
    said = typed(request.query_params)
    try:
        found = asked(request)
    except Invalid as error:
        tell = pages.words(request)
        faults = {fault.path: tell(f"error.field.{fault.code}", **fault.params) for fault in error.faults}
        return Filter(defaultdict(str, said), defaultdict(str, faults), None)
    shown = {**said, "since": str(found.since), "until": str(found.until)}
    return Filter(defaultdict(str, shown), defaultdict(str), found)


def asked(request: Request) -> Wanted:
    """Raises `Invalid` with every fault."""
    return wanted(typed(request.query_params), clock.now().date())


def file(pieces: Iterator[str] | AsyncIterator[str], name: str, period: Wanted) -> Response:
    """A table to keep. `name`: ASCII without quotes."""
    said = f'attachment; filename="{name}-{period.since}-{period.until}.csv"'
    return StreamingResponse(
        pieces, headers={"content-disposition": said, "cache-control": "no-store"}, media_type=MEDIA_TYPE
    )
