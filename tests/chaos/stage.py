"""Sets the stage for journeys with faults: the application without its workers, which journeys run step by step."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, Select

from forecourt.app import Application
from forecourt.consent.log import sealing, verification
from forecourt.consent.log.log_key import load_or_create_key
from forecourt.console.accounts import save_agent
from forecourt.console.agents import create_sign_in_link
from forecourt.console.passwords import hash_password
from forecourt.db.database import open_database
from forecourt.mail.transport import make_transport
from forecourt.policy import actions
from forecourt.settings.server import Settings, SmtpSettings
from forecourt.signing_keys import SigningKeys
from tests.chaos.database_faults import inject_faults
from tests.chaos.failing_relay import FailingRelay, run_relay
from tests.chaos.failing_webhook import FailingWebhook, run_webhook
from tests.chaos.fault_injector import FaultInjector
from tests.conftest import first_release
from tests.console.browser import EMAIL, PASSWORD, Browser
from tests.deadline import DEADLINE


@dataclass
class Stage:
    """Holds one application, what it talks to, and the injector that lets each of them fail."""

    application: Application
    client: httpx.AsyncClient
    injector: FaultInjector
    relay: FailingRelay
    webhook: FailingWebhook
    log_key: Ed25519PrivateKey

    def __post_init__(self) -> None:
        self.database = self.application.database
        smtp = SmtpSettings(host="127.0.0.1", port=self.relay.port, security="none", timeout=DEADLINE)
        folder = self.application.settings.data / "mails"
        self.relay_transport = make_transport(smtp, folder, allow_private=True)
        self.folder_transport = make_transport(SmtpSettings(), folder, allow_private=True)

    async def read(self, query: Select[Any]) -> list[Any]:
        return await self.database.read(lambda c: list(c.execute(query)))

    async def count(self, query: Select[Any]) -> int:
        return len(await self.read(query))

    async def sign_in(self) -> Browser:
        """Returns the browser of an agent who has signed in by a one-time link."""
        hashed_password = hash_password(PASSWORD)
        agent = await self.database.write(lambda c: save_agent(c, EMAIL, "Kari Nordmann", hashed_password))
        secret = await self.database.write(lambda c: create_sign_in_link(c, agent, timedelta(hours=1)))
        browser = Browser(self.client, self.application.address)
        assert (await browser.post(f"/console/link/{secret}")).status_code == 303
        return browser

    async def seal(self) -> int:
        return await self.database.write(partial(sealing.seal, key=self.log_key))

    async def verify_log(self, clock_was_set: bool = False) -> None:
        """Seals what is left and verifies the whole log, as `forecourt consent verify` does.

        `clock_was_set`: records may be older than those sealed before them.
        """
        while await self.seal():
            pass
        report = await self.database.read(lambda c: verification.verify(c, self.log_key.public_key()))
        assert report.is_whole, report
        assert clock_was_set or not report.dated, report


@contextlib.asynccontextmanager
async def set_stage(settings: Settings) -> AsyncIterator[Stage]:
    injector, database = FaultInjector(), open_database(settings.database_url, settings.data)
    for engine in find_engines(database):
        inject_faults(engine, injector)
    await asyncio.to_thread(publish_first_releases, database.engine, settings)  # a proxy may run in this event loop
    application = Application(settings, database, SigningKeys(("test key",)))
    transport = httpx.ASGITransport(application.asgi, raise_app_exceptions=False)
    async with (
        run_relay(injector) as relay,
        run_webhook(injector) as webhook,
        httpx.AsyncClient(base_url=application.address, transport=transport, timeout=DEADLINE) as client,
    ):
        await database.start()
        try:
            await application.site_loader.load()
            yield Stage(application, client, injector, relay, webhook, load_or_create_key(settings.data))
        finally:
            await database.close()


def publish_first_releases(engine: Engine, settings: Settings) -> None:
    with engine.begin() as connection:
        for name in settings.sites:
            actions.append_release(connection, first_release(name))


def find_engines(database: Any) -> list[Engine]:
    """Returns the engine of the driver, and that of SQLite's readers."""
    return [value for value in vars(database._driver).values() if isinstance(value, Engine)]
