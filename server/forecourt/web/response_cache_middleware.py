"""The front: a look-up that answers what is ready before any routing. A Starlette route costs half the requests."""

from collections import OrderedDict

from starlette.types import ASGIApp, Receive, Scope, Send

from forecourt.web.cached_response import CachedResponse

ALIASES_AT_MOST = 2048


class CachedResponseStore:
    """What is ready. Fixed paths whatever the query; aliases by path and raw query, bounded."""

    def __init__(self) -> None:
        self.fixed: dict[str, CachedResponse] = {}
        self._aliases: OrderedDict[tuple[str, bytes], CachedResponse] = OrderedDict()

    def find(self, path: str, query: bytes) -> CachedResponse | None:
        return self.fixed.get(path) or self._aliases.get((path, query))

    def put(self, path: str, ready: CachedResponse) -> None:
        self.fixed[path] = ready

    def alias(self, path: str, query: bytes, ready: CachedResponse) -> None:
        """Answer this spelling from now on, until `forget_aliases` or until many newer ones have come."""
        self._aliases[path, query] = ready
        if len(self._aliases) > ALIASES_AT_MOST:
            self._aliases.popitem(last=False)

    def forget_aliases(self) -> None:
        self._aliases.clear()


class ResponseCacheMiddleware:
    def __init__(self, app: ASGIApp, shelf: CachedResponseStore):
        self._app, self._shelf = app, shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            found = self._shelf.find(scope["path"], scope["query_string"])
            if found is not None:
                await found.send(scope, send)
                return
        await self._app(scope, receive, send)
