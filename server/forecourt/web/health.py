"""Whether it lives, whether it can serve, and numbers for Prometheus."""

import time
from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forecourt.db.database import Database
from forecourt.db.migrate import is_current
from forecourt.errors import Unavailable


class Metrics:
    """Of this process. Routes are counted by their template, never by what a visitor typed."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "forecourt_requests_total", "Answers by route", ["route", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "forecourt_request_seconds", "Time to the first byte", ["route"], registry=self.registry
        )
        self.streams = Gauge("forecourt_requests_open", "Requests under way, streams included", registry=self.registry)
        self.outbox = Gauge("forecourt_outbox_mails", "Mails in the outbox by state", ["state"], registry=self.registry)


class MetricsMiddleware:
    def __init__(self, app: ASGIApp, metrics: Metrics, router: Router):
        self._app, self._metrics, self._router = app, metrics, router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, metrics = time.perf_counter(), self._metrics

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = self._template(scope)
                metrics.requests.labels(route, scope["method"], message["status"]).inc()
                metrics.seconds.labels(route).observe(time.perf_counter() - began)
            await send(message)

        with metrics.streams.track_inprogress():
            await self._app(scope, receive, sending)

    def _template(self, scope: Scope) -> str:
        endpoint = scope.get("endpoint")
        found = (route for route in self._router.routes if isinstance(route, Route) and route.endpoint == endpoint)
        return next((route.path for route in found), "none") if endpoint else "none"


class HealthRoutes:
    def __init__(self, database: Database, metrics: Metrics, gauges: Callable[[Connection], dict[str, int]]):
        self._database, self._metrics, self._gauges = database, metrics, gauges

    def routes(self) -> list[Route]:
        return [Route("/healthz", self.alive), Route("/readyz", self.ready), Route("/metrics", self.metrics)]

    async def alive(self, _: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(self, _: Request) -> Response:
        """Raises `Unavailable` where the database is away or its schema is another version's."""
        if not await self._database.read(is_current):
            raise Unavailable("the database's schema is not this version's: run forecourt migrate")
        return PlainTextResponse("ready\n")

    async def metrics(self, _: Request) -> Response:
        for state, number in (await self._database.read(self._gauges)).items():
            self._metrics.outbox.labels(state).set(number)
        return Response(generate_latest(self._metrics.registry), media_type=CONTENT_TYPE_LATEST)
