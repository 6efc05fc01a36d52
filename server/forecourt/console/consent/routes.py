"""The pages about consents: which addresses they have, and what is at each. Nothing here writes."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.consent.offer import ConsentOffer
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.consent.choices_by_day import ChoicesByDayPage
from forecourt.console.consent.context import HOME, ConsentPagesContext
from forecourt.console.consent.reconsent import ReconsentPage
from forecourt.console.consent.record_list import RecordListPage
from forecourt.console.consent.record_page import RecordPage
from forecourt.console.context import ConsoleContext

_SITE = HOME + "{site}/"


class ConsentPages:
    def __init__(self, desk: ConsoleContext, offers: Mapping[str, ConsentOffer]):
        book = ConsentPagesContext(desk, offers)
        self._desk, self._days, self._again = desk, ChoicesByDayPage(book), ReconsentPage(book)
        self._records, self._one = RecordListPage(book), RecordPage(book)

    def routes(self) -> list[Route]:
        signed_in = self._desk.agent_route
        return [
            signed_in("GET", HOME.rstrip("/"), _home),
            signed_in("GET", HOME, self._days.sites),
            signed_in("GET", _SITE, self._days.show),
            signed_in("GET", _SITE + "days.csv", self._days.csv),
            signed_in("GET", _SITE + "again", self._again.show),
            signed_in("GET", _SITE + "records", self._records.listed),
            signed_in("GET", _SITE + "records.csv", self._records.csv),
            signed_in("POST", _SITE + "find", self._records.find),
            signed_in("GET", _SITE + "records/{id}", self._one.show),
        ]


async def _home(_: Request, __: Agent) -> Response:
    return responses.redirect(HOME)
