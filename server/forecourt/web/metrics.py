"""This module holds the numbers that `/metrics` shows to Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


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
            "forecourt_requests_open", "Requests under way, streams included", registry=self.registry
        )
        self.unconfirmed_mails = Counter(
            "forecourt_unconfirmed_mails_total",
            "Mails to unconfirmed addresses that were sent, delayed or dropped",
            ["outcome"],
            registry=self.registry,
        )
        self.outbox = Gauge("forecourt_outbox_mails", "Mails in the outbox by state", ["state"], registry=self.registry)
