"""`forecourt policy evidence`: writes down who was notified of which change, when, and what became of each mail."""

import argparse

from forecourt.commands.database import require_site, run_with_database
from forecourt.commands.export_file import add_export_arguments, write_export
from forecourt.commands.settings import load_command_settings
from forecourt.db.database import Database
from forecourt.errors import NotFound
from forecourt.followers import evidence
from forecourt.json_stream import encode_array
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.policy import store

_FORMATS = {"csv": evidence.to_csv, "json": encode_array}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_export_arguments(parser, "delivery")
    parser.add_argument("--release", type=int, metavar="N", help="only the notices of this release")


def run(options: argparse.Namespace) -> None:
    settings = load_command_settings(options)

    async def work(database: Database) -> None:
        await database.read(lambda c: require_site(settings, c, options.site))
        await _require_release(database, options.site, options.release)
        notices = evidence.read_evidence(database, options.site, options.release)
        await write_export(_FORMATS[options.format](notices), options.out)

    run_with_database(settings, work)
    record_event(SecurityEvent.EVIDENCE_EXPORTED, site=options.site)
    if options.out:
        print(f"The evidence of {options.site} is in {options.out}.")


async def _require_release(database: Database, site: str, release: int | None) -> None:
    if release is not None and not await database.read(lambda c: store.find_published_at(c, site, release)):
        raise NotFound(f"{site} has no release {release}")
