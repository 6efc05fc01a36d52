"""Headers every answer carries, by where it is read: pages of ours, or other origins' pages by CORS."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CORS = [
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"x-content-type-options", b"nosniff"),
]
PREFLIGHT = [
    *CORS,
    (b"access-control-allow-methods", b"GET, HEAD, POST, DELETE"),
    (b"access-control-allow-headers", b"authorization, content-type, last-event-id"),
    (b"access-control-max-age", b"7200"),
]
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    # Not no-referrer: that sends `Origin: null` from our own forms.
    "referrer-policy": "same-origin",
}


def is_public(path: str) -> bool:
    """Whether pages of other origins may read `path`."""
    return path.startswith(("/v1/", "/assets/", "/.well-known/")) or path in ("/embed.js", "/openapi.json")


class HeadersMiddleware:
    """Outermost, so that errors and refusals carry them too."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "\0" in scope.get("path", ""):
            scope["path"] = "/not-found"  # no name of ours has it, and PostgreSQL cannot even look for it
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif is_public(scope["path"]):
            await self._public(scope, receive, send)
        else:
            await self._app(scope, receive, _with(send, _PAGE))

    async def _public(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._app(scope, receive, _with(send, CORS))


_PAGE = [(name.encode(), value.encode()) for name, value in PAGE.items()]


def _with(send: Send, extra: list[tuple[bytes, bytes]]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(header for header in extra if header[0] not in own)]
        await send(message)

    return sending
