"""This module finds the files that browsers load: the widget, and the style sheets and scripts of hosted pages.

Each has an address that holds a hash of its content, so caches keep it for ever; only `/embed.js` has not.
"""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
from markupsafe import Markup

from forecourt.resources import TEMPLATES, WIDGET

EMBED_PATH = "/embed.js"
_MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    address: str
    body: bytes
    media_type: str

    @property
    def integrity(self) -> str:
        """Returns the value of an `integrity` attribute (W3C Subresource Integrity)."""
        return f"sha384-{b64encode(hashlib.sha384(self.body).digest()).decode()}"


@cache
def asset_attributes(name: str, base: str = "") -> Markup:
    """Returns the address and the integrity of a page's file as attributes: `src` of a script, `href` of a style sheet.

    `base` is Forecourt's address, for a page that another one serves. It is fetched by CORS in any case, because the
    integrity of what comes from elsewhere is checked only then, and to a sandboxed page all comes from elsewhere.
    Raises KeyError.
    """
    asset = page_assets().get(name) or widget_assets()[name]
    attribute = "src" if name.endswith(".js") else "href"
    return Markup('{}="{}" integrity="{}" crossorigin').format(attribute, base + asset.address, asset.integrity)


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


@cache
def assets_by_path() -> dict[str, Asset]:
    """Returns every file by its address."""
    assets = [asset for name, asset in widget_assets().items() if name != "embed.js"] + [*page_assets().values()]
    return {EMBED_PATH: widget_assets()["embed.js"]} | {asset.address: asset for asset in assets}


def _hashed_address(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"/assets/{path.stem}-{digest}{path.suffix}"


def _read_asset(path: Path, address: str) -> Asset:
    return Asset(address, path.read_bytes(), _MEDIA_TYPES[path.suffix])
