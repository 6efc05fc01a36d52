"""Runs event streams outside of the handlers that opened them."""

from starlette.types import ASGIApp, Receive, Scope, Send

from forecourt.web.event_stream import SCOPE_KEY, EventStream
from forecourt.web.open_streams import OpenStreams

_NEEDED = ("type", "method", "http_version")  # of a scope, by the server while it sends


class EventStreamMiddleware:
    """Goes on with the stream that a response has left in the scope.

    By then every handler and middleware within has returned. Their frames and what the request said would take more
    memory than all the rest, for as long as a stream lasts.
    """

    def __init__(self, app: ASGIApp, streams: OpenStreams):
        self._app, self._streams = app, streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = scope.get("headers", [])  # the server's own list: Starlette puts a copy in its place
        await self._app(scope, receive, send)
        stream: EventStream | None = scope.get(SCOPE_KEY)
        if stream:
            headers.clear()
            _forget_request(scope)
            self._streams.add(stream)
            try:
                await stream.run(receive, send)
            finally:
                self._streams.remove(stream)


def _forget_request(scope: Scope) -> None:
    """Leaves of a scope what the server still needs. A dict without its entries would stay as large as it was."""
    needed = {name: scope[name] for name in _NEEDED}
    scope.clear()
    scope.update(needed)
