"""Holds the open event streams of one process, and sends their heartbeats."""

import asyncio
import time

from forecourt.web import sse
from forecourt.web.event_stream import EventStream

_SWEEPS = 20  # looks at all streams in the time of one heartbeat


class OpenStreams:
    """Sends the heartbeats of all streams by one timer, which takes less memory than one for each."""

    def __init__(self) -> None:
        self._open: set[EventStream] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._open)

    def add(self, stream: EventStream) -> None:
        self._open.add(stream)
        if self._timer is None:
            self._start_timer()

    def remove(self, stream: EventStream) -> None:
        self._open.discard(stream)

    def _start_timer(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(sse.HEARTBEAT / _SWEEPS, self._beat)

    def _beat(self) -> None:
        self._timer = None
        next_look_at = time.monotonic() + sse.HEARTBEAT / _SWEEPS
        for stream in self._open:
            stream.beat_if_due(next_look_at)
        if self._open:
            self._start_timer()
