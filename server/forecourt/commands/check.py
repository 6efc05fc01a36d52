"""`forecourt check`: settings, policies and languages."""

import argparse

from forecourt import sites
from forecourt.commands.frame import command, settings_of
from forecourt.settings import Settings


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command(commands, "check", _check, "read settings, policies and languages, and say what is wrong")


def _check(options: argparse.Namespace) -> None:
    at = settings_of(options)
    for name, site in at.sites.items():
        sites.read(name, site)
    for warning in _warnings(at):
        print(f"Warning: {warning}")
    print(f"Settings and {len(at.sites)} site(s) are in order.")


def _warnings(at: Settings) -> list[str]:
    from forecourt.db.sqlite import SAFE_VERSION, VERSION

    found = []
    if not at.database_url and VERSION < SAFE_VERSION:
        found.append(f"SQLite {'.'.join(map(str, VERSION))} can lose commits; install pysqlite3 or use PostgreSQL.")
    if not at.smtp.host:
        found.append("no smtp.host is set: mails are written into a folder and reach nobody.")
    if not at.limits:
        found.append("rate limits are off.")
    return found
