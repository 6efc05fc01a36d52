"""Files of ours that browsers load: the widget, and the style sheets and scripts of our pages, named by their hash."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from forecourt.resources import TEMPLATES, WIDGET
from forecourt.web.cached_response import CachedResponse, ready
from forecourt.web.headers_middleware import CORS
from forecourt.web.response_cache_middleware import CachedResponseStore

_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=300, stale-while-revalidate=86400"


@dataclass(frozen=True, slots=True)
class Asset:
    """`integrity`: what a `<script integrity>` takes (SRI)."""

    address: str
    body: bytes
    media_type: str
    integrity: str


def address(name: str) -> str:
    """`page.css` -> `/assets/page-1f3c9a20.css`. A KeyError where no file of ours has that name."""
    return of_pages()[name].address


@cache
def of_pages() -> dict[str, Asset]:
    files = [path for path in sorted(TEMPLATES.rglob("*")) if path.suffix in _TYPES]
    return {path.name: _hashed(path) for path in files}


@cache
def of_widget() -> dict[str, Asset]:
    """By the names in the widget's manifest; its build has put the hash into the file names already."""
    manifest = msgspec.json.decode((WIDGET / "manifest.json").read_bytes(), type=dict[str, dict[str, str]])
    return {name: _asset(WIDGET / entry["file"], f"/assets/{entry['file']}") for name, entry in manifest.items()}


def put_on(shelf: CachedResponseStore) -> None:
    for path, made in _made().items():
        shelf.put(path, made)


@cache
def _made() -> dict[str, CachedResponse]:
    made = {}
    for name, asset in [*of_widget().items(), *of_pages().items()]:
        path, cache_control = ("/embed.js", _SHORT) if name == "embed.js" else (asset.address, _FOR_EVER)
        made[path] = ready(asset.body, asset.media_type, cache_control, CORS)
    return made


def _hashed(path: Path) -> Asset:
    mark = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return _asset(path, f"/assets/{path.stem}-{mark}{path.suffix}")


def _asset(path: Path, address: str) -> Asset:
    body = path.read_bytes()
    integrity = "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()
    return Asset(address, body, _TYPES[path.suffix], integrity)
