"""Counts and times requests for Prometheus, by the route that answered."""

import time

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forecourt.web.metrics import Metrics


class MetricsMiddleware:
    """Measures each request until the first byte of its response. `router` holds the routes of `app`."""

    def __init__(self, app: ASGIApp, metrics: Metrics, router: Router):
        self._app, self._metrics, self._router = app, metrics, router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, metrics = time.perf_counter(), self._metrics

        async def send_measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = self._route_template(scope)
                metrics.requests.labels(route, scope["method"], message["status"]).inc()
                metrics.seconds.labels(route).observe(time.perf_counter() - started)
            await send(message)

        with metrics.open_requests.track_inprogress():
            await self._app(scope, receive, send_measured)

    def _route_template(self, scope: Scope) -> str:
        """Returns the path of the route with its braces, "none" where no route answered."""
        endpoint = scope.get("endpoint")
        routes = (route for route in self._router.routes if isinstance(route, Route) and route.endpoint == endpoint)
        return next((route.path for route in routes), "none") if endpoint else "none"
