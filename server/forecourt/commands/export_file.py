"""Takes the options of the commands that export a site's rows, and writes to a private file or standard output."""

import argparse
import sys
from collections.abc import AsyncIterator
from contextlib import nullcontext
from pathlib import Path

from forecourt import private_files


def add_export_arguments(parser: argparse.ArgumentParser, csv_row: str) -> None:
    """Adds the site, `--format` and `--out`. `csv_row` says what a row of the CSV file is for."""
    parser.add_argument("site", help="the site's name in the settings")
    parser.add_argument(
        "--format", choices=("csv", "json"), default="csv", help=f"csv (one row for each {csv_row}) or json"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write to a file that only you can read, and not to standard output"
    )


async def write_export(pieces: AsyncIterator[str], path: Path | None) -> None:
    """Writes each piece as it comes, so that an export of any size needs little memory. None: standard output."""
    with private_files.open_for_writing(path) if path else nullcontext(sys.stdout.buffer) as file:
        async for piece in pieces:
            file.write(piece.encode())
