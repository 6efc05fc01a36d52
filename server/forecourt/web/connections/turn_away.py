"""Answers 503 with `Retry-After` to whoever comes when too many are there."""

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from forecourt.errors import Unavailable
from forecourt.web.middleware.headers import HeadersMiddleware, add_headers
from forecourt.web.middleware.null_characters import NullCharacterMiddleware
from forecourt.web.problems import problem_response


async def turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers any request, as an ASGI application, and ends its connection."""
    await _unavailable(scope, receive, add_headers(send, [(b"connection", b"close")]))


async def _answer_unavailable(scope: Scope, receive: Receive, send: Send) -> None:
    response = problem_response(Request(scope), Unavailable("too many connections are open"))
    await response(scope, receive, send)


_unavailable = NullCharacterMiddleware(HeadersMiddleware(_answer_unavailable))
