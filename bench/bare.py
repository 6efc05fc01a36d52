"""`python -m bench.bare FILE`: a bare ASGI function that sends the answer kept in FILE, whatever it is asked."""

import sys
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bench.answer import Answer, kept
from bench.listen import listen


def bare(answer: Answer) -> ASGIApp:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers]
    start: Message = {"type": "http.response.start", "status": answer.status, "headers": headers}
    body: Message = {"type": "http.response.body", "body": answer.raw}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start)
        await send(body)

    return app


if __name__ == "__main__":
    listen(bare(kept(Path(sys.argv[1]))))
