"""Runs `python -m bench.bare_event_stream`: bare Starlette event streams, one queue a stream, nothing stored.

`POST /{id}` with a body puts it on the stream of `GET /{id}`.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bench.serve_asgi import serve_asgi

_queues: defaultdict[str, asyncio.Queue[bytes]] = defaultdict(asyncio.Queue)


async def post(request: Request) -> Response:
    _queues[request.path_params["id"]].put_nowait(await request.body())
    return Response(status_code=201)


async def events(request: Request) -> Response:
    return StreamingResponse(_frames(_queues[request.path_params["id"]]), media_type="text/event-stream")


async def _frames(messages: asyncio.Queue[bytes]) -> AsyncIterator[bytes]:
    yield b": hi\n\n"
    while True:
        yield b"data: " + await messages.get() + b"\n\n"


if __name__ == "__main__":
    serve_asgi(Starlette(routes=[Route("/{id}", post, methods=["POST"]), Route("/{id}", events)]))
