"""This module keeps whole responses in memory, so that each is rendered and compressed once.

`ResponseCache` builds a response when it is first asked for and drops the least recently used ones when all of them
grow too large. `CachedPaths` is its index by address, which `middleware/response_cache.py` reads before any routing.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

from starlette.requests import Request

from forecourt.web.cached_response import CachedResponse

Build = Callable[[], CachedResponse] | Callable[[], Awaitable[CachedResponse]]
MAX_TOTAL_BYTES = 256 * 1024 * 1024
MAX_ALIASES = 2048
_MAX_QUERY_BYTES = 200  # a longer query is answered, but its spelling is not remembered


class CachedPaths:
    """Maps addresses to cached responses.

    A fixed path has one response whatever the query says. An alias is one spelling of path and raw query; clients
    can invent any number of spellings, so only the newest `MAX_ALIASES` are kept.
    """

    def __init__(self) -> None:
        self.fixed: dict[str, CachedResponse] = {}
        self._aliases: OrderedDict[tuple[str, bytes], CachedResponse] = OrderedDict()

    def find(self, path: str, query: bytes) -> CachedResponse | None:
        return self.fixed.get(path) or self._aliases.get((path, query))

    def add(self, path: str, response: CachedResponse) -> None:
        self.fixed[path] = response

    def add_alias(self, path: str, query: bytes, response: CachedResponse) -> None:
        """Maps this spelling to `response` until `clear_aliases` or until `MAX_ALIASES` newer ones were added."""
        self._aliases[path, query] = response
        if len(self._aliases) > MAX_ALIASES:
            self._aliases.popitem(last=False)

    def clear_aliases(self) -> None:
        self._aliases.clear()


class ResponseCache:
    """Holds the responses of one process by key."""

    def __init__(self, cached_paths: CachedPaths):
        self._cached_paths = cached_paths
        self._responses: OrderedDict[Hashable, CachedResponse] = OrderedDict()
        self._builds: dict[Hashable, asyncio.Task[CachedResponse]] = {}
        self._size = 0  # bytes

    async def respond(self, request: Request, key: Hashable, build: Build) -> CachedResponse:
        """Returns the response stored under `key`, which `build` makes where there is none yet.

        From now on this path and query is answered before routing. Requests that ask for the same key meanwhile wait
        for one build. `build` runs in a thread, because a large policy takes a while and nobody else should wait for
        it. Where it has to read the database first it is `async`, and moves its own slow work to a thread.
        """
        response = self._responses.get(key) or await self._wait_for_build(key, build)
        query = request.scope["query_string"]
        if key in self._responses and len(query) <= _MAX_QUERY_BYTES:
            self._responses.move_to_end(key)
            self._cached_paths.add_alias(request.scope["path"], query, response)
        return response

    def clear(self) -> None:
        """Drops every response, because something was published: each is built anew when it is next asked for."""
        self._responses.clear()
        self._builds.clear()  # a running build still answers those who wait for it, and is not stored
        self._size = 0
        self._cached_paths.clear_aliases()

    async def _wait_for_build(self, key: Hashable, build: Build) -> CachedResponse:
        task = self._builds.get(key)
        if task is None:
            task = self._builds[key] = asyncio.create_task(_run(build))
            task.add_done_callback(lambda finished: self._store(key, finished))
        return await asyncio.shield(task)

    def _store(self, key: Hashable, task: asyncio.Task[CachedResponse]) -> None:
        if self._builds.get(key) is not task:
            return
        del self._builds[key]
        if task.cancelled() or task.exception():
            return
        self._responses[key] = task.result()
        self._size += task.result().size
        while self._size > MAX_TOTAL_BYTES:
            _, oldest = self._responses.popitem(last=False)
            self._size -= oldest.size
            self._cached_paths.clear_aliases()  # one of them may still point at it


async def _run(build: Build) -> CachedResponse:
    built: CachedResponse | Awaitable[CachedResponse] = await asyncio.to_thread(build)
    return built if isinstance(built, CachedResponse) else await built
