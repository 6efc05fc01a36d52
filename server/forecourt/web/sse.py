"""This module encodes server-sent events (HTML Living Standard, section 9.2)."""

import msgspec
from starlette.requests import Request

HEARTBEAT = 20.0  # seconds between two comments on a stream that is otherwise silent
READ_INTERVAL = 300.0  # seconds; a stream that is not woken reads so seldom, for what changes by time alone
BATCH_BYTES = 32 * 1024  # of events that are encoded before the client has taken those before them


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
