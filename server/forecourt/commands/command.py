"""What the commands share: their options, and a database for the moment of one of them."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, inspect

from forecourt.db.database import Database, open_database
from forecourt.db.migrate import migrate
from forecourt.errors import SettingsBroken
from forecourt.policy import store
from forecourt.settings.loading import load
from forecourt.settings.server import Settings, changed
from forecourt.settings.site import SiteSettings

T = TypeVar("T")


def command(
    among: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int | None],
    what: str,
) -> argparse.ArgumentParser:
    """`run` may return the exit status; None is 0."""
    made = among.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".")
    made.add_argument("--settings", type=Path, help="the settings file (forecourt.toml here, where there is one)")
    made.add_argument("--data", type=Path, help="the folder of database, key and mails")
    made.set_defaults(run=run)
    return made


def settings_of(options: argparse.Namespace) -> Settings:
    return changed(load(options.settings), data=options.data)


def site_of(at: Settings, name: str) -> SiteSettings:
    """Raises `SettingsBroken`."""
    if name not in at.sites:
        raise SettingsBroken(f"There is no site {name} in the settings.")
    return at.sites[name]


def refuse_unknown(at: Settings, connection: Connection, name: str) -> None:
    """What a site published can be read whether or not the settings still have it. Raises `SettingsBroken`."""
    if store.head(connection, name) is None:
        site_of(at, name)


def with_database(at: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Beside a running server: short transactions, of which the server takes notice by itself."""

    async def run() -> T:
        database = _opened(at)
        await database.start()
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


def at_leisure(at: Settings, job: Callable[[Connection], T]) -> T:
    """For what reads much: without the deadline that a request has, and beside a server that goes on writing."""
    database = _opened(at)
    try:
        return database.at_leisure(job)
    finally:
        asyncio.run(database.close())


def _opened(at: Settings) -> Database:
    """Whichever command is the first makes the tables; a later schema is for `migrate` and `serve` to bring."""
    at.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = open_database(at.database_url, at.data)
    if not inspect(database.engine).has_table("alembic_version"):
        migrate(database.engine)
    return database
