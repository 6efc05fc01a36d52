"""Limits how often lines of one kind are logged, so that a client that sends rubbish does not fill the disk."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

MAX_PER_MINUTE = 60  # lines of one kind: some 20 MB a day at most
_WINDOW = 60.0  # seconds


@dataclass(slots=True)
class _Window:
    began_at: float
    lines: int = 0
    left_out: int = 0


class RepetitionFilter(logging.Filter):
    """Lets 60 lines of a kind through in a minute, and counts the others on the first line of a later minute.

    A line's kind is the place in the code that logs it, so there are few; an event of the security log is its own kind.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        super().__init__()
        self._clock = clock
        self._windows: dict[object, _Window] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        kind = getattr(record, "kind", None) or (record.pathname, record.lineno)
        now, window = self._clock(), self._windows.get(kind)
        if window is None or now - window.began_at >= _WINDOW:
            record.left_out = window.left_out if window else 0
            window = self._windows[kind] = _Window(now)
        if window.lines >= MAX_PER_MINUTE:
            window.left_out += 1
            return False
        window.lines += 1
        return True
