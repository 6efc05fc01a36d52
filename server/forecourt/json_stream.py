"""Writes a list as JSON piece by piece, so that no export is held in memory as a whole."""

from collections.abc import AsyncIterator

import msgspec


async def encode_array(items: AsyncIterator[object]) -> AsyncIterator[str]:
    """Yields one JSON array, an item a line."""
    separator = "[\n"
    async for item in items:
        yield separator + msgspec.json.encode(item).decode()
        separator = ",\n"
    yield "\n]\n" if separator == ",\n" else "[]\n"
