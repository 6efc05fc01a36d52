"""`forecourt user add`: adds an agent to the console, or changes an agent's password and role."""

import argparse
import getpass
import sys
from functools import partial

from forecourt import i18n
from forecourt.commands.database import run_with_database
from forecourt.commands.settings import load_command_settings
from forecourt.console.accounts import save_agent
from forecourt.console.passwords import PasswordHash, hash_password
from forecourt.console.roles import ConsoleRole
from forecourt.errors import Invalid, PasswordRefused
from forecourt.fault_sentence import fault_sentence
from forecourt.logs.security_log import SecurityEvent, record_event


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email")
    parser.add_argument("--name", help="the name colleagues see; the address when not given")
    parser.add_argument(
        "--role",
        choices=[*ConsoleRole],
        help="what they may do; the first one is an admin, others agents when not given",
    )
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def run(options: argparse.Namespace) -> None:
    text = sys.stdin.readline().strip() if options.password_stdin else getpass.getpass("Password: ")
    name, password = options.name or options.email, hash_typed_password(text, (options.email, options.name or ""))
    role = ConsoleRole(options.role) if options.role else None
    save = partial(save_agent, email=options.email, name=name, password=password, role=role)
    agent = run_with_database(load_command_settings(options), lambda database: database.write(save))
    record_event(SecurityEvent.USER_ADDED, user=agent)
    print(f"{options.email} may sign in to the console.")


def hash_typed_password(text: str, personal: tuple[str, ...]) -> PasswordHash:
    """Raises `PasswordRefused` with the sentence that the console would show."""
    try:
        return hash_password(text, personal)
    except Invalid as error:
        raise PasswordRefused(fault_sentence(error.faults[0], i18n.words(i18n.SOURCE))) from error
