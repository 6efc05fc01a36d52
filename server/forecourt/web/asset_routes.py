"""This module serves the files of `assets.py`: the widget, and the style sheets and scripts of hosted pages."""

import asyncio
from functools import cache

from starlette.requests import Request
from starlette.routing import Route

from forecourt.assets import EMBED_PATH, assets_by_path
from forecourt.errors import NotFound
from forecourt.web.cache_control import EMBED_SCRIPT, IMMUTABLE
from forecourt.web.cached_response import CachedResponse
from forecourt.web.middleware.headers import PUBLIC_HEADERS
from forecourt.web.response_cache import CachedPaths


class AssetRoutes:
    """Serves each file. A file is compressed when it is first asked for; all of them would delay the start."""

    def __init__(self, cached_paths: CachedPaths):
        self._cached_paths = cached_paths

    def routes(self) -> list[Route]:
        return [Route(EMBED_PATH, self.show), Route("/assets/{file}", self.show)]

    async def show(self, request: Request) -> CachedResponse:
        """Answers the first request for a file. Later ones are answered before routing, whatever their query."""
        path = request.scope["path"]
        if path not in assets_by_path():
            raise NotFound(path)
        response = await asyncio.to_thread(_build_response, path)
        self._cached_paths.add(path, response)
        return response


@cache
def _build_response(path: str) -> CachedResponse:
    asset, cache_control = assets_by_path()[path], EMBED_SCRIPT if path == EMBED_PATH else IMMUTABLE
    return CachedResponse.from_body(asset.body, asset.media_type, cache_control, PUBLIC_HEADERS)
