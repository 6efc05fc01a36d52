"""This module holds the open connections of one process: how many there may be, and which one goes for a new one.

Connections that do nothing are cut first, the oldest before the others. One that works, with a request under way or
an open event stream, is never cut for another. Each worker process counts for itself.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator
from enum import StrEnum
from typing import Protocol

from forecourt.settings.server import ConnectionSettings
from forecourt.web.connections.client_key import ProxyNetworks, client_key

MAX_TURNED_AWAY = 64  # connections over a cap that are answered 503 at once; one more is closed without an answer
LATE_HEAD_SECONDS = 1.0  # an unfinished head that is older may be cut for a new connection
SWEEP_SECONDS = 1.0  # between two looks at all deadlines
LIST_SECONDS = 0.02  # between two looks for idle connections where none was found
LOG_SECONDS = 60.0  # between two log lines of one reason
log = logging.getLogger(__name__)


class EndReason(StrEnum):
    """Says why a connection ended."""

    NORMAL = "normal"  # the client left, or the answer was the last
    IDLE = "idle"  # nothing was asked after an answer
    HEAD_LATE = "head_late"
    BODY_LATE = "body_late"
    BODY_REST = "body_rest"  # the rest of a body after its answer was late or long
    UNREAD_ANSWER = "unread_answer"  # the client does not read what is sent
    HEAD_TOO_LARGE = "head_too_large"  # with chunk sizes, chunk extensions and trailers
    PIPELINE_TOO_LONG = "pipeline_too_long"
    NOT_HTTP = "not_http"
    CUT_FOR_ANOTHER = "cut_for_another"  # at a cap the oldest idle one
    TURNED_AWAY = "turned_away"  # at a cap where none is idle


_LOGGED = {
    EndReason.UNREAD_ANSWER: "ended because what was sent was not read",
    EndReason.HEAD_TOO_LARGE: "ended because a request's head was too large",
    EndReason.PIPELINE_TOO_LONG: "ended because too many requests were sent at once",
    EndReason.NOT_HTTP: "ended because what was sent is not HTTP",
    EndReason.CUT_FOR_ANOTHER: "were idle and cut for others: the limit of open connections is reached",
    EndReason.TURNED_AWAY: "were turned away: the limit of open connections is reached, and all of them work",
}


class Connection(Protocol):
    """Describes what this module needs of a connection. `client_key` is blank where it is not counted by client."""

    client_key: str

    def idle_since(self) -> float | None: ...
    def is_within_head(self) -> bool: ...
    def end(self, reason: EndReason) -> None: ...
    def check_deadlines(self, now: float) -> None: ...


class IdleConnections:
    """Lists the connections that are idle now, those without a begun request first, and of each the oldest first.

    Listing them when a cap is reached costs less than keeping them in order with each request.
    """

    def __init__(self, connections: Iterable[Connection], open_connections: Container[Connection], now: float):
        self._made_at, self._open = now, open_connections
        candidates = [(connection, connection.idle_since()) for connection in connections]
        idle = [(connection, since) for connection, since in candidates if since is not None]
        self._oldest_last = sorted(idle, key=lambda row: (row[0].is_within_head(), row[1]), reverse=True)
        self._had_any = bool(idle)

    def may_be_renewed(self, now: float) -> bool:
        """Returns False soon after nothing was idle: a flood of connections is not to cost a look at all for each."""
        return self._had_any or now - self._made_at > LIST_SECONDS

    def take(self, now: float) -> Connection | None:
        """Returns the next one that is still idle; None where none is."""
        while self._oldest_last:
            connection, since = self._oldest_last.pop()
            is_early = connection.is_within_head() and now - since < LATE_HEAD_SECONDS
            if connection in self._open and connection.idle_since() == since and not is_early:
                return connection
        return None


class OpenConnections:
    """Holds the open connections, cuts idle ones at a cap, and checks the deadlines of all.

    Only the event loop's thread may use it. `count_by_client` is off where all load comes from one address; new
    connections follow it when it changes.
    """

    def __init__(
        self, settings: ConnectionSettings, trusted_proxies: Collection[str] = (), *, count_by_client: bool = True
    ):
        self.settings = settings
        self.ended: Counter[EndReason] = Counter()
        self._uncounted_proxies = ProxyNetworks(trusted_proxies)
        self.count_by_client = count_by_client
        self._open: set[Connection] = set()
        self._turned_away: set[Connection] = set()
        self._by_client: Counter[str] = Counter()
        self._candidates: dict[str, IdleConnections] = {}  # by client, and of all clients under a blank
        self._sweep_seconds = min(SWEEP_SECONDS, min(_deadlines(settings)) / 4)
        self._sweep_timer: asyncio.TimerHandle | None = None
        self._reasons_to_log: Counter[EndReason] = Counter()
        self._logged_at: dict[EndReason, float] = {}

    def __len__(self) -> int:
        return len(self._open)

    def client_key_of(self, address: str) -> str:
        """Returns what a client's connections are counted under; blank where they are not."""
        if not self.count_by_client or address in self._uncounted_proxies:
            return ""
        return client_key(address)

    def admit(self, connection: Connection) -> bool:
        """Returns whether there is room, for which the oldest idle connection may be cut.

        Where there is none, the caller is to answer 503 soon; of those too many are ended at once.
        """
        self._start_sweeping()
        key = connection.client_key
        is_client_full = key and self._by_client[key] >= self.settings.per_client
        if (is_client_full and not self._cut_oldest(key)) or (
            len(self._open) >= self.settings.maximum and not self._cut_oldest()
        ):
            self._turn_away(connection)
            return False
        self._open.add(connection)
        self._by_client[key] += 1
        return True

    def release(self, connection: Connection, reason: EndReason) -> None:
        """Removes a connection that has ended. A second call does nothing."""
        if connection in self._open:
            self._open.remove(connection)
            self._by_client[connection.client_key] -= 1
            if not self._by_client[connection.client_key]:
                del self._by_client[connection.client_key]
            self.count_end(reason)
        self._turned_away.discard(connection)

    def count_end(self, reason: EndReason) -> None:
        self.ended[reason] += 1
        if reason in _LOGGED:
            self._reasons_to_log[reason] += 1

    def _cut_oldest(self, key: str = "") -> bool:
        """Returns whether an idle one was cut: of the client with `key`, or of all where that is blank."""
        now = asyncio.get_running_loop().time()
        candidates = self._candidates.get(key)
        connection = candidates.take(now) if candidates else None
        if connection is None and (candidates is None or candidates.may_be_renewed(now)):
            candidates = self._candidates[key] = IdleConnections(self._of_client(key), self._open, now)
            connection = candidates.take(now)
        if connection is None:
            return False
        self.release(connection, EndReason.CUT_FOR_ANOTHER)
        connection.end(EndReason.CUT_FOR_ANOTHER)
        return True

    def _of_client(self, key: str) -> Iterator[Connection]:
        return (connection for connection in self._open if not key or connection.client_key == key)

    def _turn_away(self, connection: Connection) -> None:
        self.count_end(EndReason.TURNED_AWAY)
        if len(self._turned_away) < MAX_TURNED_AWAY:
            self._turned_away.add(connection)
        else:
            connection.end(EndReason.TURNED_AWAY)

    def _start_sweeping(self) -> None:
        if not self._sweep_timer:
            self._sweep_timer = asyncio.get_running_loop().call_later(self._sweep_seconds, self._sweep)

    def _sweep(self) -> None:
        """Checks all deadlines, again and again for as long as there is a connection or something to log."""
        self._sweep_timer = None
        self._candidates.clear()
        now = asyncio.get_running_loop().time()
        for connection in (*self._open, *self._turned_away):
            connection.check_deadlines(now)
        self._log_reasons(now)
        if self._open or self._turned_away or self._reasons_to_log:
            self._start_sweeping()

    def _log_reasons(self, now: float) -> None:
        """Logs one line a reason and minute, however many connections ended for it."""
        for reason in [*self._reasons_to_log]:
            if now - self._logged_at.get(reason, -LOG_SECONDS) >= LOG_SECONDS:
                self._logged_at[reason] = now
                log.warning("%d connection(s) %s", self._reasons_to_log.pop(reason), _LOGGED[reason])


def _deadlines(settings: ConnectionSettings) -> tuple[float, ...]:
    return (
        settings.head_seconds,
        settings.body_seconds,
        settings.body_rest_seconds,
        settings.write_seconds,
        settings.idle_seconds,
    )
