"""`forecourt consent rotate-key`: seals with a new key from now on, and proves that the old one handed over to it."""

import argparse

from forecourt.commands.database import run_with_database
from forecourt.commands.settings import load_command_settings
from forecourt.consent.log import log_key
from forecourt.consent.log.log_key import LogKeySource
from forecourt.english_plural import pluralize
from forecourt.logs.security_log import SecurityEvent, record_event


def add_arguments(_: argparse.ArgumentParser) -> None:
    """Adds nothing: the common options are enough."""


def run(options: argparse.Namespace) -> None:
    settings = load_command_settings(options)
    source = LogKeySource(settings.log_key, settings.data)
    change = run_with_database(settings, lambda database: log_key.rotate(database, source))
    record_event(SecurityEvent.LOG_KEY_CHANGED, size=change.size)
    records = pluralize(change.size, "record", "records")
    print(f"Up to {records} the log is signed by {change.old_key}, and from now on by {change.new_key}.")
    if settings.log_key:
        print(f"Set log_key on every host to what {source.new_file(change.new_key)} holds, then delete that file.")
    else:
        print(f"The new key is in {source.file}. Copy it to every host that shares the database.")
    print("The old private key is kept nowhere. Keep a copy of the new one where only you can read it.")
