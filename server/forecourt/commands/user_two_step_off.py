"""`forecourt user two-step-off`: lets an agent sign in by password alone, who lost phone and recovery codes."""

import argparse

from forecourt.commands.database import run_with_database
from forecourt.commands.settings import load_command_settings
from forecourt.console.accounts import switch_two_step_off
from forecourt.logs.security_log import SecurityEvent, record_event


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email")


def run(options: argparse.Namespace) -> None:
    agent = run_with_database(
        load_command_settings(options),
        lambda database: database.write(lambda c: switch_two_step_off(c, options.email)),
    )
    record_event(SecurityEvent.TWO_STEP_OFF, user=agent.id)
    print(f"{options.email} signs in by password alone. They can set two-step sign-in up again in the console.")
