"""`forecourt user remove`: removes an agent, and ends their sessions. What they wrote keeps their name."""

import argparse

from sqlalchemy import Connection

from forecourt.commands.database import run_with_database
from forecourt.commands.settings import load_command_settings
from forecourt.console.accounts import remove_agent
from forecourt.console.agents import Agent, list_admins
from forecourt.logs.security_log import SecurityEvent, record_event


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email")
    parser.add_argument("--yes", action="store_true", help="do not ask first")


def run(options: argparse.Namespace) -> int:
    if not options.yes and input(f"Remove {options.email}, and end every session? [y/N] ").strip().lower() != "y":
        print("Nothing was removed.")
        return 1

    def remove(connection: Connection) -> tuple[Agent, int]:
        return remove_agent(connection, options.email), len(list_admins(connection))

    agent, remaining = run_with_database(load_command_settings(options), lambda database: database.write(remove))
    record_event(SecurityEvent.USER_REMOVED, user=agent.id)
    hint = "" if remaining else " No admin is left. Add one: forecourt user add EMAIL --role admin"
    print(f"{options.email} can no longer sign in to the console, and is signed out.{hint}")
    return 0
