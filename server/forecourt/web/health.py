"""This module answers `/healthz` (liveness), `/readyz` (readiness) and `/metrics` (Prometheus)."""

from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from forecourt.db.database import Database
from forecourt.db.migrate import is_current
from forecourt.errors import Unavailable
from forecourt.web.metrics import Metrics


class HealthRoutes:
    """Serves the state of one process. `count_mails` returns the number of mails in the outbox by state."""

    def __init__(self, database: Database, metrics: Metrics, count_mails: Callable[[Connection], dict[str, int]]):
        self._database, self._metrics, self._count_mails = database, metrics, count_mails

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self.show_liveness),
            Route("/readyz", self.show_readiness),
            Route("/metrics", self.show_metrics),
        ]

    async def show_liveness(self, _: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def show_readiness(self, _: Request) -> Response:
        """Raises `Unavailable` where the database does not answer or its schema is another version's."""
        if not await self._database.read(is_current):
            raise Unavailable("the database's schema is not this version's: run forecourt migrate")
        return PlainTextResponse("ready\n")

    async def show_metrics(self, _: Request) -> Response:
        for state, count in (await self._database.read(self._count_mails)).items():
            self._metrics.outbox.labels(state).set(count)
        return Response(generate_latest(self._metrics.registry), media_type=CONTENT_TYPE_LATEST)
