"""Lists the pages about consents. Each page's module holds its own addresses. No page here changes anything."""

from collections.abc import Mapping, Sequence

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
from forecourt.console.roles import Permission


class ConsentPages:
    def __init__(self, console: ConsoleContext, offers: Mapping[str, ConsentOffer]):
        self._context = ConsentPagesContext(console, offers)

    def routes(self) -> Sequence[Route]:
        pages = (
            ChoicesByDayPage(self._context),
            ReconsentPage(self._context),
            RecordListPage(self._context),
            RecordPage(self._context),
        )
        home = self._context.console.agent_route("GET", HOME.rstrip("/"), _redirect_home, Permission.CONSENTS)
        return [home, *(route for page in pages for route in page.routes())]


async def _redirect_home(_: Request, __: Agent) -> Response:
    return responses.redirect(HOME)
