"""Gives the pages about consents the site that the path names, their routes and the layout around them."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.consent.offer import ConsentOffer
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.context import AgentHandler, ConsoleContext
from forecourt.console.roles import Permission
from forecourt.console.waiting_counts import count_waiting
from forecourt.db.database import Database
from forecourt.errors import NotFound
from forecourt.settings.site import SiteSettings

HOME = "/console/consents/"


@dataclass(frozen=True)
class ConsentPagesContext:
    """Holds what the pages share. `offers` maps a site to what it asks for now."""

    console: ConsoleContext
    offers: Mapping[str, ConsentOffer]

    @property
    def database(self) -> Database:
        return self.console.database

    def route(self, method: str, path: str, handler: AgentHandler) -> Route:
        """Returns a route for agents below `/console/consents/SITE/`."""
        return self.console.agent_route(method, f"{HOME}{{site}}/{path}", handler, Permission.CONSENTS)

    def site(self, request: Request) -> tuple[str, SiteSettings]:
        """Returns the name and settings of the site that the path names. Raises `NotFound`."""
        name = request.path_params["site"]
        if name not in self.console.settings.sites:
            raise NotFound(name)
        return name, self.console.settings.sites[name]

    async def render_page(
        self, request: Request, template: str, agent: Agent, tab: str, status: int = 200, **context: object
    ) -> Response:
        """Renders `templates/console/consent/TEMPLATE.html`. `tab`: the path of the tab that the page belongs to."""
        name, settings = self.site(request)
        waiting = await self.database.read(count_waiting)
        layout = {"site": name, "settings": settings, "base": f"{HOME}{name}/", "tab": tab, "waiting": waiting}
        return responses.render_page(request, f"consent/{template}", agent, status, **layout, **context)
