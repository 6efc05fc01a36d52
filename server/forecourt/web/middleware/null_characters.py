"""Takes NUL characters out of paths and queries, because PostgreSQL refuses even to look for them."""

from starlette.types import ASGIApp, Receive, Scope, Send

NOT_FOUND_PATH = "/not-found"  # no route has it
_NULL, _REPLACEMENT = b"%00", b"%EF%BF%BD"  # what browsers put in its place, too (U+FFFD)


class NullCharacterMiddleware:
    """Passes a path with a NUL on as one that nothing has, and replaces each NUL of a query."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "\0" in scope.get("path", ""):
            scope["path"] = NOT_FOUND_PATH
        if _NULL in scope.get("query_string", b""):
            scope["query_string"] = scope["query_string"].replace(_NULL, _REPLACEMENT)
        await self._app(scope, receive, send)
