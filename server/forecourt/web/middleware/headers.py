"""Sets the headers that every response carries: CORS for what other origins' pages read, security headers for pages."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PUBLIC_HEADERS = [
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"x-content-type-options", b"nosniff"),
    # Where a browser opens it as a page of its own, it may do nothing and stand in no frame.
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
]
PREFLIGHT_HEADERS = [
    *PUBLIC_HEADERS,
    (b"access-control-allow-methods", b"GET, HEAD, POST, DELETE"),
    (
        b"access-control-allow-headers",
        b"authorization, content-disposition, content-type, idempotency-key, last-event-id",
    ),
    (b"access-control-max-age", b"7200"),
]
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    # Not no-referrer: browsers would then send `Origin: null` from our own forms.
    "referrer-policy": "same-origin",
}
PAGE_HEADER_PAIRS = [(name.encode(), value.encode()) for name, value in PAGE_HEADERS.items()]


def localized_public_headers(locale: str) -> list[tuple[bytes, bytes]]:
    """Returns the headers of a response that other origins may read and that is in one language."""
    return [*PUBLIC_HEADERS, (b"content-language", locale.encode())]


def is_public(path: str) -> bool:
    """Checks whether pages of other origins may read `path`."""
    return path.startswith(("/v1/", "/assets/", "/.well-known/")) or path in ("/embed.js", "/openapi.json")


class HeadersMiddleware:
    """Adds the headers that a response lacks, and answers CORS preflight requests.

    It wraps the router, so that errors and refusals carry the headers too. Outside of it answer only the cache, whose
    responses hold their headers, and the redirect to HTTPS.
    """

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif is_public(scope["path"]):
            await self._answer_publicly(scope, receive, send)
        else:
            await self._app(scope, receive, add_headers(send, PAGE_HEADER_PAIRS))

    async def _answer_publicly(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": PREFLIGHT_HEADERS})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._app(scope, receive, add_headers(send, PUBLIC_HEADERS))


def add_headers(send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
    """Returns a `send` that adds those of the headers that a response lacks. Their names are in small letters."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            names = {name for name, _ in message["headers"]}
            missing = [header for header in headers if header[0] not in names]
            message = {**message, "headers": [*message["headers"], *missing]}  # a copy: the cache keeps its messages
        await send(message)

    return send_with_headers
