"""What the widget weighs on the wire: brotli, quality 11, as it is served."""

import json
from collections.abc import Iterator

import brotli

from bench.row import Row, at_most
from forecourt.resources import WIDGET

FIRST_AT_MOST = 6144  # bytes before a choice
WHOLE_AT_MOST = 16384  # bytes with every chunk


def rows() -> Iterator[Row]:
    sizes = {name: _compressed(entry["file"]) for name, entry in manifest().items()}
    yield at_most("widget: loaded before a choice", sizes["embed.js"], "bytes br", FIRST_AT_MOST)
    yield at_most("widget: with every chunk", sum(sizes.values()), "bytes br", WHOLE_AT_MOST)


def manifest() -> dict[str, dict[str, str]]:
    """Name -> its file and integrity."""
    read: dict[str, dict[str, str]] = json.loads((WIDGET / "manifest.json").read_text("utf-8"))
    return read


def _compressed(file: str) -> int:
    return len(brotli.compress((WIDGET / file).read_bytes(), quality=11))
