"""Answers made on first asking and kept as bytes, the least asked for going first when they grow too many."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

from starlette.requests import Request

from forecourt.web.cached_response import CachedResponse
from forecourt.web.response_cache_middleware import CachedResponseStore

Make = Callable[[], CachedResponse] | Callable[[], Awaitable[CachedResponse]]
KEPT_AT_MOST = 256 * 1024 * 1024  # bytes in all
_QUERY_AT_MOST = 200  # bytes; a longer spelling is answered, but not remembered


class ResponseCache:
    def __init__(self, shelf: CachedResponseStore):
        self._shelf = shelf
        self._kept: OrderedDict[Hashable, CachedResponse] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[CachedResponse]] = {}
        self._size = 0

    async def answer(self, request: Request, key: Hashable, make: Make) -> CachedResponse:
        """What `make` made for `key`, once; this path and query is answered before routing from now on.

        `make` runs in a thread: a large policy takes a while, and nobody else should wait for it. One that has to
        read first is `async`, and sees to that itself.
        """
        made = self._kept.get(key) or await self._made(key, make)
        query = request.scope["query_string"]
        if key in self._kept and len(query) <= _QUERY_AT_MOST:
            self._kept.move_to_end(key)
            self._shelf.alias(request.scope["path"], query, made)
        return made

    def forget(self) -> None:
        """Something was published: everything is made again when it is asked for."""
        self._kept.clear()
        self._making.clear()  # what is under way is answered to who waits, and not kept
        self._size = 0
        self._shelf.forget_aliases()

    async def _made(self, key: Hashable, make: Make) -> CachedResponse:
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.create_task(_run(make))
            task.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(task)

    def _keep(self, key: Hashable, task: asyncio.Task[CachedResponse]) -> None:
        if self._making.get(key) is not task:
            return
        del self._making[key]
        if task.cancelled() or task.exception():
            return
        self._kept[key] = task.result()
        self._size += task.result().size
        while self._size > KEPT_AT_MOST:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.size
            self._shelf.forget_aliases()  # which may still point at it


async def _run(make: Make) -> CachedResponse:
    made: CachedResponse | Awaitable[CachedResponse] = await asyncio.to_thread(make)
    return made if isinstance(made, CachedResponse) else await made
