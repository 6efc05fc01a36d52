"""`forecourt restore`: restores a backup where nothing is yet."""

import argparse
from pathlib import Path

from forecourt.backup.actions import restore_backup
from forecourt.commands.settings import load_command_settings
from forecourt.english_plural import pluralize
from forecourt.logs.security_log import SecurityEvent, record_event


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup")


def run(options: argparse.Namespace) -> None:
    settings = load_command_settings(options)
    manifest = restore_backup(settings, options.file)
    record_event(SecurityEvent.BACKUP_RESTORED, files=len(manifest.files))
    print(f"Restored into {settings.data}: the state of {manifest.created_at:%Y-%m-%d %H:%M} UTC.")
    if manifest.waiting_mails:
        mails = pluralize(manifest.waiting_mails, "mail", "mails")
        print(f"{mails} waited then. The server sends what waits when it starts.")
    print("Also needed:")
    for line in manifest.not_included:
        print(f"- {line}")
    print("Next: forecourt consent verify, then forecourt serve.")
