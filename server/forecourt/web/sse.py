"""Server-sent events (HTML Living Standard, 9.2): first byte at once, a heartbeat, an end that says why."""

from collections.abc import AsyncIterator

import msgspec
from starlette.requests import Request
from starlette.responses import StreamingResponse

HEARTBEAT = 20.0  # seconds
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
    return StreamingResponse(frames, headers=_HEADERS, media_type="text/event-stream")
