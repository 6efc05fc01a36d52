"""`forecourt contact export`: writes down a site's contact messages with their answers."""

import argparse

from forecourt.commands.database import require_site, run_with_database
from forecourt.commands.export_file import add_export_arguments, write_export
from forecourt.commands.settings import load_command_settings
from forecourt.contact import export
from forecourt.db.database import Database
from forecourt.logs.security_log import SecurityEvent, record_event


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_export_arguments(parser, "message")


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
