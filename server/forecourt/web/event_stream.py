"""Keeps an event stream open: it waits for a signal without reading, and sends what is new."""

import asyncio
import contextvars
import logging
import time
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from forecourt.db.notify import ListenerHub
from forecourt.web import sse

SCOPE_KEY = "forecourt.event_stream"  # of the stream that goes on when the handlers have returned
log = logging.getLogger(__name__)


class Batch(NamedTuple):
    """Holds encoded events.

    `is_last` ends the stream after them; with `has_more` the next are read at once. A stream that is not woken is read
    after `sse.READ_INTERVAL`, or with `read_at_next_beat` at the next heartbeat.
    """

    events: bytes = b""
    is_last: bool = False
    has_more: bool = False
    read_at_next_beat: bool = False


class EventSource(Protocol):
    """Describes where a stream's events come from. `topics` wake it."""

    @property
    def topics(self) -> Sequence[str]: ...

    async def read(self, is_woken: bool) -> Batch:
        """Returns what is new since the last read. `is_woken` is False where only time has passed."""


class EventStream:
    """Sends the events of one source to one client.

    What waits for hours is this object and the request's task, which waits until the client leaves. A task that reads
    and sends lives only while there is something to send. Where the client does not read, that task waits with one
    batch, signals leave one flag, and the connection's `write_seconds` end it.
    """

    __slots__ = (
        "_beat_at", "_context", "_hub", "_is_beat_due", "_is_over", "_is_woken", "_read_again_at", "_send", "_source",
        "_task",
    )  # fmt: skip

    def __init__(self, hub: ListenerHub, source: EventSource):
        self._hub, self._source = hub, source
        self._is_woken = self._is_beat_due = self._is_over = False
        self._beat_at = self._read_again_at = 0.0  # by the monotonic clock
        self._task: asyncio.Task[None] | None = None

    async def run(self, receive: Receive, send: Send) -> None:
        """Returns when the client has left, or the response is complete.

        It listens before it reads, so that nothing is missed in between.
        """
        self._send, self._context = send, contextvars.copy_context()
        self._hub.add(self, self._source.topics)
        try:
            await self._write(sse.encode_comment("hi"))
            self.wake()
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self._hub.remove(self, self._source.topics)
            self._is_over = True
            if self._task:
                self._task.cancel()

    def wake(self) -> None:
        self._is_woken = True
        self._start_task()

    def beat_if_due(self, now: float) -> None:
        """Sends a comment where nothing was sent for `sse.HEARTBEAT`. It reads where that is due."""
        if now >= self._beat_at:
            self._is_beat_due = True
            self._start_task()

    def _start_task(self) -> None:
        if self._task is None and not self._is_over:
            self._task = asyncio.create_task(self._send_due(), context=self._context)

    async def _send_due(self) -> None:
        try:
            while (self._is_woken or self._is_beat_due) and not self._is_over:
                await self._send_next()
        except Exception:
            log.exception("an event stream has failed, and ends; its client comes back")
            await self._write(b"", is_last=True)
        finally:
            self._task = None

    async def _send_next(self) -> None:
        is_woken, is_beat_due = self._is_woken, self._is_beat_due
        self._is_woken = self._is_beat_due = False
        batch = Batch()
        if is_woken or time.monotonic() >= self._read_again_at:
            batch = await self._source.read(is_woken)
            self._read_again_at = 0.0 if batch.read_at_next_beat else time.monotonic() + sse.READ_INTERVAL
            self._is_woken |= batch.has_more
        events = batch.events or (sse.encode_comment("beat") if is_beat_due else b"")
        if events or batch.is_last:
            await self._write(events, batch.is_last)

    async def _write(self, body: bytes, is_last: bool = False) -> None:
        self._is_over |= is_last
        self._beat_at = time.monotonic() + sse.HEARTBEAT
        message: Message = {"type": "http.response.body", "body": body, "more_body": not is_last}
        await self._send(message)


class EventStreamResponse(Response):
    """Begins the response, and leaves the stream to `EventStreamMiddleware`."""

    media_type = "text/event-stream"

    def __init__(self, hub: ListenerHub, source: EventSource):
        self.status_code, self.background = 200, None
        self.init_headers({"cache-control": "no-store, no-transform", "x-accel-buffering": "no"})
        self._stream = EventStream(hub, source)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body"})
        else:
            scope[SCOPE_KEY] = self._stream
