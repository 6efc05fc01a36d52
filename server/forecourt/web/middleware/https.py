"""Keeps browsers on HTTPS where `public_url` is https: HSTS (RFC 6797), and a redirect of what came by plain HTTP."""

from datetime import timedelta

from starlette.types import ASGIApp, Receive, Scope, Send

from forecourt.web.middleware.headers import add_headers


class HttpsMiddleware:
    """Adds `Strict-Transport-Security`, and sends on to `address` what a proxy says it took by plain HTTP.

    `address` is where browsers reach Forecourt, without a slash at its end. A proxy need not be trusted for it: who
    forges the header redirects nobody else. Requests without the header, such as a probe's, are answered.
    """

    def __init__(self, app: ASGIApp, address: str, hsts_days: int):
        self._app, self._address = app, address.encode()
        seconds = round(timedelta(days=hsts_days).total_seconds())
        # Not includeSubDomains: the hosts below ours are somebody else's to decide about.
        self._hsts = [(b"strict-transport-security", f"max-age={seconds}".encode())] if hsts_days else []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (b"x-forwarded-proto", b"http") in scope["headers"]:
            await self._redirect(scope, send)
        else:
            await self._app(scope, receive, add_headers(send, self._hsts))

    async def _redirect(self, scope: Scope, send: Send) -> None:
        """Answers 308, which keeps the method (RFC 9110 section 15.4.9). A browser ignores HSTS that comes by HTTP."""
        path = scope.get("raw_path") or b""
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        # Without its slash a path such as `@evil.example` would change the host.
        location = self._address + (path if path.startswith(b"/") else b"/") + query
        headers = [(b"location", location), (b"cache-control", b"no-store"), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 308, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
