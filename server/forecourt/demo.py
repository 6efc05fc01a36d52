"""Serves the demo: a site on the sample policy, and a marketing page on a second port, so of another origin."""

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from forecourt.console import agents
from forecourt.console.accounts import save_agent
from forecourt.console.outbox_pages import OutboxPages
from forecourt.console.passwords import hash_password
from forecourt.console.roles import ConsoleRole
from forecourt.db.database import Database
from forecourt.link_secret import new_link_secret
from forecourt.resources import SAMPLE
from forecourt.sample.marketing_page import LANGUAGES, STYLE, render_marketing_page
from forecourt.settings.site import FeatureSettings, SiteSettings
from forecourt.settings.site_checks import is_ip_address
from forecourt.web.language import negotiate_language

AGENT = "agent@qualityunit.example"
LINK_LIFETIME = timedelta(hours=1)
_HOSTING = ("linode-eu", "linode-uk", "linode-us", "linode-sg", "aws-us", "aws-sg", "websupport")
_SUPPORT = (*_HOSTING, "qu-llc", "qu-ukraine")


def demo_site(port: int) -> SiteSettings:
    """Returns the settings of the site `main`, whose marketing page is on `port` of this machine."""
    return SiteSettings(
        origins=(f"http://localhost:{port}", f"http://127.0.0.1:{port}"),
        controller="Quality Unit, s. r. o.",
        email="support@qualityunit.example",
        policy=SAMPLE / "policy",
        privacy_policy=SAMPLE / "privacy",
        contact=FeatureSettings(("support",), _SUPPORT),
        chat=FeatureSettings(("support",), _SUPPORT),
        newsletter=FeatureSettings(("newsletter",), _HOSTING),
    )


async def create_sign_in_link(database: Database) -> str:
    """Returns the secret of a one-time link that signs the demo's agent in to the console.

    Adds the agent where there is none, with a random password that nobody knows.
    """
    password = await asyncio.to_thread(hash_password, new_link_secret())

    def create(connection: Connection) -> str:
        agent = agents.find_agent_id(connection, AGENT) or save_agent(
            connection, AGENT, "Demo agent", password, ConsoleRole.ADMIN
        )
        return agents.create_sign_in_link(connection, agent, LINK_LIFETIME)

    return await database.write(create)


class Demo:
    """Answers on the marketing page's port itself, and passes every other request to Forecourt."""

    def __init__(self, forecourt: ASGIApp, address: str, port: int, database: Database):
        self._forecourt, self._address, self._port = forecourt, address, port
        routes = [Route("/", self._page), Route("/page.css", self._style), *OutboxPages(database, address).routes()]
        self._marketing = Starlette(routes=routes)
        self._hosts = {"localhost", urlsplit(address).hostname}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_marketing = scope["type"] == "http" and scope["server"] and scope["server"][1] == self._port
        if not is_marketing:
            await self._forecourt(scope, receive, send)
        elif self._is_own_host(Headers(scope=scope).get("host", "")):
            await self._marketing(scope, receive, send)
        else:
            await PlainTextResponse("This demo is not served under that name.\n", 421)(scope, receive, send)

    def _is_own_host(self, host: str) -> bool:
        """Checks whether no foreign site can have pointed its own name at this port (DNS rebinding).

        Its pages could read the demo's mails, which hold links that work. An address is no name, and cannot be pointed.
        """
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:  # a bracket that is not closed
            return False
        return name in self._hosts or is_ip_address(name)

    async def _page(self, request: Request) -> Response:
        language = request.query_params.get("lang") or negotiate_language(request, LANGUAGES, LANGUAGES[0])
        html = render_marketing_page(language, self._address, f"{self._address}/console/", "/mails")
        return HTMLResponse(html, headers={"cache-control": "no-cache", "vary": "accept-language"})

    async def _style(self, _: Request) -> Response:
        return Response(STYLE.read_bytes(), media_type="text/css")
