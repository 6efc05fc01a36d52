"""`forecourt migrate`: brings the database's schema up to date."""

import argparse

from forecourt.commands.settings import load_command_settings
from forecourt.db import migrate, rights
from forecourt.db.database import open_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--grant", metavar="ROLE", help="also give this PostgreSQL role the rights that serving needs, and no more"
    )


def run(options: argparse.Namespace) -> None:
    settings = load_command_settings(options)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = open_database(settings.database_url, settings.data).engine
    revision = migrate.migrate(engine)
    print(f"The schema is up to date at revision {revision}.")
    if options.grant:
        with engine.begin() as connection:
            rights.grant_rights(connection, options.grant)
        print(f"{options.grant} may serve. It can read and append, and change what is not append-only.")
