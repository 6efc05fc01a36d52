"""Answers 503 with `Retry-After` to whoever comes when too many are there."""

from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from forecourt.errors import Unavailable
from forecourt.web.middleware.headers import HeadersMiddleware
from forecourt.web.problems import problem_response


async def turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers any request, as an ASGI application, and ends its connection."""

    async def send_and_close(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        await send(message)

    await _with_headers(scope, receive, send_and_close)


async def _answer_unavailable(scope: Scope, receive: Receive, send: Send) -> None:
    response = problem_response(Request(scope), Unavailable("too many connections are open"))
    await response(scope, receive, send)


_with_headers = HeadersMiddleware(_answer_unavailable)
