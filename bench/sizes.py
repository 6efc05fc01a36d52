"""What the widget weighs on the wire: brotli, quality 11, as it is served."""

import json
from collections.abc import Iterator

import brotli

from bench.row import Row, at_most
from forecourt.resources import WIDGET

BUDGETS = WIDGET.parent / "budgets.json"


def rows() -> Iterator[Row]:
    sizes = {name: _compressed(entry["file"]) for name, entry in manifest().items()}
    for budget in json.loads(BUDGETS.read_text("utf-8")):
        size = sum(sizes[name] for name in budget["files"])
        yield at_most(f"widget: {budget['journey']}", size, "bytes br", budget["limit"])


def manifest() -> dict[str, dict[str, str]]:
    """Name -> its file and integrity."""
    read: dict[str, dict[str, str]] = json.loads((WIDGET / "manifest.json").read_text("utf-8"))
    return read


def _compressed(file: str) -> int:
    return len(brotli.compress((WIDGET / file).read_bytes(), quality=11))
