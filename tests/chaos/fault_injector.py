"""Counts the places at which something can fail, and says at the n-th of one kind that it fails."""

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum


class Failure(StrEnum):
    """Names what fails, and how."""

    CALL_REFUSED = "a database call is refused"
    READ_ONLY = "a database call is refused, because the server became a read-only standby"
    CONNECTION_LOST = "a database call loses its connection, or SQLite rolls back by itself"
    COMMIT_REFUSED = "a commit fails"
    COMMIT_UNANSWERED = "a commit succeeds, and its answer is lost"
    FILE_WRITE = "a file cannot be written, renamed or deleted: the disk is full"
    SMTP_REPLY = "the relay drops the connection instead of a reply"
    WEBHOOK_CALL = "the webhook closes the connection"


CALLS = {Failure.CALL_REFUSED, Failure.READ_ONLY, Failure.CONNECTION_LOST}
COMMITS = {Failure.COMMIT_REFUSED, Failure.COMMIT_UNANSWERED}


class FaultInjector:
    """Is armed for one failure at a time. Any thread may ask it."""

    def __init__(self) -> None:
        self.counts: Counter[Failure] = Counter()
        self.has_failed = False
        self._lock = threading.Lock()
        self._failure: Failure | None = None
        self._number = 0
        self._is_counting = False

    def start(self, failure: Failure | None = None, number: int = 0) -> None:
        """Counts from now on. Where the `number`-th place of `failure` comes, counted from 1, it fails."""
        with self._lock:
            self.counts.clear()
            self.has_failed, self._failure, self._number, self._is_counting = False, failure, number, True

    def stop(self) -> None:
        with self._lock:
            self._failure, self._is_counting = None, False

    @contextlib.contextmanager
    def pause(self) -> Iterator[None]:
        """Neither counts nor fails during the block, in which a journey looks at what no visitor sees."""
        was_counting, self._is_counting = self._is_counting, False
        try:
            yield
        finally:
            self._is_counting = was_counting

    def meets(self, *failures: Failure) -> Failure | None:
        """Counts a place where any of `failures` can happen, and returns the one that happens now."""
        with self._lock:
            if not self._is_counting:
                return None
            self.counts.update(failures)
            if self._failure not in failures or self.counts[self._failure] != self._number:
                return None
            self.has_failed = True
            return self._failure
