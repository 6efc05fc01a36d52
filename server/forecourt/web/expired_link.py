"""Answers a page where the link that opened it does not work: it is unknown, too old, or what it led to has ended."""

from collections.abc import Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from forecourt.errors import LinkExpired
from forecourt.web.endpoint import Handler


def with_expired_page(handler: Handler, render_expired: Callable[[Request], Response]) -> Handler:
    """Returns a handler that answers what `render_expired` returns where `handler` raises `LinkExpired`."""

    @wraps(handler)
    async def answer(request: Request) -> ASGIApp:
        try:
            return await handler(request)
        except LinkExpired:
            return render_expired(request)

    return answer
