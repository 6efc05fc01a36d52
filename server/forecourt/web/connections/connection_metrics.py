"""Shows the connections of one process to Prometheus."""

from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from forecourt.web.connections.open_connections import EndReason, OpenConnections


class ConnectionMetrics(Collector):
    """Reads the counts when `/metrics` is asked for, so that counting costs connections nothing."""

    def __init__(self, connections: OpenConnections):
        self._connections = connections

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("forecourt_connections_open", "Open connections", value=len(self._connections))
        ended = CounterMetricFamily("forecourt_connections_ended", "Connections by why they ended", labels=["reason"])
        for reason in EndReason:
            ended.add_metric([reason], self._connections.ended[reason])
        yield ended
