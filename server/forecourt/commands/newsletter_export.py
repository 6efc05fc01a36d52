"""`forecourt newsletter export`: writes the subscribers of a site, each with the proof that its owner agreed."""

import argparse

from forecourt.commands.database import require_site, run_with_database
from forecourt.commands.export_file import add_export_arguments, write_export
from forecourt.commands.settings import load_command_settings
from forecourt.db.database import Database
from forecourt.json_stream import encode_array
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.newsletter import export

_FORMATS = {"csv": export.to_csv, "json": encode_array}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_export_arguments(parser, "subscriber")


def run(options: argparse.Namespace) -> None:
    settings = load_command_settings(options)

    async def work(database: Database) -> None:
        await database.read(lambda c: require_site(settings, c, options.site))
        subscribers = export.read_subscribers(database, options.site)
        await write_export(_FORMATS[options.format](subscribers), options.out)

    run_with_database(settings, work)
    record_event(SecurityEvent.SUBSCRIBERS_EXPORTED, site=options.site)
    if options.out:
        print(f"The subscribers of {options.site} are in {options.out}.")
