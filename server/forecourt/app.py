"""Builds the application from its settings: the routes that answer, and the workers that run beside them."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

from starlette.applications import Starlette
from starlette.types import ASGIApp

from forecourt import __version__
from forecourt.background import BackgroundTasks, Worker
from forecourt.chat import unanswered_alert
from forecourt.chat.routes import ChatRoutes
from forecourt.chat.unanswered_alert import UnansweredAlert
from forecourt.consent.context import ConsentContext
from forecourt.consent.grant import Newsletter
from forecourt.consent.log import sealing
from forecourt.consent.log.log_key import LogKeySource
from forecourt.consent.receipts.routes import ReceiptPages
from forecourt.consent.routes import ConsentRoutes
from forecourt.consent.widget_bootstrap_routes import BootRoutes
from forecourt.console.routes import ConsoleRoutes
from forecourt.contact.routes import ContactRoutes
from forecourt.db.database import Database
from forecourt.followers import actions as follower_actions
from forecourt.followers import change_notice_worker
from forecourt.followers.routes import FollowRoutes
from forecourt.health_monitor import HealthMonitor
from forecourt.mail import delivery_worker, mail_folder, transport
from forecourt.mail.model import Channel
from forecourt.mail.routing import MailRouting
from forecourt.mail.unconfirmed_mails import UnconfirmedMails
from forecourt.newsletter import actions as newsletter_actions
from forecourt.newsletter.routes import NewsletterRoutes
from forecourt.objections.routes import ObjectionRoutes
from forecourt.policy.hosted.routes import HostedPageRoutes
from forecourt.policy.release_routes import ReleaseRoutes
from forecourt.policy.routes import PolicyRoutes
from forecourt.settings.server import Settings, public_address
from forecourt.signing_keys import SigningKeys
from forecourt.site_loader import SiteLoader
from forecourt.visitor import retention_worker
from forecourt.visitor.routes import VisitorRoutes
from forecourt.web import openapi, problems
from forecourt.web.asset_routes import AssetRoutes
from forecourt.web.endpoint import Endpoint
from forecourt.web.health import HealthRoutes
from forecourt.web.hit_counter import HitCounter
from forecourt.web.memory_counter import MemoryCounter
from forecourt.web.metrics import Metrics
from forecourt.web.middleware.headers import HeadersMiddleware
from forecourt.web.middleware.https import HttpsMiddleware
from forecourt.web.middleware.metrics import MetricsMiddleware
from forecourt.web.middleware.null_characters import NullCharacterMiddleware
from forecourt.web.middleware.request_context import RequestContextMiddleware
from forecourt.web.middleware.response_cache import ResponseCacheMiddleware
from forecourt.web.rate_limiter import RateLimiter
from forecourt.web.response_cache import CachedPaths, ResponseCache
from forecourt.web.security_txt import security_txt_routes
from forecourt.web.shared_counter import SharedCounter


class Application:
    """Holds one server's parts. `asgi` answers requests; `run` makes the sites live and runs the workers beside it."""

    def __init__(self, settings: Settings, database: Database, keys: SigningKeys):
        self.settings, self.database, self.keys = settings, database, keys
        self.address = public_address(settings)
        self._cached_paths, self.metrics = CachedPaths(), Metrics()
        self.context = ConsentContext(
            database=database,
            response_cache=ResponseCache(self._cached_paths),
            rate_limiter=RateLimiter(settings.limits, self._hit_counter(), keys.values[0]),
            unconfirmed_mails=self._unconfirmed_mails(),
            address=self.address,
            mail_from=settings.mail_from,
            signer=keys.visitor_serializer(),
            fingerprints=keys.fingerprints,
            feature_endings={Newsletter.name: newsletter_actions.end_for_visitor},
        )
        self.site_loader = SiteLoader(self.context, settings.sites)
        self._mail_folder = mail_folder.folder_path(settings.data)
        self._policy = PolicyRoutes(self.context, tuple(settings.sites))
        self._objections = ObjectionRoutes(self.context)
        self._followers = FollowRoutes(
            self.context, settings.allow_private_webhooks, settings.retention.unconfirmed_addresses
        )
        self._newsletter = NewsletterRoutes(self.context)
        self._visitor = VisitorRoutes(self.context, self._mail_folder)
        self._tasks = BackgroundTasks()
        data = None if settings.database_url else settings.data
        self.health = HealthMonitor(database, self._tasks, self.metrics, data)
        self.asgi = self._build_asgi()

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Makes the sites live and runs the workers; stops the workers at the end."""
        await self.database.start()
        try:
            await self.site_loader.load()
            await self.health.refresh()
            async with self._tasks.run(self._workers()):
                yield
        finally:
            await self.database.close()

    def _hit_counter(self) -> HitCounter:
        if self.settings.database_url and self.settings.shared_limits:
            return SharedCounter(self.database)
        return MemoryCounter()

    def _unconfirmed_mails(self) -> UnconfirmedMails:
        limits = self.settings.unconfirmed_mails if self.settings.limits else None
        counter = self.metrics.unconfirmed_mails
        return UnconfirmedMails(
            self.database, limits, self.keys.fingerprints, lambda outcome: counter.labels(outcome).inc()
        )

    def _workers(self) -> dict[str, Worker]:
        settings, database = self.settings, self.database
        log_key = LogKeySource(settings.log_key, settings.data)
        mail_transport = transport.make_transport(settings.smtp, self._mail_folder, settings.allow_private_webhooks)
        remove_dead = follower_actions.remove_dead_webhook
        sites, retention, mails = settings.sites, settings.retention, self._mail_folder
        alerts = {
            f"unanswered chats of {alert.routing.site}": partial(unanswered_alert.run, database, alert)
            for alert in self.unanswered_alerts()
        }
        return {
            "health": self.health.run,
            "releases": self.site_loader.follow,
            **{
                f"outbox of {channel}": partial(delivery_worker.run, database, mail_transport, channel, remove_dead)
                for channel in Channel
            },
            "change notices": partial(change_notice_worker.run, self.context),
            "retention": partial(retention_worker.run, database, sites, retention, mails),
            "consent log": partial(sealing.run, database, log_key.find_or_create),
            **alerts,
        }

    def endpoints(self) -> list[Endpoint]:
        """Returns every call of the public API, those called most first: routes are tried in order."""
        return [
            *ConsentRoutes(self.context).endpoints(),
            *BootRoutes(self.context).endpoints(),
            *self._policy.endpoints(),
            *ReleaseRoutes(self.context).endpoints(),
            *ContactRoutes(self.context).endpoints(),
            *self._newsletter.endpoints(),
            *self._followers.endpoints(),
            *ChatRoutes(self.context).endpoints(),
            *self._visitor.endpoints(),
            *self._objections.endpoints(),
        ]

    def _build_asgi(self) -> ASGIApp:
        endpoints = self.endpoints()
        routes = [
            *(endpoint.route() for endpoint in endpoints),
            openapi.openapi_route(self.context.response_cache, endpoints, __version__),
            *HealthRoutes(self.health.report, self.health.metrics, self.settings.metrics_token).routes(),
            *ConsoleRoutes(self.context, self.settings).routes(),
            *self._newsletter.pages(),
            *ReceiptPages(self.context).pages(),
            *self._visitor.pages(),
            *self._policy.pages(),
            *self._objections.pages(),
            *self._followers.pages(),
            *AssetRoutes(self._cached_paths).routes(),
            *security_txt_routes(self.settings.security_txt, self.address),
            *HostedPageRoutes(self.context, next(iter(self.settings.sites), "")).routes(),
        ]
        router = Starlette(routes=routes, exception_handlers=problems.HANDLERS)
        router.router.redirect_slashes = False
        router.state.find_site_navigation = self.context.live_sites.find_navigation
        measured = MetricsMiddleware(router, self.metrics, router.router)
        with_headers = NullCharacterMiddleware(HeadersMiddleware(measured))
        cached = ResponseCacheMiddleware(RequestContextMiddleware(with_headers), self._cached_paths)
        is_https = self.address.startswith("https:")
        return HttpsMiddleware(cached, self.address, self.settings.hsts_days) if is_https else cached

    def unanswered_alerts(self) -> list[UnansweredAlert]:
        """Returns for each site whom to mail when a chat message stays unanswered, and after how many minutes."""
        return [
            UnansweredAlert(
                MailRouting.from_settings(name, site, self.settings.mail_from, self.address),
                timedelta(minutes=site.unanswered_alert_minutes),
            )
            for name, site in self.settings.sites.items()
        ]
