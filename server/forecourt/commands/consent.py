"""`forecourt consent`: the log of consents, verified and handed out."""

import argparse
from base64 import b64encode
from datetime import UTC, date, datetime, time
from pathlib import Path

from forecourt.commands.command import at_leisure, command, settings_of
from forecourt.consent.log import bundle, checkpoint, verification
from forecourt.consent.log.bundle import BundleSelection
from forecourt.consent.log.verification import VerificationReport


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    consent = commands.add_parser("consent", help="the log of consents").add_subparsers(required=True, metavar="ACTION")
    earlier = "an earlier checkpoint, kept outside the database"
    verify = command(consent, "verify", _verify, "compute the log anew and say what does not fit")
    verify.add_argument("--checkpoint", type=Path, metavar="FILE", help=earlier)
    verify.add_argument("--keep", type=Path, metavar="FILE", help="write the newest checkpoint there, if all fits")
    export = command(consent, "export", _export, "write records with their proofs and a verifier that needs no server")
    which = export.add_mutually_exclusive_group(required=True)
    which.add_argument("--subject", metavar="ID", help="a visitor's id")
    which.add_argument("--since", type=_day, metavar="DATE", help="every record from this day (UTC) on")
    export.add_argument("--checkpoint", type=Path, metavar="FILE", help=earlier)
    export.add_argument("--out", type=Path, default=Path("consents.zip"), metavar="FILE", help="consents.zip")


def _verify(options: argparse.Namespace) -> int:
    at = settings_of(options)
    key = checkpoint.public_key(at.data)
    kept = options.checkpoint.read_text("utf-8") if options.checkpoint else ""
    report = at_leisure(at, lambda connection: verification.verify(connection, key, kept))
    for line in _lines(report):
        print(line)
    if options.keep and report.note and report.is_whole:  # else the next look would trust what this one found
        options.keep.write_text(report.note, "utf-8")
    print(f"Key {b64encode(key.public_bytes_raw()).decode()}")
    print(f"{report.size} records are as they were sealed." if report.is_whole else "The log does NOT verify.")
    return 0 if report.is_whole else 1


def _lines(report: VerificationReport) -> list[str]:
    found = [f"Record {each} was changed." for each in report.changed]
    found += [f"Record {each} is missing." for each in report.missing]
    found += [f"Record {each} was never sealed." for each in report.extra]
    found += [f"The details of record {each} were changed." for each in report.details]
    found += [f"The log: {each}." for each in report.faults]
    late = "is dated before the one sealed before it: the clock was set back, or it was slipped in"
    return found + [f"Look at record {each}: it {late}." for each in report.dated]


def _export(options: argparse.Namespace) -> None:
    at = settings_of(options)
    checkpoint.public_key(at.data)  # who exports makes no key
    key = checkpoint.kept_key(at.data)
    earlier = options.checkpoint.read_text("utf-8") if options.checkpoint else ""
    wanted = BundleSelection(options.subject or "", options.since)
    count = at_leisure(at, lambda connection: bundle.write(connection, options.out, wanted, key, earlier))
    print(f"{count} record(s) are in {options.out}.")


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date, as in 2026-11-24") from None
