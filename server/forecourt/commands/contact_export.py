"""`forecourt contact export`: writes down a site's contact messages with their answers."""

import argparse
from pathlib import Path

from forecourt.commands.database import require_site, run_with_database
from forecourt.commands.export_file import write_export
from forecourt.commands.settings import load_command_settings
from forecourt.contact import export
from forecourt.db.database import Database
from forecourt.logs.security_log import SecurityEvent, record_event


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", help="the site's name in the settings")
    parser.add_argument(
        "--format", choices=export.FORMATS, default="csv", help="csv (one row for each message) or json"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write to a file that only you can read, and not to standard output"
    )


def run(options: argparse.Namespace) -> None:
    settings = load_command_settings(options)

    async def work(database: Database) -> None:
        await database.read(lambda c: require_site(settings, c, options.site))
        messages = export.read_messages(database, options.site)
        await write_export(export.FORMATS[options.format](messages), options.out)

    run_with_database(settings, work)
    record_event(SecurityEvent.CONTACT_MESSAGES_EXPORTED, site=options.site)
    if options.out:
        print(f"The contact messages of {options.site} are in {options.out}.")
