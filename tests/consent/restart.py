"""Starts the same server again with other settings, on the same database."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx

from forecourt.app import Application
from forecourt.db.database import open_database
from forecourt.settings.site import SiteSettings
from tests.deadline import DEADLINE
from tests.page import Page


@contextlib.asynccontextmanager
async def restart(application: Application, page: Page, site: SiteSettings) -> AsyncIterator[Page]:
    """`page`, with its visitor, at the server whose site `main` is now `site`."""
    settings = replace(application.settings, sites={"main": site})
    new_application = Application(settings, open_database(settings.database_url, settings.data), application.keys)
    transport = httpx.ASGITransport(new_application.asgi, raise_app_exceptions=False)
    async with (
        new_application.run(),
        httpx.AsyncClient(base_url=new_application.address, transport=transport, timeout=DEADLINE) as client,
    ):
        new_page = Page(client)
        new_page.token = page.token
        yield new_page
