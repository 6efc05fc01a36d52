"""Builds the application from its settings: the routes that answer, and the workers that run beside them."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from starlette.applications import Starlette
from starlette.types import ASGIApp

from forecourt import __version__
from forecourt.background import BackgroundTasks, Worker
from forecourt.chat.routes import ChatRoutes
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
from forecourt.files import unnamed_files
from forecourt.files.gate import FileGate
from forecourt.files.inspection import FileInspector
from forecourt.files.scan_command import ScanCommand
from forecourt.files.upload_slots import UploadSlots
from forecourt.followers import actions as follower_actions
from forecourt.followers import change_notice_worker
from forecourt.followers.routes import FollowRoutes
from forecourt.health_monitor import HealthMonitor
from forecourt.mail import delivery_worker, mail_folder, transport
from forecourt.mail.model import Channel
from forecourt.mail.routing import MailRouting
from forecourt.mail.unconfirmed_mails import UnconfirmedMails
from forecourt.messengers.routes import MessengerRoutes
from forecourt.newsletter import actions as newsletter_actions
from forecourt.newsletter.routes import NewsletterRoutes
from forecourt.objections.routes import ObjectionRoutes
from forecourt.policy.hosted.routes import HostedPageRoutes
from forecourt.policy.release_routes import ReleaseRoutes
from forecourt.policy.routes import PolicyRoutes
from forecourt.settings.server import Settings, public_address
from forecourt.signing_keys import SigningKeys
from forecourt.site_loader import SiteLoader
from forecourt.support import snooze_waker, unanswered_alert
from forecourt.support.file_routes import FileRoutes
from forecourt.support.unanswered_alert import UnansweredAlert
from forecourt.visitor import retention_worker
from forecourt.visitor.routes import VisitorRoutes
from forecourt.web import openapi, problems
from forecourt.web.asset_routes import AssetRoutes
from forecourt.web.endpoint import Endpoint
from forecourt.web.health import HealthRoutes
from forecourt.web.hit_counter import HitCounter
from forecourt.web.memory_counter import MemoryCounter
from forecourt.web.metrics import Metrics
from forecourt.web.middleware.event_streams import EventStreamMiddleware
from forecourt.web.middleware.headers import HeadersMiddleware
from forecourt.web.middleware.https import HttpsMiddleware
from forecourt.web.middleware.metrics import MetricsMiddleware
from forecourt.web.middleware.null_characters import NullCharacterMiddleware
from forecourt.web.middleware.request_context import RequestContextMiddleware
from forecourt.web.middleware.response_cache import ResponseCacheMiddleware
from forecourt.web.open_streams import OpenStreams
from forecourt.web.rate_limiter import RateLimiter
from forecourt.web.response_cache import CachedPaths, ResponseCache
from forecourt.web.security_txt import security_txt_routes
from forecourt.web.shared_counter import SharedCounter


class LastingParts:
    """Holds what goes on when an application with other settings takes over: none of it depends on those."""

    def __init__(self, settings: Settings, database: Database):
        self.cached_paths, self.metrics, self.tasks = CachedPaths(), Metrics(), BackgroundTasks()
        self.streams = OpenStreams()
        self.metrics.open_streams.set_function(lambda: len(self.streams))
        is_shared = settings.database_url and settings.shared_limits
        self.hit_counter: HitCounter = SharedCounter(database) if is_shared else MemoryCounter()
        data = None if settings.database_url else settings.data
        self.file_inspector, self.upload_slots = FileInspector(), UploadSlots()
        self.health = HealthMonitor(database, self.tasks, self.metrics, data)


class Application:
    """Holds one server's parts. `asgi` answers requests; `run` makes the sites live and runs the workers beside it.

    One with changed settings takes over from its `predecessor`, by `take_over`. Both share what lasts: caches, counts,
    live sites and what is asked for, so that a stream which the predecessor opened goes on under the new settings.
    """

    def __init__(
        self, settings: Settings, database: Database, keys: SigningKeys, predecessor: "Application | None" = None
    ):
        self.settings, self.database, self.keys = settings, database, keys
        self.address = public_address(settings)
        self._lasting: LastingParts = predecessor._lasting if predecessor else LastingParts(settings, database)
        self._cached_paths, self.metrics = self._lasting.cached_paths, self._lasting.metrics
        self._tasks, self.health = self._lasting.tasks, self._lasting.health
        self.context = self._make_context(predecessor)
        self.site_loader = SiteLoader(self.context, settings.sites)
        self._mail_folder = mail_folder.folder_path(settings.data)
        self._policy = PolicyRoutes(self.context, tuple(settings.sites))
        self._objections = ObjectionRoutes(self.context)
        self._followers = FollowRoutes(
            self.context, settings.allow_private_webhooks, settings.retention.unconfirmed_addresses
        )
        self._newsletter = NewsletterRoutes(self.context)
        self._messengers = MessengerRoutes(self.context)
        self.file_gate = self._make_file_gate()
        self._visitor = VisitorRoutes(self.context, self._mail_folder)
        self._transport = transport.make_transport(settings.smtp, self._mail_folder, settings.allow_private_webhooks)
        self._workers = self._make_workers(predecessor)
        self.asgi = self._build_asgi()

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Makes the sites live and runs the workers; stops the workers at the end."""
        await self.database.start()
        try:
            await self.site_loader.load()
            await self.health.refresh()
            async with self._tasks.run(self._workers):
                yield
        finally:
            await self.database.close()

    async def take_over(self, install: Callable[[], None]) -> None:
        """Makes this application's sites live in place of its predecessor's, and replaces the workers that differ.

        `install` is called in the same step, to send requests here. Raises `SettingsBroken` or `PolicyBroken`; the
        predecessor's sites stay live then.
        """
        sites = await self.site_loader.prepare()
        async with self._tasks.replace(self._workers):
            self.context.go_live_together(sites)
            install()
        self.database.hub.wake_all()  # every stream looks whether its visitor may still read it

    def _make_context(self, predecessor: "Application | None") -> ConsentContext:
        settings, keys = self.settings, self.keys
        rate_limiter = RateLimiter(settings.limits, self._lasting.hit_counter, keys.values[0])
        unconfirmed_mails, address, mail_from = self._unconfirmed_mails(), self.address, settings.mail_from
        if predecessor:
            return replace(
                predecessor.context,
                rate_limiter=rate_limiter,
                unconfirmed_mails=unconfirmed_mails,
                address=address,
                mail_from=mail_from,
            )
        return ConsentContext(
            database=self.database,
            response_cache=ResponseCache(self._cached_paths),
            rate_limiter=rate_limiter,
            unconfirmed_mails=unconfirmed_mails,
            address=address,
            mail_from=mail_from,
            signer=keys.visitor_serializer(),
            fingerprints=keys.fingerprints,
            feature_endings={Newsletter.name: newsletter_actions.end_for_visitor},
        )

    def _unconfirmed_mails(self) -> UnconfirmedMails:
        limits = self.settings.unconfirmed_mails if self.settings.limits else None
        counter = self.metrics.unconfirmed_mails
        return UnconfirmedMails(
            self.database, limits, self.keys.fingerprints, lambda outcome: counter.labels(outcome).inc()
        )

    def _make_file_gate(self) -> FileGate:
        scan = ScanCommand(self.settings.file_scan.command, self.settings.file_scan.seconds)
        return FileGate(self._lasting.file_inspector, self._lasting.upload_slots, scan)

    def _make_workers(self, predecessor: "Application | None") -> dict[str, Worker]:
        """Returns the workers by name. Those whose settings are the predecessor's are its own, and go on."""
        workers = {**self._lasting_workers(), **self._delivery_workers(), **self._site_workers()}
        if predecessor:
            same = {*self._lasting_workers()}
            same |= {*self._delivery_workers()} if self._transport == predecessor._transport else set()
            workers |= {name: predecessor._workers[name] for name in same}
        return workers

    def _lasting_workers(self) -> dict[str, Worker]:
        log_key = LogKeySource(self.settings.log_key, self.settings.data)
        return {
            "health": self.health.run,
            "consent log": partial(sealing.run, self.database, log_key.find_or_create),
            "unnamed files": partial(unnamed_files.run, self.database),
            "snoozes": partial(snooze_waker.run, self.database),
        }

    def _delivery_workers(self) -> dict[str, Worker]:
        remove_dead = follower_actions.remove_dead_webhook
        return {
            f"outbox of {channel}": partial(delivery_worker.run, self.database, self._transport, channel, remove_dead)
            for channel in Channel
        }

    def _site_workers(self) -> dict[str, Worker]:
        database, mails = self.database, self._mail_folder
        sites, retention = self.settings.sites, self.settings.retention
        alerts = {
            f"unanswered chats of {alert.routing.site}": partial(unanswered_alert.run, database, alert)
            for alert in self.unanswered_alerts()
        }
        return {
            "releases": self.site_loader.follow,
            "change notices": partial(change_notice_worker.run, self.context),
            "retention": partial(retention_worker.run, database, sites, retention, mails),
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
            *self._messengers.endpoints(),
            *self._followers.endpoints(),
            *ChatRoutes(self.context).endpoints(),
            *FileRoutes(self.context, self.file_gate).endpoints(),
            *self._visitor.endpoints(),
            *self._objections.endpoints(),
        ]

    def _build_asgi(self) -> ASGIApp:
        endpoints = self.endpoints()
        routes = [
            *(endpoint.route() for endpoint in endpoints),
            openapi.openapi_route(self.context.response_cache, endpoints, __version__),
            *HealthRoutes(self.health.report, self.health.metrics, self.settings.metrics_token).routes(),
            *ConsoleRoutes(self.context, self.settings, self.file_gate).routes(),
            *self._newsletter.pages(),
            *self._messengers.pages(),
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
        app = HttpsMiddleware(cached, self.address, self.settings.hsts_days) if is_https else cached
        return EventStreamMiddleware(app, self._lasting.streams)

    def unanswered_alerts(self) -> list[UnansweredAlert]:
        """Returns for each site whom to mail when a chat message stays unanswered, and after how many minutes."""
        return [
            UnansweredAlert(
                MailRouting.from_settings(name, site, self.settings.mail_from, self.address),
                timedelta(minutes=site.unanswered_alert_minutes),
            )
            for name, site in self.settings.sites.items()
        ]
