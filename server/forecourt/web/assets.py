"""This module serves the files that browsers load: the widget, and the style sheets and scripts of hosted pages.

Each stands at an address that holds a hash of its content, so caches keep it for ever; only `/embed.js` does not.
"""

import asyncio
import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from forecourt.errors import NotFound
from forecourt.resources import TEMPLATES, WIDGET
from forecourt.web.cached_response import CachedResponse
from forecourt.web.caching import EMBED_SCRIPT, IMMUTABLE
from forecourt.web.middleware.headers import CORS_HEADERS
from forecourt.web.response_cache import CachedPaths

EMBED_PATH = "/embed.js"
_MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """Holds one file. `integrity` is what `<script integrity>` takes (Subresource Integrity)."""

    address: str
    body: bytes
    media_type: str
    integrity: str


def asset_address(name: str) -> str:
    """Returns the address of a page's file: `page.css` -> `/assets/page-1f3c9a20.css`. Raises KeyError."""
    return page_assets()[name].address


@cache
def page_assets() -> dict[str, Asset]:
    """Returns the files of hosted pages and console by their names."""
    files = [path for path in sorted(TEMPLATES.rglob("*")) if path.suffix in _MEDIA_TYPES]
    return {path.name: _read_asset(path, _hashed_address(path)) for path in files}


@cache
def widget_assets() -> dict[str, Asset]:
    """Returns the widget's files by the names in its manifest; its build has put hashes into the file names already."""
    manifest = msgspec.json.decode((WIDGET / "manifest.json").read_bytes(), type=dict[str, dict[str, str]])
    return {name: _read_asset(WIDGET / entry["file"], f"/assets/{entry['file']}") for name, entry in manifest.items()}


class AssetRoutes:
    """Serves each file. A file is compressed when it is first asked for; all of them would delay the start."""

    def __init__(self, cached_paths: CachedPaths):
        self._cached_paths = cached_paths

    def routes(self) -> list[Route]:
        return [Route(EMBED_PATH, self.show), Route("/assets/{file}", self.show)]

    async def show(self, request: Request) -> CachedResponse:
        """Answers the first request for a file. Later ones are answered before routing, whatever their query."""
        path = request.scope["path"]
        if path not in _assets_by_path():
            raise NotFound(path)
        response = await asyncio.to_thread(_build_response, path)
        self._cached_paths.add(path, response)
        return response


@cache
def _assets_by_path() -> dict[str, Asset]:
    assets = [asset for name, asset in widget_assets().items() if name != "embed.js"] + [*page_assets().values()]
    return {EMBED_PATH: widget_assets()["embed.js"]} | {asset.address: asset for asset in assets}


@cache
def _build_response(path: str) -> CachedResponse:
    asset, cache_control = _assets_by_path()[path], EMBED_SCRIPT if path == EMBED_PATH else IMMUTABLE
    return CachedResponse.from_body(asset.body, asset.media_type, cache_control, CORS_HEADERS)


def _hashed_address(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"/assets/{path.stem}-{digest}{path.suffix}"


def _read_asset(path: Path, address: str) -> Asset:
    body = path.read_bytes()
    integrity = "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()
    return Asset(address, body, _MEDIA_TYPES[path.suffix], integrity)
