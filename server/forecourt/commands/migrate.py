"""`forecourt migrate`: brings the database's schema up to date."""

import argparse

from forecourt.commands.settings import load_command_settings
from forecourt.db import migrate
from forecourt.db.database import open_database


def add_arguments(_: argparse.ArgumentParser) -> None:
    """Adds nothing: the common options are enough."""


def run(options: argparse.Namespace) -> None:
    settings = load_command_settings(options)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    revision = migrate.migrate(open_database(settings.database_url, settings.data).engine)
    print(f"The schema is up to date at revision {revision}.")
