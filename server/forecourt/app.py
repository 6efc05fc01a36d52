"""Composition root: what is built from settings, how it is wired, and what runs while it serves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

from starlette.applications import Starlette
from starlette.types import ASGIApp

from forecourt import __version__
from forecourt.chat import unanswered_alert
from forecourt.chat.actions import UnansweredAlert
from forecourt.chat.routes import ChatRoutes
from forecourt.consent.context import SiteContext
from forecourt.consent.log import sealing
from forecourt.consent.log.checkpoint import kept_key
from forecourt.consent.receipts.routes import ReceiptPages
from forecourt.consent.routes import ConsentRoutes
from forecourt.consent.widget_bootstrap_routes import BootRoutes
from forecourt.console.routes import ConsoleRoutes
from forecourt.contact.routes import ContactRoutes
from forecourt.db.database import Database
from forecourt.followers import actions as following
from forecourt.followers import change_notice_worker as change_notices
from forecourt.followers.routes import FollowRoutes
from forecourt.mail import delivery_worker, outbox, transport
from forecourt.mail.model import Sender
from forecourt.newsletter.routes import NewsletterRoutes
from forecourt.objections.routes import ObjectionRoutes
from forecourt.policy.context import PolicyContext
from forecourt.policy.hosted.routes import HostedPageRoutes
from forecourt.policy.release_routes import ReleaseRoutes
from forecourt.policy.routes import PolicyRoutes
from forecourt.settings.server import Settings, address
from forecourt.signing_keys import SigningKeys
from forecourt.site_loader import SiteLoader
from forecourt.visitor import retention
from forecourt.visitor.routes import VisitorRoutes
from forecourt.web import assets, openapi, problems
from forecourt.web.endpoint import Endpoint
from forecourt.web.health import HealthRoutes
from forecourt.web.metrics import Metrics
from forecourt.web.middleware.headers import HeadersMiddleware
from forecourt.web.middleware.metrics import MetricsMiddleware
from forecourt.web.middleware.response_cache import ResponseCacheMiddleware
from forecourt.web.rate_limits import RateLimiter
from forecourt.web.response_cache import CachedPaths, ResponseCache


class Application:
    """One server's parts. `asgi` answers; `running` is what must stand around it while it does."""

    def __init__(self, at: Settings, database: Database, keys: SigningKeys):
        self.settings, self.database, self.keys = at, database, keys
        self.address = address(at)
        self.cached_paths = CachedPaths()
        self.made = ResponseCache(self.cached_paths)
        self.desk = SiteContext(
            database, keys.visitor_serializer(), RateLimiter(at.limits), self.address, keys.fingerprints
        )
        self.sites = SiteLoader(self.desk, at.sites, self.made.clear)
        self.about = PolicyContext(
            database, self.desk.published, self.made, self.desk.limits, self.address, at.mail_from
        )
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
                delivery_worker.run(self.database, sending, following.heard),
                change_notices.run(self.about),
                unanswered_alert.run(self.database, self.alarms()),
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
        assets.add_assets(self.cached_paths)
        routes = [
            *(endpoint.route() for endpoint in endpoints),
            openapi.openapi_route(self.made, endpoints, __version__),
            *HealthRoutes(self.database, metrics, outbox.counts).routes(),
            *ConsoleRoutes(self.about, self.keys, self.settings, self.desk.offered).routes(),
            *NewsletterRoutes(self.desk, self.settings.mail_from).pages(),
            *ReceiptPages(self.desk).pages(),
            *self.visitor.pages(),
            *self.policy.pages(),
            *self.objections.pages(),
            *self.following.pages(),
            *HostedPageRoutes(self.about, next(iter(self.settings.sites), "")).routes(),
        ]
        inner = Starlette(routes=routes, exception_handlers=problems.HANDLERS)
        inner.router.redirect_slashes = False
        return ResponseCacheMiddleware(
            HeadersMiddleware(MetricsMiddleware(inner, metrics, inner.router)), self.cached_paths
        )

    def alarms(self) -> list[UnansweredAlert]:
        at = self.settings
        return [
            UnansweredAlert(
                name,
                site.email,
                Sender(site.controller, at.mail_from),
                site.locale,
                f"{self.address}/console",
                timedelta(minutes=site.unanswered_minutes),
            )
            for name, site in at.sites.items()
        ]
