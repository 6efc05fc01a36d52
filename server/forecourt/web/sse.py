"""This module encodes and sends server-sent events (HTML Living Standard, section 9.2)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

HEARTBEAT = 20.0  # seconds between two comments on a stream that is otherwise silent
READ_INTERVAL = 300.0  # seconds; a stream that is not woken reads so seldom, for what changes by time alone
SEND_TIMEOUT = 30.0  # seconds that a client may take to receive one event
_HEADERS = {"cache-control": "no-store, no-transform", "x-accel-buffering": "no"}


def encode_event(data: object, event: str = "", id: int | None = None) -> bytes:  # noqa: A002 - the field's own name
    """Returns one event with `data` as JSON."""
    lines = [f"id: {id}".encode()] if id is not None else []
    lines += [f"event: {event}".encode()] if event else []
    return b"\n".join([*lines, b"data: " + msgspec.json.encode(data), b"\n"])


def encode_comment(text: str) -> bytes:
    """Returns a comment, which readers ignore: it opens the stream and keeps it alive."""
    return f": {text}\n\n".encode()


def read_cursor(request: Request) -> int:
    """Returns the `id` of the last event that the client has: `Last-Event-ID`, else `?after=`, else 0.

    What is not a number, or negative, is 0 too, which is the beginning.
    """
    cursor = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
    return int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 10 else 0


def event_stream(events: AsyncIterator[bytes]) -> StreamingResponse:
    return EventStream(events, headers=_HEADERS, media_type="text/event-stream")


class EventStream(StreamingResponse):
    """Sends events, and ends where the client does not read for `SEND_TIMEOUT`: it may hold no memory for ever."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(SEND_TIMEOUT):
                    await send(message)
            except TimeoutError as error:
                raise OSError("the reader does not read") from error

        if scope["method"] == "HEAD":
            await Response(headers=_HEADERS, media_type="text/event-stream")(scope, receive, send)
            return
        with contextlib.suppress(ClientDisconnect):
            await super().__call__(scope, receive, send_in_time)
