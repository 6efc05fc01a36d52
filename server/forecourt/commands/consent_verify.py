"""`forecourt consent verify`: computes the log of consents again, and says which records do not fit it."""

import argparse
from pathlib import Path

from sqlalchemy import Connection

from forecourt.commands.database import run_long_read
from forecourt.commands.settings import load_command_settings
from forecourt.consent.log import verification
from forecourt.consent.log.checkpoint import encode_public_key
from forecourt.consent.log.log_key import LogKeySource
from forecourt.consent.log.verification_report import VerificationReport
from forecourt.english_plural import pluralize


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="an earlier checkpoint, kept outside the database"
    )
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write the newest checkpoint there, if all fits")


def run(options: argparse.Namespace) -> int:
    settings = load_command_settings(options)
    source = LogKeySource(settings.log_key, settings.data)
    earlier = options.checkpoint.read_text("utf-8") if options.checkpoint else ""
    report, key = run_long_read(settings, lambda connection: _verify(connection, source, earlier))
    for sentence in _sentences(report):
        print(sentence)
    if options.keep and report.note and report.is_whole:  # or the next verification would trust what failed this one
        options.keep.write_text(report.note, "utf-8")
    print(f"Key {key}")
    records = pluralize(report.size, "record is as it was", "records are as they were")
    print(f"{records} sealed." if report.is_whole else "The log does NOT verify.")
    return 0 if report.is_whole else 1


def _verify(connection: Connection, source: LogKeySource, earlier_note: str) -> tuple[VerificationReport, str]:
    """Returns the report, and the public key that it trusted: this host's, whatever the database says."""
    key = source.read(connection).public_key()
    return verification.verify(connection, key, earlier_note), encode_public_key(key)


def _sentences(report: VerificationReport) -> list[str]:
    sentences = [f"{_describe(record)} was changed." for record in report.changed]
    sentences += [f"{_describe(record)} is missing." for record in report.missing]
    sentences += [f"{_describe(record)} was never sealed." for record in report.extra]
    sentences += [f"The details of record {record} were changed." for record in report.details]
    sentences += [f"The log: {fault}." for fault in report.faults]
    reason = "is dated before the one sealed before it: the clock was set back, or it was slipped in"
    sentences += [f"Look at this: {_describe(record)} {reason}." for record in report.dated]
    waiting = f"{report.waiting} releases, change notices or deliveries wait for their seal, which a server sets."
    return [*sentences, waiting] if report.waiting else sentences


def _describe(record: str) -> str:
    """Returns the beginning of a sentence about a record. A consent's name is its id; others say what they are."""
    return record.capitalize() if " " in record else f"Record {record}"
