"""This module holds the numbers that `/metrics` shows to Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from forecourt.web.connections.connection_metrics import ConnectionMetrics
from forecourt.web.connections.open_connections import OpenConnections


class Metrics:
    """Counts for this process. Requests are labelled by their route's template, never by what a visitor typed."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "forecourt_requests_total", "Answers by route", ["route", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "forecourt_request_seconds", "Time to the first byte", ["route"], registry=self.registry
        )
        self.open_requests = Gauge(
            "forecourt_requests_open", "Requests under way, without event streams", registry=self.registry
        )
        self.open_streams = self._gauge("streams_open", "Open event streams")
        self.unconfirmed_mails = Counter(
            "forecourt_unconfirmed_mails_total",
            "Mails to unconfirmed addresses that were sent, delayed or dropped",
            ["outcome"],
            registry=self.registry,
        )
        self.outbox = self._gauge("outbox_mails", "Mails in the outbox by state", "state")
        self.outbox_age = self._gauge("outbox_oldest_seconds", "Age of the oldest mail that has not left")
        self.unsealed = self._gauge("unsealed_records", "Records of all kinds that wait for their seal")
        self.unsealed_age = self._gauge("unsealed_oldest_seconds", "Age of the oldest consent that waits for its seal")
        self.running_tasks = self._gauge("task_running", "Whether a background task runs", "task")
        self.task_restarts = self._gauge("task_restarts", "How often a task that ended was started again", "task")
        self.checks = self._gauge("check_ok", "Whether a check of /readyz is in order", "check")
        self.last_commit = self._gauge("last_commit_timestamp_seconds", "When the last test write was committed")
        self.interruptions = self._gauge(
            "database_interruptions", "Writer threads (SQLite) and silent connections (PostgreSQL) that were replaced"
        )

    def watch_connections(self, connections: OpenConnections) -> None:
        self.registry.register(ConnectionMetrics(connections))

    def _gauge(self, name: str, description: str, *labels: str) -> Gauge:
        return Gauge(f"forecourt_{name}", description, labels, registry=self.registry)
