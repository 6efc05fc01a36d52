"""`forecourt consent export`: writes records with their proofs and a verifier that needs no server."""

import argparse
from datetime import UTC, date, datetime, time
from pathlib import Path

from sqlalchemy import Connection

from forecourt.commands.database import run_long_read
from forecourt.commands.settings import load_command_settings
from forecourt.consent.log import bundle
from forecourt.consent.log.bundle import BundleSelection
from forecourt.consent.log.log_key import LogKeySource
from forecourt.english_plural import pluralize
from forecourt.logs.security_log import SecurityEvent, record_event


def add_arguments(parser: argparse.ArgumentParser) -> None:
    selection = parser.add_mutually_exclusive_group(required=True)
    selection.add_argument("--subject", metavar="ID", help="the records of the visitor with this id")
    selection.add_argument("--since", type=_day, metavar="DATE", help="every record since this day (UTC)")
    parser.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="an earlier checkpoint, kept outside the database"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("consents.zip"), metavar="FILE", help="the file to write (consents.zip)"
    )


def run(options: argparse.Namespace) -> None:
    settings = load_command_settings(options)
    source = LogKeySource(settings.log_key, settings.data)
    earlier = options.checkpoint.read_text("utf-8") if options.checkpoint else ""
    selection = BundleSelection(options.subject or "", options.since)

    def write(connection: Connection) -> int:
        return bundle.write(connection, options.out, selection, source.find(connection), earlier)

    count = run_long_read(settings, write)
    record_event(SecurityEvent.CONSENTS_EXPORTED, records=count)
    print(f"{pluralize(count, 'record is', 'records are')} in {options.out}.")


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date, as in 2026-11-24") from None
