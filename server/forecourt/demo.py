"""The demo: a site on the sample policy, and a marketing page of another origin (a second port) that embeds it."""

import asyncio
from datetime import timedelta

from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from forecourt import i18n
from forecourt.console.agents import create_sign_in_link, find_agent_id, save_agent
from forecourt.console.outbox_pages import OutboxPages
from forecourt.console.passwords import hash_password
from forecourt.db.database import Database
from forecourt.link_secret import new_link_secret
from forecourt.resources import SAMPLE
from forecourt.sample.demo import marketing_page
from forecourt.settings.site import FeatureSettings, SiteSettings

_HOSTING = ("linode-eu", "linode-uk", "linode-us", "linode-sg", "aws-us", "aws-sg", "websupport")
AGENT = "agent@qualityunit.example"
LINK_LIFE = timedelta(hours=1)
_SUPPORT = (*_HOSTING, "qu-llc", "qu-ukraine")


def site(port: int) -> SiteSettings:
    """The site `main`, whose pages stand on `port` of this machine."""
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


async def sign_in(database: Database) -> str:
    """A one-time link's secret for the demo's agent, who is made where there is none; nobody knows the password."""
    password = await asyncio.to_thread(hash_password, new_link_secret())

    def made(connection: Connection) -> str:
        agent = find_agent_id(connection, AGENT) or save_agent(connection, AGENT, "Demo agent", password)
        return create_sign_in_link(connection, agent, LINK_LIFE)

    return await database.write(made)


class Demo:
    """The second origin. Everything else goes to Forecourt."""

    def __init__(self, forecourt: ASGIApp, address: str, port: int, database: Database):
        self._forecourt, self._address, self._port = forecourt, address, port
        page = [Route("/", self._page), Route("/page.css", self._style)]
        self._pages = Starlette(routes=[*page, *OutboxPages(database, address).routes()])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        here = scope["type"] == "http" and scope["server"] and scope["server"][1] == self._port
        await (self._pages if here else self._forecourt)(scope, receive, send)

    async def _page(self, request: Request) -> Response:
        wanted = request.query_params.get("lang") or request.headers.get("accept-language", "")
        locale = i18n.match_accept_language(wanted, ("en", "nb")) or "en"
        html = marketing_page(locale, self._address, f"{self._address}/console/", "/mails")
        return HTMLResponse(html, headers={"cache-control": "no-cache", "vary": "accept-language"})

    async def _style(self, _: Request) -> Response:
        return Response((SAMPLE / "page.css").read_bytes(), media_type="text/css")
