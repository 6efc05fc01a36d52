"""Writes what a command exports: to a file that only its owner can read, or to standard output."""

import sys
from collections.abc import AsyncIterator
from contextlib import nullcontext
from pathlib import Path

from forecourt import private_files


async def write_export(pieces: AsyncIterator[str], path: Path | None) -> None:
    """Writes each piece as it comes, so that an export of any size needs little memory. None: standard output."""
    with private_files.open_for_writing(path) if path else nullcontext(sys.stdout.buffer) as file:
        async for piece in pieces:
            file.write(piece.encode())
