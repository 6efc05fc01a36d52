"""The front: a look-up that answers what is ready before any routing. A Starlette route costs half the requests."""

from collections import OrderedDict

from starlette.types import ASGIApp, Receive, Scope, Send

from forecourt.web.ready import Ready

ALIASES_AT_MOST = 2048


class Shelf:
    """What is ready. Fixed paths whatever the query; aliases by path and raw query, bounded."""

    def __init__(self) -> None:
        self.fixed: dict[str, Ready] = {}
        self._aliases: OrderedDict[tuple[str, bytes], Ready] = OrderedDict()

    def find(self, path: str, query: bytes) -> Ready | None:
        return self.fixed.get(path) or self._aliases.get((path, query))

    def put(self, path: str, ready: Ready) -> None:
        self.fixed[path] = ready

    def alias(self, path: str, query: bytes, ready: Ready) -> None:
        """Answer this spelling from now on, until `forget_aliases` or until many newer ones have come."""
        self._aliases[path, query] = ready
        if len(self._aliases) > ALIASES_AT_MOST:
            self._aliases.popitem(last=False)

    def forget_aliases(self) -> None:
        self._aliases.clear()


class Front:
    def __init__(self, app: ASGIApp, shelf: Shelf):
        self._app, self._shelf = app, shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            found = self._shelf.find(scope["path"], scope["query_string"])
            if found is not None:
                await found.send(scope, send)
                return
        await self._app(scope, receive, send)
