"""Composition root: what is built from settings, how it is wired, and what runs while it serves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

from starlette.applications import Starlette
from starlette.types import ASGIApp

from forecourt import __version__
from forecourt.chat import watch
from forecourt.chat.actions import Alarm
from forecourt.chat.routes import ChatRoutes
from forecourt.consent.boot_routes import BootRoutes
from forecourt.consent.desk import Desk
from forecourt.consent.log import sealing
from forecourt.consent.log.checkpoint import kept_key
from forecourt.consent.receipts.routes import ReceiptPages
from forecourt.consent.routes import ConsentRoutes
from forecourt.console.routes import ConsoleRoutes
from forecourt.contact.routes import ContactRoutes
from forecourt.db.database import Database
from forecourt.following import actions as following
from forecourt.following import worker as change_notices
from forecourt.following.routes import FollowRoutes
from forecourt.mail import outbox, transport, worker
from forecourt.mail.model import Sender
from forecourt.newsletter.routes import NewsletterRoutes
from forecourt.objections.routes import ObjectionRoutes
from forecourt.policy.desk import PolicyDesk
from forecourt.policy.hosted.page_routes import PageRoutes
from forecourt.policy.release_routes import ReleaseRoutes
from forecourt.policy.routes import PolicyRoutes
from forecourt.settings.server import Settings, address
from forecourt.sites import Sites
from forecourt.tokens import Keys
from forecourt.visitor import retention
from forecourt.visitor.routes import VisitorRoutes
from forecourt.web import assets, openapi, problems
from forecourt.web.endpoint import Endpoint
from forecourt.web.front import Front, Shelf
from forecourt.web.headers import AnswerHeaders
from forecourt.web.health import Health, Measured, Metrics
from forecourt.web.limits import Limits
from forecourt.web.made import Made


class Application:
    """One server's parts. `asgi` answers; `running` is what must stand around it while it does."""

    def __init__(self, at: Settings, database: Database, keys: Keys):
        self.settings, self.database, self.keys = at, database, keys
        self.address = address(at)
        self.shelf = Shelf()
        self.made = Made(self.shelf)
        self.desk = Desk(database, keys.visitor(), Limits(at.limits), self.address, keys.fingerprints)
        self.sites = Sites(self.desk, at.sites, self.made.forget)
        self.about = PolicyDesk(database, self.desk.published, self.made, self.desk.limits, self.address, at.mail_from)
        self.policy = PolicyRoutes(self.about, tuple(at.sites))
        self.objections = ObjectionRoutes(self.about)
        self.following = FollowRoutes(self.about, at.inside_webhooks, at.retention.unconfirmed)
        self.visitor = VisitorRoutes(self.desk, transport.folder_of(at.data))
        self.asgi = self._wired()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Opens the sites and runs the workers; ends both."""
        await self.database.start()
        tasks: list[asyncio.Task[None]] = []
        try:
            await self.sites.open()
            at = self.settings
            mails = transport.folder_of(at.data)
            sending = transport.transport(at.smtp, mails, at.inside_webhooks)
            work = (
                self.sites.follow(),
                worker.run(self.database, sending, following.heard),
                change_notices.run(self.about),
                watch.run(self.database, self.alarms()),
                retention.run(self.database, at.sites, at.retention, mails),
                sealing.run(self.database, kept_key(self.settings.data)),
            )
            tasks += [asyncio.create_task(each) for each in work]
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.database.close()

    def endpoints(self) -> list[Endpoint]:
        desk, sender = self.desk, self.settings.mail_from
        parts = (
            ConsentRoutes(desk),  # first, since routes are tried in order, and most of what is written are choices
            BootRoutes(desk, self.made),
            self.policy,
            ReleaseRoutes(self.about),
            ContactRoutes(desk, sender),
            NewsletterRoutes(desk, sender),
            self.following,
            ChatRoutes(desk),
            self.visitor,
            self.objections,
        )
        return [endpoint for part in parts for endpoint in part.endpoints()]

    def _wired(self) -> ASGIApp:
        endpoints, metrics = self.endpoints(), Metrics()
        assets.put_on(self.shelf)
        routes = [
            *(endpoint.route() for endpoint in endpoints),
            openapi.route(self.made, endpoints, __version__),
            *Health(self.database, metrics, outbox.counts).routes(),
            *ConsoleRoutes(self.about, self.keys, self.settings, self.desk.offered).routes(),
            *NewsletterRoutes(self.desk, self.settings.mail_from).pages(),
            *ReceiptPages(self.desk).pages(),
            *self.visitor.pages(),
            *self.policy.pages(),
            *self.objections.pages(),
            *self.following.pages(),
            *PageRoutes(self.about, next(iter(self.settings.sites), "")).routes(),
        ]
        inner = Starlette(routes=routes, exception_handlers=problems.HANDLERS)
        inner.router.redirect_slashes = False
        return Front(AnswerHeaders(Measured(inner, metrics, inner.router)), self.shelf)

    def alarms(self) -> list[Alarm]:
        at = self.settings
        return [
            Alarm(
                name,
                site.email,
                Sender(site.controller, at.mail_from),
                site.locale,
                f"{self.address}/console",
                timedelta(minutes=site.unanswered_minutes),
            )
            for name, site in at.sites.items()
        ]
