"""`forecourt policy evidence`: who was told what, when, as a file."""

import argparse
import sys
from collections.abc import AsyncIterator
from contextlib import nullcontext
from pathlib import Path

from forecourt import private_files
from forecourt.commands.command import command, refuse_unknown, settings_of, with_database
from forecourt.db.database import Database
from forecourt.errors import NotFound
from forecourt.followers import evidence
from forecourt.policy import store

_FORMATS = {"csv": evidence.as_csv, "json": evidence.as_json}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = command(
        commands, "evidence", _evidence, "write down who was told of which change, when, and what became of it"
    )
    made.add_argument("site", help="the site's name in the settings")
    made.add_argument("--release", type=int, metavar="N", help="of this release only")
    made.add_argument("--format", choices=_FORMATS, default="csv", help="csv (a row a delivery) or json")
    made.add_argument("--out", type=Path, metavar="FILE", help="a file that only you can read; else standard output")


def _evidence(options: argparse.Namespace) -> None:
    at = settings_of(options)

    async def work(database: Database) -> None:
        await database.read(lambda c: refuse_unknown(at, c, options.site))
        await _known(database, options.site, options.release)
        found = evidence.read(database, options.site, options.release)
        await _write(_FORMATS[options.format](found), options.out)

    with_database(at, work)
    if options.out:
        print(f"The evidence of {options.site} is in {options.out}.")


async def _known(database: Database, site: str, release: int | None) -> None:
    if release is not None and not await database.read(lambda c: store.published_at(c, site, release)):
        raise NotFound(f"{site} has no release {release}")


async def _write(pieces: AsyncIterator[str], path: Path | None) -> None:
    with private_files.written(path) if path else nullcontext(sys.stdout.buffer) as file:
        async for piece in pieces:
            file.write(piece.encode())
