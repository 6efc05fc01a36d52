"""Truncates SQLite's write-ahead log (WAL), in which what was erased would stay readable until it is overwritten."""

import math
import time
from typing import Any

from sqlalchemy import Connection

SIZE_LIMIT = 16 * 1024 * 1024  # bytes that the file keeps once a long reader, beside which it grows, has ended
INTERVAL = 60.0  # seconds after which it is truncated without a request, too
RETRY_SECONDS = 1.0  # while a reader still needs it
_INFO = "forecourt.truncate_wal"


def truncate_wal_after_commit(connection: Connection) -> None:
    """Asks that what this transaction deletes leaves the write-ahead log as well, once it is committed.

    PostgreSQL does not let a client do this: there its own settings say how long its WAL is kept.
    """
    connection.info[_INFO] = True


class WalTruncation:
    """Truncates the WAL of one writer when that is due. A reader that needs the WAL is not waited for."""

    def __init__(self) -> None:
        self._due_at = time.monotonic() + INTERVAL
        self._retry_at = -math.inf

    def request(self) -> None:
        """Asks for it at the next occasion. Any thread may call this."""
        self._due_at = -math.inf

    def run_if_due(self, connection: Connection) -> None:
        """Discards what the WAL holds where that is due. `connection` must not be in a transaction."""
        if connection.info.pop(_INFO, False):
            self.request()
        now = time.monotonic()
        if now >= self._due_at and now >= self._retry_at:
            self._due_at, self._retry_at = now + INTERVAL, now + RETRY_SECONDS
            if not _truncate(connection):
                self.request()


def _truncate(connection: Connection) -> bool:
    """Returns False where it could not be done now: a reader still needs the WAL, or the disk is full."""
    driver: Any = connection.connection.dbapi_connection
    (timeout,) = driver.execute("PRAGMA busy_timeout").fetchone()
    driver.execute("PRAGMA busy_timeout = 0")  # or every other write would wait for the reader
    try:
        is_busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except connection.dialect.loaded_dbapi.Error:
        return False
    finally:
        driver.execute(f"PRAGMA busy_timeout = {timeout}")
    return not is_busy
