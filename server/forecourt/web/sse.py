"""Server-sent events (HTML Living Standard, 9.2): first byte at once, a heartbeat, an end that says why."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

HEARTBEAT = 20.0  # seconds
PATIENCE = 30.0  # seconds for one frame to be taken
_HEADERS = {"cache-control": "no-store, no-transform", "x-accel-buffering": "no"}


def frame(data: object, event: str = "", id: int | None = None) -> bytes:  # noqa: A002 - the field's own name
    lines = [f"id: {id}".encode()] if id is not None else []
    lines += [f"event: {event}".encode()] if event else []
    return b"\n".join([*lines, b"data: " + msgspec.json.encode(data), b"\n"])


def comment(text: str) -> bytes:
    return f": {text}\n\n".encode()


def cursor(request: Request) -> int:
    """Where the reader stands: Last-Event-ID beats `after`. What is no number, or negative, is the beginning."""
    given = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def stream(frames: AsyncIterator[bytes]) -> StreamingResponse:
    return EventStream(frames, headers=_HEADERS, media_type="text/event-stream")


class EventStream(StreamingResponse):
    """A reader that does not read for `PATIENCE` is cut: it may hold no memory and no right for ever."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            try:
                async with asyncio.timeout(PATIENCE):
                    await send(message)
            except TimeoutError as error:
                raise OSError("the reader does not read") from error

        if scope["method"] == "HEAD":
            await Response(headers=_HEADERS, media_type="text/event-stream")(scope, receive, send)
            return
        with contextlib.suppress(ClientDisconnect):
            await super().__call__(scope, receive, sending)
