"""`forecourt retention`: what is kept too long, deleted now; or only said."""

import argparse

from forecourt import clock
from forecourt.commands.command import at_leisure, command, settings_of, with_database
from forecourt.db.database import Database
from forecourt.mail import mail_folder
from forecourt.mail.transport import folder_of
from forecourt.settings.server import Settings
from forecourt.visitor import retention


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = command(commands, "retention", _retention, "delete what has been kept as long as it may be")
    made.add_argument("--dry-run", action="store_true", help="say what it would delete, and delete nothing")


def _retention(options: argparse.Namespace) -> None:
    at = settings_of(options)
    if options.dry_run:
        due = at_leisure(at, lambda c: retention.would(c, at.sites, at.retention, clock.now()))
    else:
        due = with_database(at, lambda database: _round(database, at))
    for kind, number in sorted(due.items()):
        print(f"{kind:16} {number}")
    done = "are due; nothing was deleted" if options.dry_run else "were dealt with"
    print(f"{sum(due.values())} row(s) {done}.")


async def _round(database: Database, at: Settings) -> dict[str, int]:
    done = await retention.round_off(database, at.sites, at.retention)
    await mail_folder.sweep(database, folder_of(at.data))
    return done
