"""Limits the requests under way of one client behind a trusted proxy, whose connections tell nothing of clients."""

from collections import Counter
from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from forecourt.web.connections.client_key import ProxyNetworks, client_key
from forecourt.web.connections.turn_away import turn_away


class ProxiedRequestsMiddleware:
    """Answers 503 where one client has `maximum` requests under way, event streams included.

    The client's address is the one that uvicorn takes from `X-Forwarded-For`. What is the proxy's own is not counted.
    """

    def __init__(self, app: ASGIApp, maximum: int, trusted_proxies: Collection[str]):
        # `*` trusts every peer, but the address is the one of the header then, which is a client's.
        proxies = ProxyNetworks([proxy for proxy in trusted_proxies if proxy != "*"])
        self._app, self._maximum, self._proxies = app, maximum, proxies
        self._requests: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = (scope.get("client") or ("",))[0]
        key = "" if address in self._proxies else client_key(address)
        if not key:
            await self._app(scope, receive, send)
        elif self._requests[key] >= self._maximum:
            await turn_away(scope, receive, send)
        else:
            await self._count(key, scope, receive, send)

    async def _count(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        self._requests[key] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._requests[key] -= 1
            if not self._requests[key]:
                del self._requests[key]
