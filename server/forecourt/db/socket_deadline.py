"""Ends calls to PostgreSQL that are past their deadline, by shutting their sockets.

A server, or a proxy before it, that falls silent while its connections stay open never fails: a thread would wait for
its answer for ever, and no time-out of the server's own ends what it does not execute.
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

CHECK_SECONDS = 0.25


@dataclass(eq=False, slots=True)
class LimitedCall:
    """Holds a call that is under way on a psycopg connection, and its end by the monotonic clock."""

    connection: "psycopg.Connection[Any] | psycopg.AsyncConnection[Any]"
    deadline: float


class SocketDeadlines:
    """Watches the calls of one driver from a thread of its own. `cuts` counts the sockets that it shut."""

    def __init__(self) -> None:
        self.cuts = 0
        self._lock = threading.Lock()
        self._calls: set[LimitedCall] = set()
        self._is_closed = threading.Event()
        self._thread: threading.Thread | None = None  # started by the first call

    @contextlib.contextmanager
    def limit(self, connection: Any, deadline: float) -> Iterator[None]:
        """Ends the connection's socket if the block lasts beyond `deadline`; what waits for it then raises."""
        call = LimitedCall(connection, deadline)
        with self._lock:
            self._calls.add(call)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="postgres-deadlines", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._calls.discard(call)

    def has_calls(self) -> bool:
        return bool(self._calls)

    def cut_calls(self, deadline: float) -> None:
        """Ends the sockets of all calls that must have ended by `deadline`."""
        with self._lock:
            for call in [call for call in self._calls if call.deadline <= deadline]:
                self._calls.discard(call)
                self.cuts += 1
                _shut_socket(call.connection)

    def close(self) -> None:
        self._is_closed.set()

    def _watch(self) -> None:
        while not self._is_closed.wait(CHECK_SECONDS):
            self.cut_calls(time.monotonic())


def _shut_socket(connection: "psycopg.Connection[Any] | psycopg.AsyncConnection[Any]") -> None:
    """Ends the socket and leaves its descriptor to libpq, which closes it."""
    with contextlib.suppress(OSError, psycopg.Error):
        descriptor = connection.pgconn.socket
        with socket.socket(fileno=os.dup(descriptor)) as duplicate:
            # Where its thread closed it meanwhile, the number may be another file's by now.
            if connection.pgconn.socket == descriptor:
                duplicate.shutdown(socket.SHUT_RDWR)
