"""Runs `python -m bench.bare_asgi FILE`: a bare ASGI function that sends the response in FILE to every request."""

import sys
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bench.recorded_response import RecordedResponse, load_response
from bench.serve_asgi import serve_asgi


def answer_always(answer: RecordedResponse) -> ASGIApp:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers]
    start: Message = {"type": "http.response.start", "status": answer.status, "headers": headers}
    body: Message = {"type": "http.response.body", "body": answer.raw}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start)
        await send(body)

    return app


if __name__ == "__main__":
    serve_asgi(answer_always(load_response(Path(sys.argv[1]))))
