"""`forecourt retention`: deletes what has been kept too long, or only says what it would delete."""

import argparse

from forecourt import clock
from forecourt.commands.database import run_long_read, run_with_database
from forecourt.commands.settings import load_command_settings
from forecourt.db.database import Database
from forecourt.english_plural import pluralize
from forecourt.mail import mail_folder
from forecourt.settings.server import Settings
from forecourt.visitor import retention_worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say what it would delete, and delete nothing")


def run(options: argparse.Namespace) -> None:
    settings = load_command_settings(options)
    if options.dry_run:
        sites, now = settings.sites, clock.now()
        counts = run_long_read(settings, lambda c: retention_worker.count_due(c, sites, settings.retention, now))
    else:
        counts = run_with_database(settings, lambda database: _delete_expired(database, settings))
    for kind, count in sorted(counts.items()):
        print(f"{kind:20} {count}")
    total = sum(counts.values())
    if options.dry_run:
        print(f"{pluralize(total, 'row is', 'rows are')} due; nothing was deleted.")
    else:
        print(f"{pluralize(total, 'row was', 'rows were')} dealt with.")


async def _delete_expired(database: Database, settings: Settings) -> dict[str, int]:
    counts = await retention_worker.run_round(database, settings.sites, settings.retention)
    await mail_folder.delete_forgotten(database, mail_folder.folder_path(settings.data))
    return counts
