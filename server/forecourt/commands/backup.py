"""`forecourt backup`: writes database, keys and mails into one file that only you can read."""

import argparse
from pathlib import Path

from forecourt import clock
from forecourt.backup.actions import make_backup
from forecourt.commands.settings import load_command_settings
from forecourt.english_plural import pluralize
from forecourt.errors import BackupBroken
from forecourt.logs.security_log import SecurityEvent, record_event


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the new file (forecourt-DATE-TIME.tar.gz in this folder)"
    )


def run(options: argparse.Namespace) -> None:
    settings = load_command_settings(options)
    path = options.out or Path(f"forecourt-{clock.now():%Y%m%d-%H%M%S}.tar.gz")
    if path.exists():
        raise BackupBroken(f"{path} exists. Name another file with --out, and nothing is overwritten.")
    print("Copying the database. A server may go on meanwhile.", flush=True)
    manifest = make_backup(settings, path)
    record_event(SecurityEvent.BACKUP_MADE, files=len(manifest.files))
    files, megabytes = pluralize(len(manifest.files), "file", "files"), path.stat().st_size / 1_000_000
    print(f"{path}: {files}, {megabytes:.1f} MB. Who reads it reads all data.")
    print("Not in it, and needed by a restored server:")
    for line in manifest.not_included:
        print(f"- {line}")
