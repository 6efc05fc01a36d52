"""This module answers `/healthz` (liveness), `/readyz` (readiness) and `/metrics` (Prometheus), all from memory."""

from collections.abc import Callable

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from forecourt.errors import Unavailable
from forecourt.web.cache_control import NO_STORE
from forecourt.web.metrics import Metrics
from forecourt.web.metrics_access import require_metrics_access
from forecourt.web.readiness import ReadinessReport


class HealthRoutes:
    """Serves the state of one process. Whoever has `metrics_token` may read the metrics; see `metrics_access.py`."""

    def __init__(self, report: Callable[[], ReadinessReport], metrics: Callable[[], Metrics], metrics_token: str):
        self._report, self._metrics, self._metrics_token = report, metrics, metrics_token

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self.show_liveness),
            Route("/readyz", self.show_readiness),
            Route("/metrics", self.show_metrics),
        ]

    async def show_liveness(self, _: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def show_readiness(self, _: Request) -> Response:
        """Answers 200 where a write would work, and 503 where it would not. The body names what is wrong."""
        report = self._report()
        is_ready = report.status == "ready"
        headers = {"cache-control": NO_STORE} | ({} if is_ready else {"retry-after": str(Unavailable.retry_after)})
        return Response(msgspec.json.encode(report), 200 if is_ready else 503, headers, "application/json")

    async def show_metrics(self, request: Request) -> Response:
        require_metrics_access(request, self._metrics_token)
        return Response(generate_latest(self._metrics().registry), media_type=CONTENT_TYPE_LATEST)
