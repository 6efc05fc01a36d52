"""Runs `python -m bench.bare_event_stream`: bare event streams of the same server, one queue a stream, nothing stored.

`POST /{id}/messages` with a body puts it on the stream of `GET /{id}/events`. No router, no middleware, no database.
"""

import asyncio
from collections import defaultdict

from starlette.types import Receive, Scope, Send

from bench.serve_asgi import serve_asgi

_queues: defaultdict[str, asyncio.Queue[bytes]] = defaultdict(asyncio.Queue)


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    messages = _queues[scope["path"].rpartition("/")[0]]
    if scope["method"] == "POST":
        messages.put_nowait((await receive())["body"])
        await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})
    else:
        await _stream(messages, send)


async def _stream(messages: asyncio.Queue[bytes], send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    frame = b": hi\n\n"
    while True:
        await send({"type": "http.response.body", "body": frame, "more_body": True})
        frame = b"data: " + await messages.get() + b"\n\n"


if __name__ == "__main__":
    serve_asgi(answer)
