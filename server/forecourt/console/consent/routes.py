"""The pages about consents: which addresses they have, and what is at each. Nothing here writes."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.consent.model import Offer
from forecourt.console import pages
from forecourt.console.consent.again import Again
from forecourt.console.consent.days import Days
from forecourt.console.consent.record import OneRecord
from forecourt.console.consent.records import Records
from forecourt.console.consent.sheet import HOME, Book
from forecourt.console.desk import Desk
from forecourt.console.model import Agent

_SITE = HOME + "{site}/"


class ConsentPages:
    def __init__(self, desk: Desk, offer: Callable[[str], Offer]):
        book = Book(desk, offer)
        self._desk, self._days, self._again = desk, Days(book), Again(book)
        self._records, self._one = Records(book), OneRecord(book)

    def routes(self) -> list[Route]:
        signed_in = self._desk.signed_in
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
    return pages.see(HOME)
