"""This module bounds one connection in time and size, at every moment of its life.

It stands on two hooks that uvicorn documents, `http` (a class for the protocol) and `limit_concurrency`, and beyond
them on the insides of `HttpToolsProtocol`, which `tests/web/connections/test_uvicorn_insides.py` lists.
"""

import asyncio
import logging
from enum import Enum
from math import inf
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from forecourt.web.connections.open_connections import EndReason, OpenConnections
from forecourt.web.connections.turn_away import turn_away

MAX_HEAD_BYTES = 64 * 1024  # of one request, with chunk sizes, chunk extensions and trailers: all but its body
MAX_HEADERS = 128  # headers of one request, and as many trailers, which are dropped
MAX_BODY_REST_BYTES = 1024 * 1024  # that are read and dropped after the answer
MAX_QUEUED_REQUESTS = 8  # that wait on one connection for the answer before them; the rest stays unparsed
MAX_UNPARSED_BYTES = 1024 * 1024  # behind the queued requests; reading stops long before
PIECE_BYTES = 2048  # that are parsed at once, so that no bound is passed by more
MIN_BODY_BYTES_A_SECOND = 32 * 1024  # that a declared body comes at, beyond `body_seconds`: uploads are large
MAX_TIMED_BODY_BYTES = 64 * 1024 * 1024  # of a declared body; more of it gives no more time
MIN_WRITE_BYTES = 16 * 1024  # that a client has to read within `write_seconds`, or all there is
TURNED_AWAY_SECONDS = 2.0  # for the request of a client that is answered 503

_HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"  # RFC 6585
)
# uvicorn warns of each bad request; `OpenConnections` counts them and logs a line a minute.
_errors_only = logging.getLogger("uvicorn.error.connections")
_errors_only.setLevel(logging.ERROR)


class Stage(Enum):
    """Says what is read of a connection next."""

    HEAD = EndReason.HEAD_LATE
    BODY = EndReason.BODY_LATE
    ANSWER = EndReason.NORMAL  # the request is complete, and being answered
    BODY_REST = EndReason.BODY_REST  # the request is answered, and its body goes on
    IDLE = EndReason.IDLE


_SECONDS = {
    Stage.HEAD: "head_seconds",
    Stage.BODY: "body_seconds",
    Stage.BODY_REST: "body_rest_seconds",
    Stage.IDLE: "idle_seconds",
}


class LimitedHttpProtocol(HttpToolsProtocol):
    """Reads one connection's requests, and ends it where a deadline or a size is passed."""

    # Beside uvicorn's own attributes, of which a dict with more would take 1 KiB more for each connection.
    __slots__ = (
        "_answering_cycle", "_body_rest_bytes", "_complete_scope", "_deadline", "_end_reason", "_entered_at",
        "_head_bytes", "_stage", "_stage_scope", "_unparsed", "_write_deadline", "_write_goal", "client_key",
    )  # fmt: skip
    open_connections: ClassVar[OpenConnections]

    def __init__(self, *parameters: Any, **named_parameters: Any) -> None:
        super().__init__(*parameters, **named_parameters)
        self.logger = _errors_only
        self.client_key = ""
        self._stage, self._deadline, self._entered_at = Stage.HEAD, inf, 0.0
        self._stage_scope: object = None  # the request that the stage is about; None before the first
        self._complete_scope: object = None  # the last request whose body is complete
        self._end_reason = EndReason.NORMAL
        self._answering_cycle: RequestResponseCycle | None = None
        self._head_bytes = 0
        self._body_rest_bytes = 0
        self._unparsed = bytearray()
        self._write_goal = -1  # bytes that the write buffer has to come down to; below 0 where nothing waits
        self._write_deadline = inf

    # What uvloop calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn's own narrowing
        super().connection_made(transport)
        self.client_key = self.open_connections.client_key_of(self.client[0] if self.client else "")
        seconds = self.open_connections.settings.head_seconds
        if not self.open_connections.admit(self):
            self.app, seconds = turn_away, TURNED_AWAY_SECONDS
        self._entered_at = self.loop.time()
        self._deadline = self._entered_at + seconds

    def data_received(self, data: bytes) -> None:
        if len(data) > PIECE_BYTES or self._unparsed or len(self.pipeline) >= MAX_QUEUED_REQUESTS:
            self._unparsed += data
            self._parse_pieces()
        else:
            self._parse(data)

    def resume_writing(self) -> None:
        self._write_goal = -1
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answering_cycle:  # uvicorn tells only the newest request, and this one would go on writing
            self._answering_cycle.disconnected = True
            self._answering_cycle.message_event.set()
        super().connection_lost(exc)
        self._unparsed.clear()
        if isinstance(exc, TimeoutError):  # the kernel's: TCP_USER_TIMEOUT
            self._end_reason = EndReason.UNREAD_ANSWER
        self.open_connections.release(self, self._end_reason)

    # What the parser calls

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if not self.pipeline:
            self._answering_cycle = self.cycle

    def on_chunk_header(self) -> None:
        self.headers = []  # for the trailers, which change no header of the request: it has the list before

    def on_body(self, body: bytes) -> None:
        self._head_bytes -= len(body)
        if self._stage is Stage.BODY_REST:
            self._body_rest_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._complete_scope = self.scope
        self._head_bytes = 0

    # What uvicorn calls

    def on_response_complete(self) -> None:
        self._answering_cycle = self.pipeline[-1][0] if self.pipeline else None
        super().on_response_complete()
        if self._unparsed:
            self._parse_pieces()
        self._enter_stage()

    def send_400_response(self, msg: str) -> None:
        self._end_reason = EndReason.NOT_HTTP
        if self._is_answering():  # nothing may be written into the middle of an answer
            self.transport.close()
        else:
            super().send_400_response(msg)

    # What `OpenConnections` calls

    def idle_since(self) -> float | None:
        """Returns since when nothing is done here; None while a request is answered, or an answer sent."""
        is_sending = self.transport.get_write_buffer_size() > 0
        return None if is_sending or self._is_answering() else self._entered_at

    def is_within_head(self) -> bool:
        return self._stage is Stage.HEAD and self.scope is not None

    def end(self, reason: EndReason) -> None:
        self._end_reason = reason
        self.transport.abort()

    def check_deadlines(self, now: float) -> None:
        waiting_bytes = self.transport.get_write_buffer_size()
        if waiting_bytes:
            self._check_write(waiting_bytes, now)
        else:
            self._write_goal = -1
        if now > self._deadline and not self.transport.is_closing():
            self._end_late()

    def _check_write(self, waiting_bytes: int, now: float) -> None:
        """Ends a connection whose client reads neither `MIN_WRITE_BYTES` nor all there is within `write_seconds`."""
        if self._write_goal < 0 or waiting_bytes <= self._write_goal:
            self._write_goal = max(0, waiting_bytes - MIN_WRITE_BYTES)
            self._write_deadline = now + self.open_connections.settings.write_seconds
        elif now > self._write_deadline:
            self.end(EndReason.UNREAD_ANSWER)

    def _end_late(self) -> None:
        if self._stage in (Stage.IDLE, Stage.BODY_REST):
            self._end_reason = self._stage.value
            self.transport.close()  # sends the rest of the answer first
        else:
            self.end(self._stage.value)

    def _parse_pieces(self) -> None:
        """Parses what has come, and stops reading where too many requests wait for their answer."""
        while self._unparsed and not self.transport.is_closing():
            if len(self.pipeline) >= MAX_QUEUED_REQUESTS:
                self.flow.pause_reading()
                if len(self._unparsed) > MAX_UNPARSED_BYTES:
                    self.end(EndReason.PIPELINE_TOO_LONG)
                return
            piece = bytes(self._unparsed[:PIECE_BYTES])
            del self._unparsed[:PIECE_BYTES]
            self._parse(piece)

    def _parse(self, piece: bytes) -> None:
        self._head_bytes += len(piece)
        super().data_received(piece)
        cycle = self.cycle
        if cycle and cycle.scope is self.scope and not cycle.more_body and not cycle.response_complete:
            self._stage, self._deadline = Stage.ANSWER, inf  # as nearly always: the request came whole
        elif self._head_bytes > MAX_HEAD_BYTES or len(self.headers or ()) > MAX_HEADERS:
            self._refuse_large_head()
        elif self._stage is Stage.BODY_REST and self._body_rest_bytes > MAX_BODY_REST_BYTES:
            self._end_late()
        else:
            self._enter_stage()

    def _enter_stage(self) -> None:
        """Gives a new stage its deadline. What comes behind a request that is being answered has none until then."""
        stage = self._reading_stage()
        if stage is self._stage and self.scope is self._stage_scope and self._deadline is not inf:
            return
        is_first_head = stage is Stage.HEAD and self._stage_scope is None and not self._is_answering()
        self._stage, self._stage_scope = stage, self.scope
        if is_first_head:
            return  # its time runs from the connection on
        self._deadline = inf
        if stage is Stage.ANSWER or (self._is_answering() and (stage is Stage.HEAD or self.pipeline)):
            return
        self._body_rest_bytes = 0
        self._entered_at = self.loop.time()
        self._deadline = self._entered_at + getattr(self.open_connections.settings, _SECONDS[stage])
        if stage is Stage.BODY:
            self._deadline += min(self._declared_bytes(), MAX_TIMED_BODY_BYTES) / MIN_BODY_BYTES_A_SECOND

    def _declared_bytes(self) -> int:
        declared = next((value for name, value in self.headers if name == b"content-length"), b"")
        return int(declared) if declared.isdigit() else 0

    def _reading_stage(self) -> Stage:
        if self.cycle is None or self.cycle.scope is not self.scope:
            return Stage.HEAD
        if not self.cycle.response_complete:
            return Stage.BODY if self.cycle.more_body else Stage.ANSWER
        return Stage.IDLE if self._complete_scope is self.scope else Stage.BODY_REST

    def _refuse_large_head(self) -> None:
        if self.transport.is_closing():
            return
        if self._is_answering():
            self.end(EndReason.HEAD_TOO_LARGE)
        else:
            self._end_reason = EndReason.HEAD_TOO_LARGE
            self.transport.write(_HEAD_TOO_LARGE)
            self.transport.close()

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete


def http_protocol(connections: OpenConnections) -> type[LimitedHttpProtocol]:
    """Returns the class that uvicorn makes an object of for each connection."""

    class HttpProtocol(LimitedHttpProtocol):
        __slots__ = ()
        open_connections = connections

    return HttpProtocol
