"""Gives each request an id, which its log lines carry and its response names as `X-Request-ID`."""

from starlette.types import ASGIApp, Receive, Scope, Send

from forecourt.logs.request_context import begin_request
from forecourt.web.client_network import truncate_address
from forecourt.web.middleware.headers import add_headers

REQUEST_ID_HEADER = b"x-request-id"


class RequestContextMiddleware:
    """Makes the id itself, always: a client that could choose it could hide among the lines of others.

    A proxy finds it in the response, for its own log.
    """

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        identity = begin_request(truncate_address(client[0]) if client else "").id.encode()
        await self._app(scope, receive, add_headers(send, [(REQUEST_ID_HEADER, identity)]))
