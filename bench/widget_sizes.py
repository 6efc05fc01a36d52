"""Measures what the widget weighs on the wire: brotli, quality 11, as it is served."""

import json
from collections.abc import Iterator

import brotli

from bench.result_row import ResultRow, expect_at_most
from forecourt.resources import WIDGET

BUDGETS = WIDGET.parent / "budgets.json"


def measure_sizes() -> Iterator[ResultRow]:
    sizes = {name: _compressed_size(entry["file"]) for name, entry in read_manifest().items()}
    for budget in json.loads(BUDGETS.read_text("utf-8")):
        size = sum(sizes[name] for name in budget["files"])
        yield expect_at_most(f"widget: {budget['journey']}", size, "bytes br", budget["limit"])


def read_manifest() -> dict[str, dict[str, str]]:
    """Returns name -> file and integrity."""
    manifest: dict[str, dict[str, str]] = json.loads((WIDGET / "manifest.json").read_text("utf-8"))
    return manifest


def _compressed_size(file: str) -> int:
    return len(brotli.compress((WIDGET / file).read_bytes(), quality=11))
